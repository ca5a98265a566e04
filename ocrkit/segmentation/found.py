"""A line as it is found on the working picture: its baseline column by column, and how high and deep it reaches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.maps import MAP_STRIDE, WORKING_X_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.segmentation.pieces import Piece

__all__ = ["FoundLine", "found_line", "spread"]

_HEIGHT_QUANTILE = 0.8  # of the heights along a line
_TALLEST_BODY = 2.5  # times the wanted x-height: how far up a line's body is looked for
_BODY = 0.4
_SMOOTH = 2.0  # x-heights over which a baseline is smoothed


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of the working picture, in its px.

    Attributes:
        first: the first column of its baseline.
        ys: (N,) where the baseline lies in each column.
        ascender: how far its ink reaches above the baseline.
        descender: how far below.
        x_height: how high its small letters are.
        confidence: mean of the map of baselines along it, 0 to 1.
    """

    first: int
    ys: NDArray[np.float64]
    ascender: float
    descender: float
    x_height: float
    confidence: float

    @property
    def last(self) -> int:
        """The last column of its baseline."""
        return self.first + len(self.ys) - 1

    def at(self, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Where the baseline lies in those columns; beyond its ends it goes on as it runs there."""
        inside = np.clip(columns, self.first, self.last)
        look = max(2, min(len(self.ys), round(4 * self.x_height)))
        ys = self.ys[inside - self.first]
        if len(self.ys) < 2:
            return ys
        for beyond, slope in (
            (np.minimum(columns - self.first, 0), (self.ys[look - 1] - self.ys[0]) / (look - 1)),
            (np.maximum(columns - self.last, 0), (self.ys[-1] - self.ys[-look]) / (look - 1)),
        ):
            ys = ys + beyond * np.clip(slope, -0.3, 0.3)
        return ys

    def between(self, left: int, right: int) -> FoundLine:
        """The same line from one column to another, cut off or carried on."""
        return replace(self, first=left, ys=self.at(np.arange(left, right + 1)))


def found_line(row: Piece, maps: NDArray[np.float32]) -> FoundLine:
    """A row of the maps as a line of the working picture."""
    height = maps.shape[1]
    at = np.clip(row.rows.round().astype(np.int64), 0, height - 1)
    sure = row.strength > 0
    columns, at = row.columns[sure], at[sure]
    ascender, descender = (float(np.quantile(maps[index, at, columns], _HEIGHT_QUANTILE)) for index in (3, 4))
    x_height = _x_height(maps[1], at, columns)
    middles = row.columns * float(MAP_STRIDE) + (MAP_STRIDE - 1) / 2
    xs = np.arange(row.first * MAP_STRIDE, (row.last + 1) * MAP_STRIDE)
    ys = np.interp(xs, middles, row.rows * MAP_STRIDE + (MAP_STRIDE - 1) / 2)
    ascender, descender = (max(0.0, value) * WORKING_X_HEIGHT for value in (ascender, descender))
    return FoundLine(
        int(xs[0]),
        smoothed(ys, round(_SMOOTH * x_height)),
        max(ascender, 1.2 * x_height),
        max(descender, 0.25 * x_height),
        x_height,
        float(row.strength.mean()),
    )


def _x_height(body: NDArray[np.float32], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    """How high the body stands on a baseline, px: the middle one of all columns."""
    up = np.arange(int(_TALLEST_BODY * WORKING_X_HEIGHT / MAP_STRIDE))
    stack = body[np.maximum(rows[:, None] - 1 - up, 0), columns[:, None]]
    stack = np.where(rows[:, None] - 1 - up >= 0, stack, 0)
    standing = np.logical_and.accumulate(stack > _BODY, axis=1)
    heights = (standing * stack).sum(1) * MAP_STRIDE + MAP_STRIDE / 2
    middle = float(np.median(heights[heights > MAP_STRIDE])) if (heights > MAP_STRIDE).any() else WORKING_X_HEIGHT
    return float(np.clip(middle, 0.3 * WORKING_X_HEIGHT, _TALLEST_BODY * WORKING_X_HEIGHT))


def smoothed(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The mean over ``reach`` values; a straight run stays what it is, to its ends."""
    half = min(reach // 2, len(values) - 1)
    if half < 1:
        return values
    before, after = 2 * values[0] - values[half:0:-1], 2 * values[-1] - values[-2 : -half - 2 : -1]
    sums = np.cumsum(np.concatenate([[0.0], before, values, after]))
    mean: NDArray[np.float64] = (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
    return mean


def spread(lines: Sequence[FoundLine], width: int, beyond: float) -> NDArray[np.float64]:
    """(lines, width) where each baseline lies in each column, carried on by ``beyond`` x-heights; NaN elsewhere."""
    places = np.full((len(lines), width), np.nan)
    for place, line in zip(places, lines, strict=True):
        more = round(beyond * line.x_height)
        columns = np.arange(max(0, line.first - more), min(width, line.last + more + 1))
        place[columns] = line.at(columns)
    return places
