"""The order of reading: lines parted into columns, headings, notes and rows, by cuts along gaps and rules.

A group of lines is cut at rules that run across all of it, then at the gutter with the most text beside it, wherever
that is crossed by a line above and below it; what no gutter parts is read row by row. A page's first and last row that
stand alone are taken off before, so that a page's number below one column is not read between two.

Source: Nagy and Seth 1984 (cuts along x and y), with the order that Breuel 2003 gives: what lies above and shares some
width comes first, then what lies to the side where reading begins, unless a line across both parts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.layout.records import Region
from ocrkit.segmentation.frame import Frame, Placed
from ocrkit.segmentation.gutters import best_gutter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocrkit.layout.records import Direction, Line, Points

__all__ = ["order_lines"]

_DEEPEST = 40  # cuts within cuts
_LEVEL = 0.4  # of the pitch: feet of one row lie within it
_ALONE = 1.25  # pitches from a page's first or last row to the next, where it is no part of the text
_FAR_ALONE = 2.0  # pitches, where nothing else tells it
_TITLE = 1.6  # pitches from a title alone in its row to the text
_ALONE_WIDTH = 0.6  # of the text's width that such a row takes at most
_CENTRED = 0.05  # of the text's width, from its middle
_NUMBER = 4.0  # pitches: a row that is no wider is a number
_MANY = 5  # lines of a page that has such rows
_ACROSS = 0.9  # of a group's width that a rule across it has
_SMALL = 0.92  # of the letters above a rule: the height of a footnote's


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines in the order of reading, and what they are."""

    lines: list[int]
    kind: str = "MainZone"


@dataclass(frozen=True, slots=True)
class _Rules:
    """Rules of the page: ``level`` (R, 3) y, left and right, ``upright`` (R, 3) x, top and bottom."""

    level: NDArray[np.float64]
    upright: NDArray[np.float64]


def order_lines(
    lines: Sequence[Line],
    width: int,
    height: int,
    direction: Direction = "ltr",
    *,
    rotation: int = 0,
    separators: Sequence[Points] = (),
) -> tuple[Region, ...]:
    """Part the lines of a page into regions, in the order of reading, and put each region's lines in theirs.

    Args:
        lines: in any order, in pixels of the picture as given. Their outlines may overlap; baselines tell the skew.
        width: px of the picture as given.
        height: px.
        direction: the way that the script runs, and so the columns.
        rotation: as ``Layout.rotation``.
        separators: rules on the page, each by its two ends, or more points.
    """
    if not lines:
        return ()
    frame = Frame.of(lines, width, height, direction, rotation)
    placed = Placed.of(lines, frame)
    parts = _page(placed, _rules(separators, frame))
    return tuple(
        Region(f"r{number}", _outline(part.lines, lines, frame), tuple(lines[k] for k in part.lines), part.kind)
        for number, part in enumerate(parts, 1)
    )


def _rules(separators: Sequence[Points], frame: Frame) -> _Rules:
    level, upright = [], []
    for points in separators:
        placed = frame.place(np.array(points, np.float64).reshape(-1, 2))
        (left, top), (right, bottom) = placed.min(0), placed.max(0)
        if right - left >= bottom - top:
            level.append(((top + bottom) / 2, left, right))
        else:
            upright.append(((left + right) / 2, top, bottom))
    return _Rules(np.array(level).reshape(-1, 3), np.array(upright).reshape(-1, 3))


def _page(placed: Placed, rules: _Rules) -> list[_Part]:
    """The parts of a page: what stands alone at its head, its text, and what stands alone at its foot."""
    group = np.arange(len(placed.boxes))
    head = _alone(placed, group, last=False)
    group = np.setdiff1d(group, head)
    foot = _alone(placed, group, last=True)
    group = np.setdiff1d(group, foot)
    return [
        *_single(placed, head, group, last=False),
        *_parts(placed, group, rules, 0),
        *_single(placed, foot, group, last=True),
    ]


def _alone(placed: Placed, group: NDArray[np.int64], *, last: bool) -> NDArray[np.int64]:
    """The first or last row of a page, where it stands away from the rest and is no part of a column."""
    none = group[:0]
    if len(group) < _MANY:
        return none
    boxes, pitch = placed.boxes[group], placed.pitch
    feet = boxes[:, 3] if last else -boxes[:, 3]
    in_row = feet >= feet.max() - _LEVEL * pitch
    rest, row = boxes[~in_row], boxes[in_row]
    if not 1 <= len(row) <= 3 or len(rest) < _MANY - 1:
        return none
    gap = feet[in_row].min() - feet[~in_row].max()
    left, right = rest[:, 0].min(), rest[:, 2].max()
    wide = float((row[:, 2] - row[:, 0]).sum())
    middle = float((row[:, 0].min() + row[:, 2].max()) / 2 - (left + right) / 2)
    told = wide <= _NUMBER * pitch or abs(middle) < _CENTRED * (right - left) or len(row) > 1
    if gap < _ALONE * pitch or wide > _ALONE_WIDTH * (right - left):
        return none
    return group[in_row] if told or gap > _FAR_ALONE * pitch else none


