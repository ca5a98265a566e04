"""What moves the letters about: italics, pages laid askew, pages that curve into the spine."""

from __future__ import annotations

from math import ceil, pi
from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import columns_shifted, rows_shifted
from ocrkit.drawing.chance import between
from ocrkit.drawing.degradations.picture import paper_level

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["curl", "rotate", "slant"]

# For a grey beyond the picture: that of its edge.
_EDGE = -1


def slant(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lean the letters by up to 0.35 px a px, to either side, as italics and hasty typesetting do."""
    lean = between(rng, -0.35, 0.35) * strength
    height, width = picture.shape
    room = ceil(abs(lean) * height)
    if not room:
        return picture
    shift = -lean * height if lean > 0 else 0.0
    return rows_shifted(picture, lean * (np.arange(height) + 0.5) + shift, width + room, paper_level(picture))


def rotate(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Turn the line by up to 2 degrees, less for a long line, as a page laid askew is."""
    height, width = picture.shape
    most = min(np.radians(2.0), 0.5 * height / width)
    tangent = float(np.tan(between(rng, -most, most) * strength))
    room = ceil(abs(tangent) * width)
    if not room:
        return picture
    # At so small an angle a vertical shear is a rotation within a hundredth of a px, and keeps the width.
    shift = -tangent * width if tangent > 0 else 0.0
    return columns_shifted(picture, tangent * (np.arange(width) + 0.5) + shift, height + room, paper_level(picture))


def curl(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Bend the line by up to a fifth of its height, less for a short line, as a page does that no weight holds flat."""
    height, width = picture.shape
    depth = min(0.2 * height, 0.03 * width) * strength * between(rng, 0.5, 1)
    pieces = int(np.clip(width // max(8, height // 2), 2, 16))
    across = np.linspace(0, 1, pieces + 1)
    wave = 0.5 + 0.5 * np.sin(2 * pi * (between(rng, 0.3, 1.2) * across + rng.random()))
    falls = depth * (wave - wave.min())
    room = ceil(falls.max())
    if not room or width < pieces:
        return picture
    ends = np.linspace(0, width, pieces + 1).astype(int)
    # Each column falls by as much as it is taken from higher up.
    begins = np.interp(np.arange(width) + 0.5, ends, -falls)
    return columns_shifted(picture, begins, height + room, _EDGE)
