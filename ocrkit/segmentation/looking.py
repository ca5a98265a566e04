"""A picture as a network that finds lines looks at it: its ink, piece by piece."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.maps import MAP_STRIDE, MAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["ink_of", "look_at"]

_TILE = 2048  # px: a picture of more than this each way is looked at in pieces
_AROUND = 256  # px around each piece that are looked at too
_FAINTEST = 40  # grey levels between paper and ink at the least, so that the grain of an empty page stays faint
_DARKEST, _LIGHTEST = 0.5, 80.0  # percentiles of a page's pixels, taken for ink and paper


def ink_of(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) ink of a grey picture, 0 for its paper and 1 for its darkest."""
    if picture.size == 0:
        return np.zeros(picture.shape, np.float32)
    darkest, paper = np.percentile(picture[::3, ::3], (_DARKEST, _LIGHTEST))
    reach = np.float32(max(_FAINTEST, paper - darkest))
    ink: NDArray[np.float32] = np.clip((np.float32(paper) - picture) / reach, 0, 1, dtype=np.float32)
    return ink


def look_at(
    picture: NDArray[np.uint8], labelled: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """The seven maps of a picture in working scale, as ``ocrkit.segmentation.maps`` says.

    Args:
        picture: (H, W) grey, 255 for white, in which small letters are about ``WORKING_X_HEIGHT`` px high; left as it
            is.
        labelled: gives the (7, h, w) maps of (H', W') ink, of sides of at least 1; what they have beyond the picture's
            is not looked at.
    """
    ink = ink_of(picture)
    height, width = ink.shape
    found = np.zeros((len(MAPS), math.ceil(height / MAP_STRIDE), math.ceil(width / MAP_STRIDE)), np.float32)
    if ink.size:
        for rows in _pieces(height):
            for columns in _pieces(width):
                _fill(found, ink, rows, columns, labelled)
    return found


def _fill(
    found: NDArray[np.float32],
    ink: NDArray[np.float32],
    rows: tuple[int, int],
    columns: tuple[int, int],
    labelled: Callable[[NDArray[np.float32]], NDArray[np.float32]],
) -> None:
    """Write the maps of a piece of the picture, looked at with what is around it."""
    top, left = max(0, rows[0] - _AROUND), max(0, columns[0] - _AROUND)
    maps = labelled(ink[top : rows[1] + _AROUND, left : columns[1] + _AROUND])
    above, before = (rows[0] - top) // MAP_STRIDE, (columns[0] - left) // MAP_STRIDE
    target = found[:, rows[0] // MAP_STRIDE :, columns[0] // MAP_STRIDE :]
    height = min(math.ceil((rows[1] - rows[0]) / MAP_STRIDE), target.shape[1])
    width = min(math.ceil((columns[1] - columns[0]) / MAP_STRIDE), target.shape[2])
    target[:, :height, :width] = maps[:, above : above + height, before : before + width]


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    """Begin and end of pieces of a length, the begins multiples of the tile."""
    for begin in range(0, max(1, length), _TILE):
        yield begin, min(begin + _TILE, length)