def _single(placed: Placed, row: NDArray[np.int64], rest: NDArray[np.int64], *, last: bool) -> Iterator[_Part]:
    """Parts of a row that stands alone: numbers, running titles, or text where it is not sure."""
    boxes, pitch = placed.boxes, placed.pitch
    unsure: list[int] = []
    for line in row[np.argsort(boxes[row, 0])].tolist():
        start, _, end, foot = boxes[line]
        left, right = boxes[rest, 0].min(), boxes[rest, 2].max()
        away = float(np.abs(boxes[rest, 3] - foot).min())
        centred = abs((start + end - left - right) / 2) < _CENTRED * (right - left)
        outer = start < left + pitch or end > right - pitch
        if end - start <= _NUMBER * pitch and (centred or outer):
            kind = "NumberingZone"
        elif centred and not last and (len(row) > 1 or away > _TITLE * pitch):
            kind = "RunningTitleZone"
        else:
            unsure.append(line)
            continue
        if unsure:
            yield _Part(unsure)
            unsure = []
        yield _Part([line], kind)
    if unsure:
        yield _Part(unsure)


def _parts(placed: Placed, group: NDArray[np.int64], rules: _Rules, depth: int) -> Iterator[_Part]:
    """Cut a group of lines until no rule and no gutter parts it."""
    if not len(group):
        return
    for piece in _between_rules(placed, group, rules.level):
        gutter = best_gutter(placed, piece, rules.upright) if depth < _DEEPEST and len(piece) > 2 else None
        if gutter is None:
            yield from _rows(placed, piece, rules)
            continue
        before, after = (list(_parts(placed, side, rules, depth + 1)) for side in (gutter.before, gutter.after))
        yield from _parts(placed, gutter.above, rules, depth + 1)
        if gutter.meaning == "columns":
            yield from (*before, *after)
        else:
            text, notes = (before, after) if gutter.meaning == "note after" else (after, before)
            yield from text
            yield from (_Part(part.lines, "MarginTextZone") for part in notes)
        yield from _parts(placed, gutter.below, rules, depth + 1)


def _between_rules(placed: Placed, group: NDArray[np.int64], level: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
    """A group cut at the rules that run across all of it."""
    boxes = placed.boxes[group]
    left, right = boxes[:, 0].min(), boxes[:, 2].max()
    shared = np.minimum(level[:, 2], right) - np.maximum(level[:, 1], left)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    cuts = np.sort(level[shared >= _ACROSS * (right - left), 0])
    band = np.searchsorted(cuts, middle)
    for chosen in np.unique(band):
        yield group[band == chosen]


def _rows(placed: Placed, group: NDArray[np.int64], rules: _Rules) -> Iterator[_Part]:
    """Lines without a gutter: row by row, from the side where reading begins; footnotes below their rule apart."""
    boxes, level = placed.boxes, _LEVEL * placed.pitch
    rows: list[list[int]] = []
    for line in group[np.lexsort((boxes[group, 0], boxes[group, 3]))].tolist():
        if rows and abs(boxes[line, 3] - np.mean(boxes[rows[-1], 3])) <= level and _has_room(boxes, rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    ranked = [line for row in rows for line in sorted(row, key=lambda line: boxes[line, 0])]
    first = _first_footnote(placed, ranked, rules.level)
    yield _Part(ranked[:first])
    if first < len(ranked):
        yield _Part(ranked[first:], "MarginTextZone")


def _has_room(boxes: NDArray[np.float64], row: list[int], line: int) -> bool:
    """Whether a line stands beside all lines of a row."""
    left, right = boxes[row, 0], boxes[row, 2]
    shared = np.minimum(right, boxes[line, 2]) - np.maximum(left, boxes[line, 0])
    return bool(np.all(shared <= 0.3 * np.minimum(right - left, boxes[line, 2] - boxes[line, 0])))


def _first_footnote(placed: Placed, ranked: list[int], level: NDArray[np.float64]) -> int:
    """Where the lines below a rule begin, if they are the last ones and smaller than those above; else the end."""
    boxes, x_height = placed.boxes[ranked], placed.x_height[ranked]
    left, right = boxes[:, 0].min(), boxes[:, 2].max()
    inside = (np.minimum(level[:, 2], right) > np.maximum(level[:, 1], left)) & (level[:, 0] > boxes[0, 3])
    for y in np.sort(level[inside, 0])[::-1]:
        below = boxes[:, 3] > y
        first = int(np.argmax(below)) if below.any() else len(ranked)
        last = 0 < first < len(ranked) and bool(below[first:].all())
        if last and np.median(x_height[first:]) <= _SMALL * np.median(x_height[:first]):
            return first
    return len(ranked)


def _outline(part: list[int], lines: Sequence[Line], frame: Frame) -> Points:
    """The box in the frame around lines, as a polygon of the picture, clipped to it."""
    points = np.concatenate([frame.place(np.array(lines[k].outline, np.float64).reshape(-1, 2)) for k in part])
    (left, top), (right, bottom) = points.min(0), points.max(0)
    corners = frame.back(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))
    clipped = np.clip(np.round(corners), 0, (frame.width - 1, frame.height - 1)).astype(int)
    return tuple((x, y) for x, y in clipped.tolist())
