"""What the printers of tills leave of a line: letters made of dots, and paper that heat or age has paled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import looked_up
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import noise
from ocrkit.drawing.degradations.picture import LEAST_CONTRAST, curve, letters_and_levels, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["bands", "dots"]

_KERNELS = Image.Resampling


def dots(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Print the letters in dots, of which down to seven make a small letter's height, with paper between rows."""
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST or strength <= 0:
        return picture
    rows, columns = picture.shape
    number = between(rng, 7, 9) + 7 * (1 - strength)
    pitch = max(1.0, height / number)
    grid = (max(1, round(columns / pitch)), max(1, round(rows / pitch)))
    coarse = resized(picture, grid, _KERNELS.BOX)
    # A dot is there or not, more or less.
    coarse = looked_up(coarse, curve(ink, paper, middle=between(rng, 0.45, 0.65), width=1 - 0.6 * strength))
    squares = resized(coarse, (columns, rows), one_of(rng, (_KERNELS.NEAREST, _KERNELS.BILINEAR, _KERNELS.BICUBIC)))
    gaps = np.outer(_between_dots(rows, grid[1], rng), _between_dots(columns, grid[0], rng))
    depth = strength * between(rng, 0.2, 0.9)
    return _mixed(picture, _with_less(squares, paper, 1 - depth * (1 - gaps)), min(1.0, 2 * strength))


def bands(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the printer fail here and there: pale bands along and across, fine white lines, and pale print as a whole."""
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    rows, columns = picture.shape
    along, across = (
        1 - strength * between(rng, 0, depth) * _waves(length, height * width, rng)
        for length, width, depth in ((rows, 0.5, 0.5), (columns, 2.5, 0.6))
    )
    # Elements of the head that have burnt out leave a line unprinted, from head to foot.
    for place in rng.integers(0, columns, rng.poisson(1.5 * strength)).tolist():
        across[place : place + max(1, round(height / 15))] *= 1 - 0.8 * strength
    pale = 1 - 0.45 * strength * rng.random()
    rough = 1 - strength * between(rng, 0, 0.012) * np.maximum(noise(rng, picture.shape, grain=1.6), 0)
    return _with_less(picture, paper, np.outer(pale * along, across) * rough)


def _between_dots(length: int, dots_along: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How near each pixel is to the middle of its dot, 1, or to the gap, from 0 where the printer leaves one."""
    gap = rng.random()
    waves = 0.5 - 0.5 * np.cos(2 * np.pi * dots_along * (np.arange(length) + 0.5) / length)
    return 1 - gap * (1 - waves)


def _waves(length: int, width: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """0 to 1, some ``width`` px a wave."""
    places = rng.random(max(2, round(length / max(1.0, width)) + 1))
    return np.interp(np.linspace(0, len(places) - 1, length), np.arange(len(places)), places)


def _with_less(picture: Picture, paper: int, share: NDArray[np.float64]) -> Picture:
    """The picture with that share of its ink, pixel by pixel."""
    inked = paper - np.minimum(picture, np.uint8(paper))
    less = (paper - inked * np.clip(share, 0, 1)).astype(np.uint8)
    return np.where(picture < paper, less, picture)


def _mixed(picture: Picture, other: Picture, share: float) -> Picture:
    return other if share >= 1 else (picture + (other.astype(np.float32) - picture) * share).astype(np.uint8)
