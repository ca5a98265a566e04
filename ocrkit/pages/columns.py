"""Where the characters of a line stand in its picture: a decoder tells a place in each, the ink where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from ocrkit.data.records import CharacterSpan

__all__ = ["Column", "Ink", "columns_of", "ink_columns"]

_INKED = 0.4  # of the way from paper to the darkest ink, from which a pixel counts as ink
_DARKEST = 0.995  # of the pixels, by how much they differ from paper: the one after those stands for ink
_FAINT = 12  # grey levels: what differs by less is paper, however little ink there is
_REACH = 1.5  # of the picture's height: how far the first and last character may reach outwards


@dataclass(frozen=True, slots=True)
class Column:
    """The columns of pixels that a character stands in, the first and one past the last; at least one."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Ink:
    """What is ink in a line's picture, which may be light on dark.

    Attributes:
        mask: (H, W).
        paper: the grey of what is none.
        least: grey levels by which ink differs from it.
    """

    mask: NDArray[np.bool_]
    paper: int
    least: float

    @classmethod
    def of(cls, line: Image) -> Ink:
        """The ink of a picture in mode ``L``."""
        counts = np.array(line.histogram())
        size = int(counts.sum())
        paper = int(np.searchsorted(counts.cumsum(), size / 2))  # the median
        away = np.abs(np.arange(256) - paper)
        nearest = np.argsort(away, kind="stable")
        darkest = away[nearest[np.searchsorted(counts[nearest].cumsum(), _DARKEST * size)]]
        least = max(_FAINT, _INKED * float(darkest))
        return cls((away >= least)[np.asarray(line)], paper, least)

    def is_ink(self, grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of these greys are ink beside this paper."""
        return np.asarray(np.abs(grey.astype(np.int16) - self.paper) >= self.least)


def ink_columns(line: Image) -> NDArray[np.int64]:
    """(W,) how many pixels of ink each column of a line's picture has."""
    return np.asarray(Ink.of(line).mask.sum(0), np.int64)


def columns_of(characters: Sequence[CharacterSpan], ink: NDArray[np.int64], height: int) -> list[Column]:
    """The columns of each character: between two, the line is parted where it has least ink.

    A space takes the gap in the ink beside its place, so that the words beside it begin and end with their ink.

    Args:
        characters: in any order; where two stand at one place, the first is taken to stand to the left.
        ink: (W,) as ``ink_columns`` gives it.
        height: of the line's picture, px.
    """
    width = len(ink)
    middles = [min(width - 1, max(0, (span.left + span.right - 1) // 2)) for span in characters]
    order = sorted(range(len(characters)), key=middles.__getitem__)
    found: dict[int, Column] = {}
    reach = round(_REACH * height)
    left = _first_ink(ink, max(0, middles[order[0]] - reach), middles[order[0]]) if order else 0
    groups = _groups(order, characters)
    for number, group in enumerate(groups):
        last = middles[group[-1]]
        if number + 1 < len(groups):
            right, following = _gap(ink, last, middles[groups[number + 1][0]])
        else:
            right = following = _last_ink(ink, last, min(width, last + 1 + reach))
        edges = [left, *(_least(ink, middles[a], middles[b]) for a, b in pairwise(group)), right]
        for place, (begin, end) in zip(group, pairwise(edges), strict=True):
            found[place] = _column(begin, end, width)
        left = following
    _fill_spaces(found, order, characters, width)
    return [found[place] for place in range(len(characters))]


def _groups(order: Sequence[int], characters: Sequence[CharacterSpan]) -> list[list[int]]:
    """The places of characters from left to right, parted by spaces, which are left out."""
    groups: list[list[int]] = []
    apart = True
    for place in order:
        if characters[place].text.isspace():
            apart = True
            continue
        if apart:
            groups.append([])
        groups[-1].append(place)
        apart = False
    return groups


def _gap(ink: NDArray[np.int64], after: int, before: int) -> tuple[int, int]:
    """Where the widest run of columns without ink begins and ends between two places; else where there is least."""
    between = ink[after + 1 : before]
    blank = np.flatnonzero(between == 0)
    if len(blank) == 0:
        edge = _least(ink, after, before)
        return edge, edge
    runs = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    widest = max(runs, key=len)
    return after + 1 + int(widest[0]), after + 2 + int(widest[-1])


def _least(ink: NDArray[np.int64], after: int, before: int) -> int:
    """The column from ``after`` + 1 to ``before`` that has least ink, the one nearest to the middle of several."""
    begin, end = after + 1, max(after + 2, before + 1)
    part = ink[begin:end]
    if len(part) == 0:
        return min(begin, len(ink))
    least = np.flatnonzero(part == part.min())
    return begin + int(least[np.abs(least - (len(part) - 1) / 2).argmin()])


def _first_ink(ink: NDArray[np.int64], begin: int, end: int) -> int:
    inked = np.flatnonzero(ink[begin : end + 1])
    return begin + int(inked[0]) if len(inked) else end


def _last_ink(ink: NDArray[np.int64], begin: int, end: int) -> int:
    inked = np.flatnonzero(ink[begin:end])
    return begin + int(inked[-1]) + 1 if len(inked) else begin + 1


def _column(begin: int, end: int, width: int) -> Column:
    left = min(max(0, begin), width - 1)
    return Column(left, min(max(left + 1, end), width))


def _fill_spaces(
    found: dict[int, Column], order: Sequence[int], characters: Sequence[CharacterSpan], width: int
) -> None:
    """Give each space what lies between the characters beside it."""
    for number, place in enumerate(order):
        if place in found:
            continue
        before = next((found[other].right for other in reversed(order[:number]) if other in found), None)
        after = next((found[other].left for other in order[number + 1 :] if other in found), None)
        span = characters[place]
        begin = before if before is not None else span.left
        end = after if after is not None else span.right
        found[place] = _column(begin, end, width)
