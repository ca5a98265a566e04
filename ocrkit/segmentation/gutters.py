"""Gutters: the upright gaps that part columns, margins and tables' cells, in a page's frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ocrkit.segmentation.frame import Placed

__all__ = ["Gutter", "best_gutter"]

Meaning: TypeAlias = Literal["columns", "note before", "note after"]

_SHRUNK = 0.3  # of the pitch: by how much lines may reach into a gutter, since outlines are loose
_SHRUNK_LINE = 0.2  # of a line's own width, at most
_LEVEL = 0.4  # of the pitch: feet of one row lie within it
_LOOSE = 1.7  # pitches between lines that do not belong together
_STRAY = 2  # lines at an end of one column alone that may be a heading of what follows
_APART = 2.5  # pitches between lines with nothing of their column between them
_BESIDE = 1.6  # pitches of text that have some beside them: more than a row
_BESIDE_ONE = 0.6  # pitches, for a single line
_MAIN = 6  # lines beside a note, at least
_OUTSIDE = 5  # times as many lines beside a note as above and below it where it stands, since a margin is clear
_CELL = 4.0  # pitches: columns of lines that are no wider, row beside row, are a table's
_RAGGED_CELL = 8.0  # pitches, where lines do not fill their column
_FULL = 0.75  # of its column's width that a line of running text takes
_ROW_BY_ROW = 0.8  # of the lines of the shorter column that have one beside them on the same row
_NOTE_WIDTH = 0.45  # of the main column's lines: the width of those of a note in the margin
_NOTE_COUNT = 0.6  # of the main column's lines: so many may stand in the margin
_NUMBER = 2.5  # pitches: wider is no number
_SLOTS = 160  # places of a gutter that are looked at


@dataclass(frozen=True, slots=True)
class Gutter:
    """A gap that parts some of the lines of a group.

    Attributes:
        before: (K,) lines on the side where reading begins.
        after: (M,) those on the other.
        above: those above the gap and what crosses it there.
        below: those below it.
        meaning: what stands on its sides.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    above: NDArray[np.int64]
    below: NDArray[np.int64]
    meaning: Meaning


def best_gutter(placed: Placed, group: NDArray[np.int64], rules: NDArray[np.float64]) -> Gutter | None:
    """The gutter with the most text beside it, or None where the lines of a group are to be read row by row.

    Args:
        placed: all lines.
        group: (N,) those that are to be parted.
        rules: (R, 3) upright rules: x, top and bottom.
    """
    boxes = placed.boxes[group]
    spare = np.minimum(_SHRUNK * placed.pitch, _SHRUNK_LINE * (boxes[:, 2] - boxes[:, 0]))
    left, right = boxes[:, 0] + spare, boxes[:, 2] - spare
    best: tuple[float, Gutter] | None = None
    for x in _places(left, rules, placed.pitch):
        side = np.where(right <= x, -1, np.where(left >= x, 1, 0))
        for chosen in _runs(boxes, side):
            before, after = chosen[side[chosen] < 0], chosen[side[chosen] > 0]
            beside = _beside(boxes, before, after, placed.pitch)
            if beside < placed.pitch * (_BESIDE if min(len(before), len(after)) > 1 else _BESIDE_ONE):
                continue
            if best is not None and beside <= best[0]:
                continue
            ruled = _is_ruled(boxes, before, after, rules)
            crossing = int(np.count_nonzero(side == 0))
            meaning = _meaning(boxes, before, after, placed.pitch, crossing, ruled)
            if meaning is not None:
                best = beside, _gutter(boxes, group, before, after, meaning, placed.pitch)
    return None if best is None else best[1]


def _places(left: NDArray[np.float64], rules: NDArray[np.float64], pitch: float) -> list[float]:
    """Where a gutter may end: the left sides of lines, the first of some that are nearly the same, and rules."""
    ends = np.unique(np.concatenate([left[left > left.min()], rules[:, 0]]))
    step = max(pitch / 2, np.ptp(left) / _SLOTS)
    places: list[float] = []
    for end in ends.tolist():
        if not places or end > places[-1] + step:
            places.append(end)
    return places


