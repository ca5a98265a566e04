"""White strips between columns, and what is joined across a gap in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.bands.grid import CELLS, reached, summed
from ocrkit.segmentation.bands.rows import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["White", "joined", "without_specks"]

# In heights of small letters: a strip is a wall where it is so tall and so wide.
_WALLS = ((12.0, 2.0), (20.0, 0.8))
_ROWS = 3  # on both sides of a strip that parts columns, one beside the other
_ROWS_NARROW = 6  # where it is no wider than between words
_BESIDE = 1.6  # heights by which rows of two columns are out of step at most
_NARROW = 2.5  # heights: what is no wider is a number, which belongs to the text beside it
_NEAR_NUMBER = 3.0  # heights
_LEVEL = 0.8  # heights by which pieces of one row may differ
_DOUBLE = 0.6  # heights between rows that are one
_SPECK = 3.0  # heights: a piece no longer than that may be signs of a line
_SPECK_NEAR = 1.3  # heights between the two
_BEYOND = 2.0  # heights: signs may stand so far before a line or behind it
_LONGER = 2.0  # times as long as the signs
_OVERLAP = 1.0  # heights by which they may overlap
_FARTHEST = 20.0  # heights between pieces of a row
_FARTHEST_WALLED = 12.0  # with a strip between them that parts no columns


@dataclass(frozen=True, slots=True)
class White:
    """The white of a raster.

    Attributes:
        above: (H, W) the last row with ink above each cell; -1 without any.
        below: (H, W) the first one below it; H without any.
        walls: (H, W) where no line runs through.
    """

    above: NDArray[np.int32]
    below: NDArray[np.int32]
    walls: NDArray[np.bool_]

    @classmethod
    def of(cls, raster: NDArray[np.float32], rules: NDArray[np.bool_]) -> White:
        """Find the white strips of a raster, and take upright rules for walls."""
        ink, rows = raster > 0, np.arange(len(raster), dtype=np.int32)[:, None]
        above = np.maximum.accumulate(np.where(ink, rows, -1), axis=0)
        below = np.minimum.accumulate(np.where(ink, rows, len(raster))[::-1], axis=0)[::-1]
        height = below - above
        walls = rules & (height > _WALLS[0][0] * CELLS)
        for tall, wide in _WALLS:
            reach = round(wide * CELLS / 2)
            strip = (height > tall * CELLS).astype(np.float32)
            walls |= reached((summed(strip, reach, 1) > 2 * reach).astype(np.float32), reach, 1) > 0
        return cls(above, below, walls & ~ink)


def joined(rows: list[Row], white: White) -> list[Row]:
    """Join the pieces of each row that no column's gap parts."""
    rows = _without_doubles(rows)
    for across_walls in (False, True):
        pieces = sorted(rows, key=lambda row: row.first)
        rows = [_whole([pieces[k] for k in chain]) for chain in _chains(pieces, white, across_walls)]
    return rows


def without_specks(rows: list[Row]) -> list[Row]:
    """Leave out short pieces so near to a long one that they are its accents, quotes or signs, and no line."""
    bounds = _bounds(rows)
    kept = []
    for row in rows:
        long = (
            rows[k]
            for k in _near(bounds, row, _SPECK_NEAR)
            if _covers(rows[k], row) and len(rows[k].course) >= _LONGER * len(row.course)
        )
        if len(row.course) > _SPECK * CELLS or not any(_apart(row, other) <= _SPECK_NEAR * CELLS for other in long):
            kept.append(row)
    return kept


def _without_doubles(rows: list[Row]) -> list[Row]:
    """One row of those that run one on the other."""
    ranked = sorted(rows, key=lambda row: -len(row.course))
    bounds = _bounds(ranked)
    whole: dict[int, Row] = {}
    for k, row in enumerate(ranked):
        near = (other for other in _near(bounds, row, _DOUBLE) if other in whole and _overlaps(whole[other], row))
        double = next((other for other in near if _apart(row, ranked[other]) <= _DOUBLE * CELLS), None)
        if double is None:
            whole[k] = row
        else:
            whole[double] = _whole(sorted((whole[double], row), key=lambda row: row.first))
    return list(whole.values())


def _overlaps(row: Row, other: Row) -> bool:
    return row.first < other.end and other.first < row.end


def _bounds(rows: list[Row]) -> NDArray[np.float64]:
    """(4, N) the first column of each row, the one behind its last, and its highest and lowest place."""
    found = [(row.first, row.end, row.course.min(), row.course.max()) for row in rows]
    return np.array(found, np.float64).reshape(-1, 4).T


