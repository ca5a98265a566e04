"""The paragraphs of a region: its lines, parted where one is indented, stands apart, or comes after a short one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.layout.records import Line, Region

__all__ = ["Extent", "extents_of", "height_of", "is_verse", "paragraphs_of"]

_APART = 1.45  # times the usual distance of two lines, from which there is a gap between them
_INDENTED = 0.4  # of the usual distance: how far the first line of a paragraph is moved in, at least
_DEEPEST = 0.45  # of the region's width: a line moved in by more is no paragraph's beginning
_SHORT = 0.25  # of the region's width: what a paragraph's last line leaves empty, at least
_RAGGED = 0.08  # of the region's width: what a line of prose leaves empty, at most
_MOSTLY_SHORT = 0.5  # of a region's lines: where more leave room, the breaks are the author's


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a line stands in its region, on a page turned so that lines run from left to right.

    Attributes:
        start: px along the lines to where it is begun to be read.
        end: px to where it ends; larger than ``start`` whichever way the script runs.
        foot: px across the lines to its baseline, downwards.
        height: px of its area across the lines.
    """

    start: float
    end: float
    foot: float
    height: float


def paragraphs_of(region: Region) -> list[list[Line]]:
    """The lines of a region in paragraphs, none of them empty; one a line where they are columns or cells."""
    if not region.lines:
        return []
    extents = extents_of(region.lines)
    paragraphs = [[region.lines[0]]]
    for line, begins in zip(region.lines[1:], _beginnings(extents), strict=True):
        if begins:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs


def is_verse(lines: Sequence[Line]) -> bool:
    """Whether the breaks between lines are the author's, as in verse, addresses and lists: most leave room."""
    if len(lines) < 2:
        return False
    extents = extents_of(lines)
    left, right = min(extent.start for extent in extents), max(extent.end for extent in extents)
    short = [extent.end < right - 2 * _RAGGED * (right - left) for extent in extents[:-1]]
    return sum(short) > _MOSTLY_SHORT * len(short)


def height_of(line: Line) -> float:
    """Px that tell how large a line's letters are: by its x-height where that is known, else by its area."""
    if line.x_height is not None and math.isfinite(line.x_height) and line.x_height > 0:
        return 2.2 * line.x_height  # about what an area around signs above and below is high
    return extents_of([line])[0].height


def extents_of(lines: Sequence[Line]) -> list[Extent]:
    """Where lines stand, along and across the way that they run together."""
    ahead_x, ahead_y = _heading(lines)
    reverse = -1.0 if sum(line.direction == "rtl" for line in lines) * 2 > len(lines) else 1.0
    found = []
    for line in lines:
        along = [reverse * (x * ahead_x + y * ahead_y) for x, y in line.outline] or [0.0]
        across = [y * ahead_x - x * ahead_y for x, y in line.outline] or [0.0]
        foot = [y * ahead_x - x * ahead_y for x, y in line.baseline]
        at = sum(foot) / len(foot) if foot else max(across) - 0.25 * (max(across) - min(across))
        found.append(Extent(min(along), max(along), at, max(across) - min(across)))
    return found


def _heading(lines: Sequence[Line]) -> tuple[float, float]:
    """The direction, of length 1, in which lines run together as they are read upright from the left."""
    x = sum(line.baseline[-1][0] - line.baseline[0][0] for line in lines if line.baseline)
    y = sum(line.baseline[-1][1] - line.baseline[0][1] for line in lines if line.baseline)
    length = math.hypot(x, y)
    return (x / length, y / length) if length else (1.0, 0.0)


def _beginnings(extents: Sequence[Extent]) -> list[bool]:
    """Whether each line but the first begins a paragraph."""
    steps = [later.foot - earlier.foot for earlier, later in pairwise(extents)]
    downwards = [step for step in steps if step > 0]
    usual = median(downwards) if len(downwards) > 1 else 1.6 * median(extent.height for extent in extents)
    left, right = _margins(extents)
    width = max(right - left, 1.0)
    indents = [_INDENTED * usual < extent.start - left < _DEEPEST * width for extent in extents]
    rare = sum(indents) * 2 < len(indents)
    shorts = [right - extent.end > _SHORT * width for extent in extents]
    rarely_short = sum(shorts) * 2 < len(shorts)
    return [
        step > _APART * usual
        or step < -0.5 * usual  # the next column
        or (rare and indents[at + 1] and not indents[at])
        or (rarely_short and shorts[at] and not shorts[at + 1])
        for at, step in enumerate(steps)
    ]


def _margins(extents: Sequence[Extent]) -> tuple[float, float]:
    """Where most lines start, and where the longest end."""
    starts, ends = sorted(extent.start for extent in extents), sorted(extent.end for extent in extents)
    return starts[len(starts) // 4], ends[-1 - len(ends) // 10]
