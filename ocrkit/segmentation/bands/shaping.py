"""What ink is a line's: its baseline, the height of its letters, and an outline around all of its signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.bands.grid import CELLS
from ocrkit.segmentation.bands.rows import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.bands.grid import Grid
    from ocrkit.segmentation.bands.straight import Straight

__all__ = ["Owners", "Shape", "levelled", "owners_of", "shapes_of"]

# In heights of small letters.
_BEYOND = 1.5  # a line's ends, where ink is still the line's
_TALLEST = 3.4  # times a line's own small letters, for each line that it stands in
_MOST_TOUCHED = 3  # lines whose letters hang together
_WIDEST_TOUCHING = 15.0
_FARTHEST_MARK = 1.0  # between a mark and the letters' band
_MODE = 0.2  # to each side of a mode: feet on the baseline
_BIN = 0.1
_TILTS = 6  # slopes to each side of a ridge's own that are tried
_TILT = 0.15  # by which the next one rises over the line
_LEVELLER = 1.1
_CURVED_BETTER = 1.3  # times as many letters agree on a bent baseline as on a straight one
_CURVED = 0.15  # by which a ridge leaves the straight, and the baseline with it
_SMOOTH = 8.0
_SLICE = 0.5  # the width of an outline's steps
_STEP = 0.25  # their heights
_POINTS = 10  # of a baseline
_PAD = 1.0  # px around the ink


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose each component is.

    Attributes:
        line: (N,) the line of each component; -1 for none.
        holds: (N,) whether the line's middle goes through it.
        shared: (N,) whether the middles of several lines go through it, so that its ink is parted between them.
    """

    line: NDArray[np.int64]
    holds: NDArray[np.bool_]
    shared: NDArray[np.bool_]


@dataclass(slots=True)
class Shape:
    """A line in the straight frame.

    Attributes:
        baseline: (K, 2) points.
        outline: (M, 2) points.
        x_height: px.
        members: the components that its middle goes through.
        feet: how many of them stand on the baseline.
    """

    baseline: NDArray[np.float64]
    outline: NDArray[np.float64]
    x_height: float
    members: NDArray[np.int64]
    feet: int


def owners_of(
    straight: Straight,
    letters: NDArray[np.bool_],
    marks: NDArray[np.bool_],
    rows: list[Row],
    grid: Grid,
    x_height: float,
) -> Owners:
    """Give each letter and mark to the line whose middle goes through it, or the nearest one."""
    chosen = np.nonzero(letters | marks)[0]
    middles = straight.middles[chosen]
    ranked = np.argsort(middles[:, 0], kind="stable")
    chosen, middles = chosen[ranked], middles[ranked]
    top, bottom = straight.boxes[chosen, 1], straight.boxes[chosen, 3]
    count = np.zeros(len(chosen), np.int64)
    best, away = np.full(len(chosen), -1), np.full(len(chosen), np.inf)
    is_letter = letters[chosen]
    spare = _BEYOND * x_height
    for number, row in enumerate(rows):
        start, end = grid.x(np.array([row.first, row.end - 1], np.float64))
        near = slice(*np.searchsorted(middles[:, 0], (start - spare, end + spare)))
        column = np.clip(grid.column(middles[near, 0]), row.first, row.end - 1)
        centre = grid.y(row.at(column))
        inside = (top[near] <= centre) & (bottom[near] >= centre) & is_letter[near]
        gap = np.maximum(np.maximum(top[near] - centre, centre - bottom[near]), 0.0) - x_height / 2
        gap = np.where(inside, -x_height - np.minimum(centre - top[near], bottom[near] - centre), gap)
        beyond = np.maximum(np.maximum(start - middles[near, 0], middles[near, 0] - end), 0.0)
        gap = gap + 0.5 * beyond
        count[near] += inside
        better = gap < away[near]
        best[near] = np.where(better, number, best[near])
        away[near] = np.where(better, gap, away[near])
    line, holds = np.full(len(letters), -1), np.zeros(len(letters), bool)
    line[chosen] = np.where(away <= _FARTHEST_MARK * x_height, best, -1)
    holds[chosen] = count > 0
    shared = np.zeros(len(letters), bool)
    shared[chosen] = count > 1
    return Owners(line, holds, shared)