def _runs(boxes: NDArray[np.float64], side: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The lines between two that cross a place, where both sides have some."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    run = np.searchsorted(np.sort(middle[side == 0]), middle)
    many = run.max() + 1
    both = (np.bincount(run[side < 0], minlength=many) > 0) & (np.bincount(run[side > 0], minlength=many) > 0)
    for chosen in np.nonzero(both)[0]:
        yield np.nonzero((run == chosen) & (side != 0))[0]


def _beside(boxes: NDArray[np.float64], before: NDArray[np.int64], after: NDArray[np.int64], pitch: float) -> float:
    """The px of height that the text of both sides has in common; a gap wider than between paragraphs is no text."""
    blocks = [_blocks(boxes[side], pitch) for side in (before, after)]
    top = np.maximum(blocks[0][:, None, 0], blocks[1][None, :, 0])
    bottom = np.minimum(blocks[0][:, None, 1], blocks[1][None, :, 1])
    return float(np.maximum(bottom - top, 0).sum())


def _blocks(boxes: NDArray[np.float64], pitch: float) -> NDArray[np.float64]:
    """(K, 2) the first and the last foot of lines that follow one another closely, with half a pitch around them."""
    feet = np.sort(boxes[:, 3])
    ends = np.append(np.nonzero(np.diff(feet) > _APART * pitch)[0], len(feet) - 1)
    starts = np.append(0, ends[:-1] + 1)
    return np.stack([feet[starts] - pitch / 2, feet[ends] + pitch / 2], axis=1)


def _is_ruled(
    boxes: NDArray[np.float64], before: NDArray[np.int64], after: NDArray[np.int64], rules: NDArray[np.float64]
) -> bool:
    """Whether an upright rule parts two sides along most of their height."""
    start, end = np.median(boxes[before, 2]), np.median(boxes[after, 0])
    top = max(boxes[before, 1].min(), boxes[after, 1].min())
    bottom = min(boxes[before, 3].max(), boxes[after, 3].max())
    inside = (rules[:, 0] >= start) & (rules[:, 0] <= end)
    shared = np.minimum(rules[:, 2], bottom) - np.maximum(rules[:, 1], top)
    return bool(np.any(inside & (shared >= 0.7 * (bottom - top))))


def _meaning(
    boxes: NDArray[np.float64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    pitch: float,
    crossing: int,
    ruled: bool,
) -> Meaning | None:
    """What a gap means, or None where it is one within rows."""
    wide = [float(np.median(boxes[side, 2] - boxes[side, 0])) for side in (before, after)]
    many = [len(before), len(after)]
    for note, main in ((0, 1), (1, 0)):
        few = many[note] <= _NOTE_COUNT * many[main] and many[main] >= max(_MAIN, _OUTSIDE * crossing)
        if few and wide[note] <= _NOTE_WIDTH * wide[main] and not (note == 0 and wide[0] < _NUMBER * pitch):
            return "note before" if note == 0 else "note after"
    if min(many) < 2 or _is_table(boxes, before, after, pitch, wide, ruled):
        return None
    return "columns"


def _is_table(
    boxes: NDArray[np.float64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    pitch: float,
    wide: list[float],
    ruled: bool,
) -> bool:
    """Whether the sides have rows in common, of lines too short or too ragged for running text."""
    fewer, more = sorted((before, after), key=len)
    away = np.abs(boxes[fewer, 3][:, None] - boxes[more, 3][None, :]).min(1)
    if np.mean(away <= _LEVEL * pitch) < _ROW_BY_ROW:
        return False
    if min(wide) < _CELL * pitch:
        return True
    full = [
        float(np.median(boxes[side, 2] - boxes[side, 0]) / (boxes[side, 2].max() - boxes[side, 0].min()))
        for side in (before, after)
    ]
    few = len(fewer) <= 3 and not ruled
    return min(wide) < _RAGGED_CELL * pitch and (few or max(full) < _FULL)


def _gutter(
    boxes: NDArray[np.float64],
    group: NDArray[np.int64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    meaning: Meaning,
    pitch: float,
) -> Gutter:
    """A gutter, without the lines at its ends that belong to what stands above or below it."""
    ends = []
    for last in (True, False):
        before, loose_before = _without_end(boxes, before, after, pitch, last=last)
        after, loose_after = _without_end(boxes, after, before, pitch, last=last)
        ends.append(np.concatenate([loose_before, loose_after]))
    late, early = ends
    feet = boxes[np.concatenate([before, after]), 3]
    rest = np.setdiff1d(np.arange(len(group)), np.concatenate([before, after, late, early]))
    above = rest[boxes[rest, 3] < (feet.min() + feet.max()) / 2]
    below = np.setdiff1d(rest, above)
    above, below = np.concatenate([above, early]), np.concatenate([below, late])
    return Gutter(group[before], group[after], group[above], group[below], meaning)


def _without_end(
    boxes: NDArray[np.float64], side: NDArray[np.int64], other: NDArray[np.int64], pitch: float, *, last: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lines of a side, and those at its end beyond all of the other side that stand away from the rest."""
    sign = 1 if last else -1
    feet = sign * boxes[:, 3]
    ranked = side[np.argsort(feet[side], kind="stable")]
    end = feet[other].max() + 0.5 * pitch
    for count in range(1, min(_STRAY, len(ranked) - 2) + 1):
        first = ranked[-count]
        if feet[first] <= end:
            break
        if feet[first] - feet[ranked[-count - 1]] > _LOOSE * pitch:
            return ranked[:-count], ranked[-count:]
    return ranked, ranked[:0]
