"""What lens and lamp do: lines out of focus, moved, or lit unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from ocrkit._drawing import lit, looked_up
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.picture import GREYS, LEAST_CONTRAST, detail_height, levels, resized, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["blur", "dim", "fade", "motion", "shade"]

_BILINEAR = Image.Resampling.BILINEAR
_ALL = GREYS.astype(np.uint8)
_STEPS = np.linspace(0, 1, 256)
# Down, right, and the two diagonals: px a step.
_DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))


def blur(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Put the lens out of focus, by up to 2 px of deviation where letters are 15 px high; bold type less."""
    return soften(picture, 2 * strength * between(rng, 0.5, 1) * detail_height(picture) / 15)


def motion(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Move the page under the lens, by up to 4 px across, down or aslant."""
    down, right = _DIRECTIONS[rng.integers(len(_DIRECTIONS))]
    reach = 2 * strength * between(rng, 0.5, 1) * min(1.0, detail_height(picture) / 15)
    weights = np.zeros((5, 5))
    for step in range(-2, 3):
        # A path that ends within a pixel covers that part of it.
        weights[2 + step * down, 2 + step * right] = np.clip(reach - abs(step) + 0.5, 0, 1) if step else 1
    if min(picture.shape) < 5 or reach <= 0.5:
        return picture
    kernel = ImageFilter.Kernel((5, 5), weights.ravel().tolist())
    moved = np.asarray(Image.fromarray(np.pad(picture, 2, mode="edge")).filter(kernel))
    return moved[2:-2, 2:-2]


def fade(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Grey the ink and darken the paper: at the worst a contrast of about a third."""
    ink, paper = 110 * strength * between(rng, 0.4, 1), 255 - 70 * strength * rng.random()
    steps = _STEPS ** between(rng, 1 - 0.4 * strength, 1 + strength)
    greys: Picture = (ink + (paper - ink) * steps + 0.5).astype(np.uint8)
    return looked_up(picture, greys)


def dim(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Show dark ink on dark paper: ink of 25 on paper of 110 and the like, as brown sheets have."""
    ink, paper = levels(picture)
    dark = between(rng, 110, 145)
    black = max(0.0, dark - between(rng, 95, 120))
    if paper - ink < LEAST_CONTRAST:
        return picture
    reach = min(1.0, 1.5 * strength)
    greys = ink + reach * (black - ink), paper + reach * (dark - paper)
    table = greys[0] + (GREYS - ink) * ((greys[1] - greys[0]) / (paper - ink))
    return looked_up(picture, np.clip(table + 0.5, 0, 255).astype(np.uint8))


def shade(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Light the line unevenly: smooth shadows, or a gutter at one end, which take up to half of the light."""
    height, width = picture.shape
    depth = 0.5 * strength
    if rng.random() < 0.25:
        fall = np.clip(np.linspace(0, between(rng, 1, 4), width), 0, 1)
        light = 1 - depth * between(rng, 0.5, 1) * (1 - fall)[:: one_of(rng, (-1, 1))]
        shadows = np.broadcast_to((255 * light + 0.5).astype(np.uint8), picture.shape)
    else:
        coarse = 1 - depth * rng.random((2, max(2, width // (4 * height) + 2)))
        shadows = resized((255 * coarse + 0.5).astype(np.uint8), (width, height), _BILINEAR)
    return lit(picture, shadows, _ALL)