def levelled(straight: Straight, owners: Owners, rows: list[Row], grid: Grid, x_height: float) -> list[Row]:
    """Rows along half of a small letter above their baselines, which wobble less than ridges do."""
    found = []
    for number, row in enumerate(rows):
        shape = _baseline(straight, owners, number, row, grid, x_height)
        if shape is None:
            found.append(row)
            continue
        columns = np.arange(row.first, row.end)
        foot = np.interp(grid.x(columns.astype(np.float64)), shape[1][:, 0], shape[1][:, 1])
        found.append(Row(row.first, (foot - x_height / 2 - grid.top) / grid.cell - 0.5, row.weight))
    return found


def shapes_of(
    straight: Straight, owners: Owners, large: NDArray[np.bool_], rows: list[Row], grid: Grid, x_height: float
) -> list[Shape]:
    """The shapes of rows that have letters of their own; what is larger than letters is taken in where it is no more.

    Args:
        straight: the page.
        owners: whose letters and marks are.
        large: (N,) components that are larger.
        rows: the lines.
        grid: where their rows lie.
        x_height: px, of small letters.
    """
    baselines = [_baseline(straight, owners, number, row, grid, x_height) for number, row in enumerate(rows)]
    heights = [0.0 if found is None else found[2] for found in baselines]
    owners = _adopted(straight, owners, large, rows, grid, heights)
    left = float(straight.boxes[:, 0].min())
    width = _SLICE * x_height
    tops, bottoms, starts, ends = _extents(straight, owners, rows, grid, left, width)
    shapes = []
    for number, found in enumerate(baselines):
        if found is None or not np.isfinite(starts[number]):
            continue
        _, points, height, feet = found
        members = np.nonzero((owners.line == number) & owners.holds & ~owners.shared)[0]
        extent = (float(starts[number]), float(ends[number]))
        outline = _outline(tops[number], bottoms[number], extent, points, height, left, width)
        x = np.clip(points[:, 0], *extent)
        x[0], x[-1] = extent
        points = np.stack([x, np.interp(x, points[:, 0], points[:, 1])], axis=1)
        shapes.append(Shape(points, outline, height, members, feet))
    return shapes


def _adopted(
    straight: Straight, owners: Owners, large: NDArray[np.bool_], rows: list[Row], grid: Grid, heights: list[float]
) -> Owners:
    """Give what is larger than letters to a line of large letters, and a drop-cap to the first of its lines.

    Args:
        straight: the page.
        owners: whose the letters are.
        large: (N,) components that may be adopted.
        rows: the lines.
        grid: where their rows lie.
        heights: px of each line's small letters.
    """
    line, holds, shared = owners.line.copy(), owners.holds.copy(), owners.shared.copy()
    spare = round(_BEYOND * CELLS)
    for component in np.nonzero(large)[0].tolist():
        left, top, right, bottom = straight.boxes[component]
        column = int(grid.column(np.array([(left + right) / 2]))[0])
        through = []
        for number, row in enumerate(rows):
            inside = min(max(column, row.first), row.end - 1)
            centre = float(grid.y(row.at(np.array([inside])))[0])
            reach = spare + (right - left) / grid.cell / 2
            if abs(inside - column) <= reach and top <= centre <= bottom:
                through.append((centre, number, column < row.first))
        first = min(through, default=None)
        if first is None or bottom - top > _TALLEST * heights[first[1]] * len(through):
            continue
        drops = len(through) == 1 or all(before for _, _, before in through[1:])
        touches = len(through) <= _MOST_TOUCHED and right - left <= _WIDEST_TOUCHING * heights[first[1]]
        if drops or touches:
            line[component], holds[component], shared[component] = first[1], True, not drops
    return Owners(line, holds, shared)


