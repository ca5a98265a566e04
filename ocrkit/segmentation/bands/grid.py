"""A raster of a page whose cells are a share of the letters' height."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.bands.straight import Straight

__all__ = ["CELLS", "Grid", "reached", "summed"]

CELLS = 8  # of the height of a small letter


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a raster lie in a straight frame.

    Attributes:
        left: px of the frame at which the first column begins.
        top: likewise for rows.
        cell: px.
        size: rows and columns.
    """

    left: float
    top: float
    cell: float
    size: tuple[int, int]

    @classmethod
    def around(cls, straight: Straight, chosen: NDArray[np.bool_], x_height: float) -> Grid:
        """The grid that holds some components, with a letter's room around."""
        cell, boxes = x_height / CELLS, straight.boxes[chosen]
        (left, top), (right, bottom) = boxes[:, :2].min(0) - x_height, boxes[:, 2:].max(0) + x_height
        return cls(float(left), float(top), cell, (math.ceil((bottom - top) / cell), math.ceil((right - left) / cell)))

    def raster(self, straight: Straight, chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        """(H, W) px of ink of some components in each cell, as a share of the cell."""
        corner, along, down = straight.frame.place(np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
        (a, d), (b, e) = ((axis - corner) / self.cell for axis in (along, down))
        c, f = (corner - (self.left, self.top) + 0.5) / self.cell
        return straight.ink.raster((a, b, c, d, e, f), self.size, chosen) / np.float32(max(1.0, self.cell**2))

    def column(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """The column of each place, those outside taken in."""
        return np.clip(np.floor((x - self.left) / self.cell).astype(np.int64), 0, self.size[1] - 1)

    def row(self, y: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row of each place, those outside taken in."""
        return np.clip(np.floor((y - self.top) / self.cell).astype(np.int64), 0, self.size[0] - 1)

    def x(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of columns, px of the frame."""
        return self.left + (column + 0.5) * self.cell

    def y(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """The middle of rows, px of the frame."""
        return self.top + (row + 0.5) * self.cell


def summed(raster: NDArray[np.float32], reach: int, axis: int) -> NDArray[np.float32]:
    """The sum over ``2 reach + 1`` cells along an axis, fewer at the edges."""
    length = raster.shape[axis]
    padding = [(0, 0), (0, 0)]
    padding[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(raster, padding), axis=axis, dtype=np.float32)
    return np.take(sums, np.arange(2 * reach + 1, 2 * reach + 1 + length), axis) - np.take(
        sums, np.arange(length), axis
    )


def reached(flags: NDArray[np.float32], reach: int, axis: int) -> NDArray[np.float32]:
    """The greatest value within ``reach`` cells along an axis."""
    most = flags.copy()
    for step in range(1, min(reach, flags.shape[axis] - 1) + 1):
        if axis == 0:
            np.maximum(most[step:], flags[:-step], out=most[step:])
            np.maximum(most[:-step], flags[step:], out=most[:-step])
        else:
            np.maximum(most[:, step:], flags[:, :-step], out=most[:, step:])
            np.maximum(most[:, :-step], flags[:, step:], out=most[:, :-step])
    return most
