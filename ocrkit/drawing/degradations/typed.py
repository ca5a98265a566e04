"""What typewriters leave of a line: the ribbon's weave in the ink, and copies made through carbon paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import darkened, lit, looked_up
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import noise, surface
from ocrkit.drawing.degradations.picture import (
    GREYS,
    LEAST_CONTRAST,
    curve,
    detail_height,
    letters_and_levels,
    levels,
    soften,
)

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["carbon", "ribbon"]


def ribbon(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Print through a worn ribbon: the threads of its weave show in the strokes, which lose up to half of their ink."""
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    rows, columns = picture.shape
    spacing = height * between(rng, 0.1, 0.22)
    slope = between(rng, -0.15, 0.15)
    down, across = np.arange(rows, dtype=np.float32), np.arange(columns, dtype=np.float32)
    phase = 2 * np.pi / max(2.0, spacing)
    threads = np.outer(np.cos(phase * down), np.cos(phase * across + slope * phase))
    rough = noise(rng, picture.shape, grain=one_of(rng, (1.0, 1.6, 2.5)))
    depth = strength * between(rng, 0.3, 1)
    # Of the ink, 0 to 1, what is left.
    left = 1 - depth * (0.25 + 0.16 * threads + np.float32(0.004) * rough)
    inked = np.float32(paper) - np.minimum(picture, np.uint8(paper))
    worn = (np.float32(paper) - inked * np.clip(left, 0, 1)).astype(np.uint8)
    return np.where(picture < paper, worn, picture)


def carbon(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Copy the line through carbon paper: fat, soft and grey letters, with smudges of carbon about them."""
    reach = strength * between(rng, 0.5, 1)
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    deviation = 0.09 * reach**0.75 * detail_height(picture)
    table = curve(ink, paper, middle=0.5 + 0.28 * reach, width=1 - 0.5 * reach)
    fat = soften(darkened(picture, soften(picture, deviation), table), 0.7 * deviation)
    hills = surface(rng, picture.shape, cell=max(4.0, picture.shape[0] * between(rng, 0.2, 0.8)))
    smudges = (255 * (1 - 0.16 * reach * np.clip((GREYS - 110) / 100, 0, 1))).astype(np.uint8)
    # What lies near letters takes more of it: the sheet was pressed there.
    grey = paper - (paper - GREYS) * (1 - 0.4 * reach * between(rng, 0.3, 1))
    table = np.where(paper > GREYS, grey, GREYS).astype(np.uint8)
    return lit(looked_up(fat, table), hills, smudges)