def _baseline(
    straight: Straight, owners: Owners, number: int, row: Row, grid: Grid, x_height: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], float, int] | None:
    """The letters of a line, its baseline, the height of its small letters, and how many stand on the baseline."""
    members = np.nonzero((owners.line == number) & owners.holds & ~owners.shared)[0]
    if not len(members):
        return None
    x, foot, top = straight.middles[members, 0], straight.boxes[members, 3], straight.boxes[members, 1]
    columns = np.arange(row.first, row.end)
    along, ridge = grid.x(columns.astype(np.float64)), grid.y(row.course)
    wide = np.minimum(straight.widths[members], 4 * x_height)
    best = (-1.0, 0.0, 0.0)
    for course in _courses(along, ridge, x_height):
        below = foot - np.interp(x, along, course)
        found = _tilt(x - along.mean(), below, wide, along, course, x_height)
        if found[0] > _CURVED_BETTER * best[0]:
            best, chosen = found, course
    course, (_, slope, offset) = chosen, best
    below = foot - np.interp(x, along, course)
    away = below - slope * (x - along.mean()) - offset
    on_line = np.abs(away) <= _MODE * x_height
    shift = np.array([slope, offset - slope * along.mean()])
    if on_line.sum() >= 6:
        shift = np.polyfit(x[on_line], below[on_line], 1, w=np.sqrt(wide[on_line]))
    base = course + np.polyval(shift, along)
    heights = np.interp(x, along, base) - top
    usable = on_line & (heights > 0.4 * x_height) & (heights < 4 * x_height)
    height = _mode(heights[usable], wide[usable], x_height) if usable.any() else x_height
    few = np.unique(
        np.linspace(0, len(columns) - 1, _POINTS if len(course) > 2 and np.ptp(np.diff(course)) > 1e-6 else 2)
        .round()
        .astype(int)
    )
    points = np.stack([along[few], base[few]], axis=1)
    if len(points) < 2:
        points = np.concatenate([points, points + np.array((1.0, 0.0))])
    return members, points, float(height), int(on_line.sum())


def _tilt(
    x: NDArray[np.float64],
    below: NDArray[np.float64],
    wide: NDArray[np.float64],
    along: NDArray[np.float64],
    course: NDArray[np.float64],
    x_height: float,
) -> tuple[float, float, float]:
    """How many px of letters agree on a slope against a course, that slope, and the offset at the middle.

    Rather level than not.
    """
    reach = max(float(along[-1] - along[0]), x_height)
    level = -float(course[-1] - course[0]) / reach
    slopes = np.append(level, np.arange(-_TILTS, _TILTS + 1) * (_TILT * x_height / reach))
    bins = np.round((below - slopes[:, None] * x) / (_BIN * x_height)).astype(np.int64)
    bins -= bins.min() - 2
    many = int(bins.max()) + 3
    places = (bins + many * np.arange(len(slopes))[:, None]).ravel()
    counts = np.bincount(places, np.tile(wide, len(slopes)), many * len(slopes)).reshape(len(slopes), many)
    held = counts[:, :-2] + counts[:, 1:-1] + counts[:, 2:]
    held[0] *= _LEVELLER
    slope = slopes[np.unravel_index(np.argmax(held), held.shape)[0]]
    return float(held.max()), float(slope), _mode(below - slope * x, wide, x_height)


