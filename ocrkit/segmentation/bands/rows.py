"""Where lines run: ridges of ink, told apart at white strips, and put together along rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import ocrkit._ink as _ink
from ocrkit.segmentation.bands.grid import CELLS, reached, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.bands.grid import Grid

__all__ = ["Row", "ridges", "without_echoes"]

_ALONG = 2.0  # heights of small letters to each side that are looked at together
_APART = 0.6  # of that height: ridges are no nearer
_WEAKEST = 0.1  # of a strong ridge's ink
_SHORTEST = 0.4  # heights: a piece of a ridge
_ECHO = 0.5  # of a ridge's letters that a stronger ridge goes through as well
_BRIDGE = 0.75  # heights to each side: pieces across a word's gap are one
_STRAY = 2  # cells by which a ridge may rise or fall from a column to the next


@dataclass(slots=True)
class Row:
    """A piece of a line: the middle of its small letters in each of some columns of a grid.

    Attributes:
        first: the first column.
        course: (K,) the row in each column from it on.
        weight: ink along it.
    """

    first: int
    course: NDArray[np.float64]
    weight: float = 0.0

    @property
    def end(self) -> int:
        """The column behind the last."""
        return self.first + len(self.course)

    def at(self, column: NDArray[np.int64]) -> NDArray[np.float64]:
        """The row in some columns; NaN where it does not run."""
        inside = (column >= self.first) & (column < self.end)
        found = self.course[np.clip(column - self.first, 0, len(self.course) - 1)]
        return np.where(inside, found, np.nan)


def ridges(raster: NDArray[np.float32], walls: NDArray[np.bool_]) -> list[Row]:
    """Follow the ridges of a raster's ink, blurred along lines, from wall to wall.

    Args:
        raster: (H, W) the ink of letters.
        walls: (H, W) where no line runs through.
    """
    along = round(_ALONG * CELLS / 2)
    blurred = summed(summed(raster, along, 1), along, 1)
    blurred = summed(summed(blurred, CELLS // 4, 0), CELLS // 8, 0)
    near = summed(summed(raster, CELLS // 2, 1), CELLS // 2, 0) > 0
    crest = (blurred >= reached(blurred, round(_APART * CELLS), 0)) & near & ~walls & (blurred > 0)
    if not crest.any():
        return []
    crest &= blurred >= _WEAKEST * np.percentile(blurred[crest], 80)
    thick = reached(reached(crest.astype(np.float32), _STRAY, 0), round(_BRIDGE * CELLS), 1) > 0
    thick &= ~walls
    runs, boxes = _ink.components(thick.astype(np.uint8), 1, 1, thick.size)
    numbers = np.full(crest.shape, -1, np.int32)
    for y, left, right, number in runs.tolist():
        numbers[y, left:right] = number
    y, x = np.nonzero(crest)
    number = numbers[y, x]
    ranked = np.argsort(number, kind="stable")
    y, x, number = y[ranked], x[ranked], number[ranked]
    bounds = np.searchsorted(number, np.arange(len(boxes) + 1))
    found = []
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - begin >= _SHORTEST * CELLS:
            found.append(_row(y[begin:end], x[begin:end], blurred))
    return found


def _row(y: NDArray[np.int64], x: NDArray[np.int64], blurred: NDArray[np.float32]) -> Row:
    first = int(x.min())
    inked = blurred[y, x].astype(np.float64)
    sums = np.bincount(x - first, inked)
    course = np.bincount(x - first, inked * y) / np.maximum(sums, 1e-9)
    known = np.nonzero(sums > 0)[0]
    return Row(first, np.interp(np.arange(len(sums)), known, course[known]), float(inked.sum()))


def without_echoes(rows: list[Row], boxes: NDArray[np.float64], grid: Grid) -> list[Row]:
    """Leave out a ridge whose letters are those of a stronger one: the top or the foot of large letters.

    Args:
        rows: the ridges.
        boxes: (N, 4) those of letters, in the grid's frame.
        grid: where its cells lie.
    """
    column = grid.column((boxes[:, 0] + boxes[:, 2]) / 2)
    top, bottom, wide = grid.row(boxes[:, 1]), grid.row(boxes[:, 3]), boxes[:, 2] - boxes[:, 0]
    with np.errstate(invalid="ignore"):
        holds = np.array([(row.at(column) >= top) & (row.at(column) <= bottom) for row in rows]).reshape(-1, len(boxes))
    shared = (holds * wide) @ holds.T.astype(np.float64)
    own = np.diag(shared)
    kept: list[int] = []
    for index in np.argsort([-row.weight for row in rows], kind="stable").tolist():
        if not any(shared[index, other] > _ECHO * own[index] for other in kept if own[index]):
            kept.append(index)
    return [rows[index] for index in sorted(kept)]
