"""How high a page's small letters are, from its picture alone, and the part of it that has letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from ocrkit.segmentation.components import letters_height
from ocrkit.segmentation.darkness import Darkness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.components import Ink

__all__ = ["Letters", "look_for_letters"]

_PIXELS = 3_000_000  # of the picture that is looked at
_DUST = 0.2  # of the height that pieces with half of the ink reach: what is less high is no letter
_TALLEST = 0.12  # of the picture's longer side
_SPECK = 0.5  # x-heights: smaller pieces alone do not widen the part that has letters
_ROOM = 4.0  # x-heights around it


class Letters(NamedTuple):
    """What a first look at a page tells.

    Attributes:
        x_height: px that its small letters are high, to some 30 %.
        box: left, top, right and bottom of all its ink of some size, with room around it.
    """

    x_height: float
    box: tuple[int, int, int, int]


def look_for_letters(grey: NDArray[np.uint8]) -> Letters | None:
    """Look at an (H, W) picture, 255 for white, turned in any way; None where nothing looks like letters."""
    factor = max(1, int(np.ceil(np.sqrt(grey.size / _PIXELS))))
    small = np.asarray(Image.fromarray(grey).reduce(factor)) if factor > 1 else grey
    ink = Darkness.of(small).pieces()
    height = letters_height(ink, _no_specks(ink)) if len(ink.boxes) else None
    if height is None:
        return None
    x_height = factor * height
    sides = np.maximum(ink.boxes[:, 2] - ink.boxes[:, 0], ink.boxes[:, 3] - ink.boxes[:, 1])
    boxes = ink.boxes[sides * factor >= _SPECK * x_height] * factor
    left, top = np.maximum(boxes[:, :2].min(0) - _ROOM * x_height, 0)
    right, bottom = np.minimum(boxes[:, 2:].max(0) + _ROOM * x_height, grey.shape[::-1])
    return Letters(x_height, (int(left), int(top), int(right), int(bottom)))


def _no_specks(ink: Ink) -> NDArray[np.bool_]:
    """(N,) whether a piece is not much less high than those that hold most of the ink, rims and pictures left out."""
    heights = ink.boxes[:, 3] - ink.boxes[:, 1]
    order = np.argsort(heights)
    inked = np.where(heights <= _TALLEST * max(ink.height, ink.width), ink.areas, 0)[order].cumsum(dtype=np.int64)
    chosen: NDArray[np.bool_] = heights >= _DUST * heights[order][np.searchsorted(inked, inked[-1] / 2)]
    return chosen