def _courses(x: NDArray[np.float64], ridge: NDArray[np.float64], x_height: float) -> list[NDArray[np.float64]]:
    """The straight line along a ridge, and the ridge without its small bends where it is not straight."""
    if len(x) < 2:
        return [ridge]
    slope, start = np.polyfit(x, ridge, 1)
    line = slope * x + start
    cell = (x[-1] - x[0]) / (len(x) - 1)
    reach = max(1, min(round(_SMOOTH * x_height / cell / 2), (len(x) - 1) // 2))
    away = ridge - line
    padded = np.concatenate([2 * away[0] - away[reach:0:-1], away, 2 * away[-1] - away[-2 : -reach - 2 : -1]])
    sums = np.cumsum(np.append(0.0, padded))
    smooth = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    return [line] if np.abs(smooth).max() <= _CURVED * x_height else [line, line + smooth]


def _mode(values: NDArray[np.float64], weights: NDArray[np.float64], x_height: float) -> float:
    """The place with most weight around it, by tenths of a small letter's height."""
    bins = np.round(values / (_BIN * x_height)).astype(np.int64)
    counts = np.convolve(np.bincount(bins - bins.min() + 2, weights, int(np.ptp(bins)) + 5), (1, 2, 3, 2, 1), "same")
    near = np.abs(bins - bins.min() + 2 - np.argmax(counts)) <= 2
    return float(np.average(values[near], weights=weights[near]))


def _extents(
    straight: Straight, owners: Owners, rows: list[Row], grid: Grid, left: float, width: float
) -> tuple[NDArray[np.float64], ...]:
    """(lines, slices) the highest and the lowest ink of each line in upright slices, and where each begins and ends."""
    first, last, component = straight.runs_of(owners.line >= 0)
    line = owners.line[component]
    parted = np.nonzero(owners.shared[component])[0]
    line[parted] = _nearest(rows, grid, (first[parted] + last[parted]) / 2, line[parted])
    begin, finish = np.minimum(first[:, 0], last[:, 0]), np.maximum(first[:, 0], last[:, 0])
    high, low = np.minimum(first[:, 1], last[:, 1]), np.maximum(first[:, 1], last[:, 1])
    starts, ends = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    np.minimum.at(starts, line, begin)
    np.maximum.at(ends, line, finish)
    slices = int(np.ceil((straight.boxes[:, 2].max() - left) / width)) + 2
    start = np.floor((begin - left) / width).astype(np.int64)
    many = np.floor((finish - left) / width).astype(np.int64) - start + 1
    run = np.repeat(np.arange(len(line)), many)
    place = line[run] * slices + start[run] + np.arange(len(run)) - np.repeat(np.cumsum(many) - many, many)
    tops, bottoms = np.full(len(rows) * slices, np.inf), np.full(len(rows) * slices, -np.inf)
    np.minimum.at(tops, place, high[run])
    np.maximum.at(bottoms, place, low[run])
    return tops.reshape(-1, slices), bottoms.reshape(-1, slices), starts, ends


def _outline(
    tops: NDArray[np.float64],
    bottoms: NDArray[np.float64],
    extent: tuple[float, float],
    baseline: NDArray[np.float64],
    x_height: float,
    left: float,
    width: float,
) -> NDArray[np.float64]:
    """A polygon of steps around a line's ink, and around the band of its small letters."""
    first, last = (int((place - left) // width) for place in extent)
    edges = left + np.arange(first, last + 2) * width
    edges[0], edges[-1] = extent[0] - _PAD, extent[1] + _PAD
    base = np.interp((edges[:-1] + edges[1:]) / 2, baseline[:, 0], baseline[:, 1])
    step = _STEP * x_height
    above = np.maximum(base - tops[first : last + 1], x_height) + _PAD
    below = np.maximum(bottoms[first : last + 1] - base, 0.0) + _PAD
    upper, lower = base - np.ceil(above / step) * step, base + np.ceil(below / step) * step
    across = np.repeat(edges, 2)[1:-1]
    outer = [np.stack([across, np.repeat(side, 2)], axis=1) for side in (upper, lower)]
    return _without_idle(np.concatenate([outer[0], outer[1][::-1]]))


def _without_idle(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A polygon without the points that lie straight between the ones beside them."""
    to, away = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    return points[np.abs(to[:, 0] * away[:, 1] - to[:, 1] * away[:, 0]) > 1e-6]


def _nearest(
    rows: list[Row], grid: Grid, points: NDArray[np.float64], otherwise: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The row whose middle is nearest to each point, of those that run there."""
    column, row = grid.column(points[:, 0]), (points[:, 1] - grid.top) / grid.cell - 0.5
    best, away = otherwise.copy(), np.full(len(points), np.inf)
    for number, course in enumerate(rows):
        gap = np.abs(np.nan_to_num(course.at(column), nan=np.inf) - row)
        best, away = np.where(gap < away, number, best), np.minimum(away, gap)
    return best
