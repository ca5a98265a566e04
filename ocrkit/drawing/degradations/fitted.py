"""What befalls lines that have been fitted to a network's height: smaller letters, and patches that are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["cut_out", "shrink"]

_PATCHES = 3


def shrink(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Make the letters smaller in their line, by up to a quarter in height and a tenth in width, higher or lower."""
    height, width = picture.shape
    lower, narrower, place = rng.random(3)
    rows = max(1, round(height * (1 - 0.25 * strength * lower)))
    columns = max(1, round(width * (1 - 0.1 * strength * narrower)))
    smaller = np.asarray(Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR))
    top, left = round(place * (height - rows)), (width - columns) // 2
    found = np.full_like(picture, 255)
    found[top : top + rows, left : left + columns] = smaller
    return found


def cut_out(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lose up to three patches of the line, each up to a third of the height wide and high."""
    height, width = picture.shape
    found = picture.copy()
    for _ in range(_PATCHES):
        x, y = rng.random(2) * (width, height)
        across, down = height / 6 * strength * rng.random(2)
        found[max(0, round(y - down)) : round(y + down), max(0, round(x - across)) : round(x + across)] = 255
    return found