def _near(bounds: NDArray[np.float64], row: Row, reach: float) -> list[int]:
    """The rows that share columns with one and may come as near to it."""
    first, end, top, bottom = bounds
    spare = reach * CELLS
    near = (first < row.end + _BEYOND * CELLS) & (end > row.first - _BEYOND * CELLS)
    near &= (top - spare <= row.course.max()) & (bottom + spare >= row.course.min())
    return [int(k) for k in np.nonzero(near)[0]]


def _covers(row: Row, other: Row) -> bool:
    """Whether a row runs over or below all of another, or nearly."""
    spare = _BEYOND * CELLS
    return row is not other and row.first - spare <= other.first and other.end <= row.end + spare


def _apart(row: Row, other: Row) -> float:
    """The median of the rows between two courses, where both run."""
    first, end = max(row.first, other.first), min(row.end, other.end)
    if first >= end:  # one beside the other
        return abs(_end(row, row.end <= other.first) - _end(other, other.end <= row.first))
    gaps = np.abs(
        row.course[first - row.first : end - row.first] - other.course[first - other.first : end - other.first]
    )
    return float(np.sort(gaps)[len(gaps) // 2])


def _chains(pieces: list[Row], white: White, across_walls: bool) -> list[list[int]]:
    """The pieces of each row, from the left: those without a wall between them, or with one that parts no columns."""
    if not pieces:
        return []
    first, end = np.array([row.first for row in pieces]), np.array([row.end for row in pieces])
    begins, ends = np.array([_end(row, False) for row in pieces]), np.array([_end(row, True) for row in pieces])
    middles = np.array([float(np.median(row.course)) for row in pieces])
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for k in range(len(pieces)):
        gap = first - end[k]
        near = (gap >= -_OVERLAP * CELLS) & (gap <= _FARTHEST * CELLS) & (end > end[k]) & (first > first[k])
        away = np.abs(begins - ends[k])
        near &= away <= _LEVEL * CELLS
        near[k] = False
        cost = np.maximum(gap, 0) + 2 * away
        for other in np.nonzero(near)[0][np.argsort(cost[near], kind="stable")][:1].tolist():
            rival = before.get(other)
            if rival is not None and end[rival] >= end[k]:
                continue
            if _parted(k, other, first, end, middles, white, across_walls):
                continue
            if rival is not None:
                del after[rival]
            after[k], before[other] = other, k
    chains = []
    for k in range(len(pieces)):
        if k not in before:
            chain = [k]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            chains.append(chain)
    return chains


def _end(row: Row, last: bool) -> float:
    part = row.course[-2 * CELLS :] if last else row.course[: 2 * CELLS]
    return float(np.median(part))


def _parted(
    k: int,
    other: int,
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    middles: NDArray[np.float64],
    white: White,
    across_walls: bool,
) -> bool:
    """Whether the gap between two pieces of a row is one between columns."""
    gap = int(first[other] - end[k])
    if gap <= 0:
        return False
    row = round(float(middles[k] + middles[other]) / 2)
    row = min(max(row, 0), len(white.walls) - 1)
    between = slice(end[k], first[other])
    if not white.walls[row, between].any():
        return False
    if not across_walls:
        return True
    tall = white.below[row, between] - white.above[row, between]
    column = int(end[k]) + int(np.argmax(tall))
    inside = (middles > white.above[row, column]) & (middles < white.below[row, column])
    left, right = np.nonzero(inside & (end <= column + 1))[0], np.nonzero(inside & (first >= column))[0]
    least = _ROWS if gap >= _WALLS[0][1] * CELLS else _ROWS_NARROW
    if min(_beside(middles[left], middles[right]), _beside(middles[right], middles[left])) < least:
        return gap > _FARTHEST_WALLED * CELLS
    beside = left[end[left] > end[k] - _NEAR_NUMBER * CELLS]
    if gap >= _NEAR_NUMBER * CELLS or not len(beside):
        return True
    return bool(np.median((end - first)[beside]) >= _NARROW * CELLS)


def _beside(middles: NDArray[np.float64], others: NDArray[np.float64]) -> int:
    """How many rows of some pieces have one of others beside them."""
    if not len(middles) or not len(others):
        return 0
    near = np.sort(middles[np.abs(middles[:, None] - others[None, :]).min(1) <= _BESIDE * CELLS])
    return int(np.count_nonzero(np.diff(near) > _LEVEL * CELLS)) + (len(near) > 0)


def _whole(chain: list[Row]) -> Row:
    """One row of several pieces, straight across the gaps."""
    if len(chain) == 1:
        return chain[0]
    first, end = chain[0].first, max(row.end for row in chain)
    columns = np.concatenate([np.arange(row.first, row.end) for row in chain])
    course = np.concatenate([row.course for row in chain])
    ranked = np.argsort(columns, kind="stable")
    known, places = np.unique(columns[ranked], return_index=True)
    return Row(first, np.interp(np.arange(first, end), known, course[ranked][places]), sum(row.weight for row in chain))
