"""Whose the ink is: each connected piece of it belongs to the line whose letters it stands among, or nearest to."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.found import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.segmentation.components import Ink
    from ocrkit.segmentation.found import FoundLine

__all__ = ["ink_owners"]

_SIDE = 1.0  # x-heights beyond a baseline's ends in which ink may be its own
_FARTHEST = 3.0  # x-heights beyond them to which a piece of ink that is its own may reach
_CORE_ABOVE = 0.95  # x-heights: among a line's letters
_CORE_BELOW = 0.1
_MOST = 0.9  # of a piece's ink among letters: with so much among one line's, it is all that line's
_STRAY = 2  # px of it that may be among another's
_HALF = 0.5


def ink_owners(lines: Sequence[FoundLine], ink: Ink) -> NDArray[np.int32]:
    """(h, w) the number of the line, from 1, that owns the ink at each pixel; 0 for paper and what is nobody's.

    Pieces that stand among the letters of one line are that line's, whole; those that join lines are shared out in
    the middle between these; the rest, signs above and below, go to the line in whose reach most of them lies.

    Args:
        lines: of the working picture.
        ink: its ink, in pieces.
    """
    height, width, count = ink.height, ink.width, len(ink.boxes)
    lengths = ink.runs[:, 2] - ink.runs[:, 1]
    rows, piece = np.repeat(ink.runs[:, 0], lengths), np.repeat(ink.runs[:, 3].astype(np.int64), lengths)
    columns = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths - ink.runs[:, 1], lengths)
    core = _painted(lines, (height, width), _cores(lines, width))[rows, columns]
    zone = _painted(lines, (height, width), _zones(lines, width))[rows, columns]
    among = _votes(piece, core, count, len(lines))
    best, share, second = _winner(among)
    whole = (best > 0) & ((share >= _MOST) | (second <= _STRAY))
    nearest, near_share, _ = _winner(_votes(piece, zone, count, len(lines)), whole=np.bincount(piece, minlength=count))
    owner_of_piece = np.where(whole, best, np.where((best == 0) & (near_share >= _HALF), nearest, 0))
    shared = (best > 0) & ~whole
    owner = np.where(shared[piece], zone, owner_of_piece[piece])
    owner[~_in_reach(lines, rows, columns, owner, width)] = 0
    owners = np.zeros((height, width), np.int32)
    owners[rows, columns] = owner
    return owners


def _cores(lines: Sequence[FoundLine], width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, width) the top and the foot of each line's letters."""
    places = spread(lines, width, _SIDE)
    x_heights = np.array([line.x_height for line in lines])[:, None]
    return places - _CORE_ABOVE * x_heights, places + _CORE_BELOW * x_heights


def _zones(lines: Sequence[FoundLine], width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, width) how far up and down each line reaches, and no farther than its share of what parts two lines."""
    places = spread(lines, width, _SIDE)
    x_height, ascender, descender = (
        np.array([getattr(line, name) for line in lines])[:, None] for name in ("x_height", "ascender", "descender")
    )
    up, down = np.maximum(1.35 * ascender, ascender + 0.5 * x_height), np.maximum(1.5 * descender, 0.8 * x_height)
    top, foot = places - up, places + down
    order = np.argsort(places, axis=0)  # NaN comes last
    for upper, lower in pairwise(order):
        columns = np.flatnonzero(~np.isnan(places[lower, np.arange(width)]))
        one, two = upper[columns], lower[columns]
        deep, high = descender[one, 0], np.maximum(ascender - x_height, 0.2 * x_height)[two, 0]
        begin, stop = places[one, columns], places[two, columns] - x_height[two, 0]
        between = begin + np.maximum(stop - begin, 0) * deep / (deep + high)
        foot[one, columns] = np.minimum(foot[one, columns], between)
        top[two, columns] = np.maximum(top[two, columns], between)
    return top, foot


def _painted(
    lines: Sequence[FoundLine], size: tuple[int, int], bands: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.int32]:
    """(h, w) the number of the line, from 1, in whose band a pixel lies; a line's own columns come first."""
    height, width = size
    painted = np.zeros((height, width), np.int32)
    tops, feet = (np.clip(np.nan_to_num(band.round(), nan=-1), -1, height) for band in bands)
    tops = np.maximum(tops, 0)
    inside = np.zeros((len(lines), width), bool)
    for line, place in zip(lines, inside, strict=True):
        place[max(0, line.first) : line.last + 1] = True
    for own in (False, True):
        for number in range(1, len(lines) + 1):
            top, foot = tops[number - 1].astype(int), feet[number - 1].astype(int)
            columns = np.flatnonzero((foot >= top) & (inside[number - 1] == own))
            if not len(columns):
                continue
            down = np.arange((foot - top)[columns].max() + 1)[:, None]
            rows = top[columns] + down
            within = (rows <= foot[columns]) & (rows < height)
            painted[rows[within], np.broadcast_to(columns, rows.shape)[within]] = number
    return painted


def _votes(piece: NDArray[np.int64], line: NDArray[np.int32], count: int, lines: int) -> _Votes:
    """How many px of each piece lie with each line."""
    there = line > 0
    keys, sizes = np.unique(piece[there] * (lines + 1) + line[there], return_counts=True)
    return keys // (lines + 1), keys % (lines + 1), sizes, count


def _winner(
    votes: _Votes, whole: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """For each piece the line with most of it, its share of what lies with lines (or of all), and the next px."""
    pieces, lines, sizes, count = votes
    order = np.lexsort((sizes, pieces))
    pieces, lines, sizes = pieces[order], lines[order], sizes[order]
    best, most, second = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    best[pieces], most[pieces] = lines, sizes  # the last of a piece, its greatest, stays
    runner = pieces[:-1] == pieces[1:]
    second[pieces[:-1][runner]] = sizes[:-1][runner]
    total = np.bincount(pieces, sizes, minlength=count) if whole is None else whole
    return best, most / np.maximum(total, 1), second


def _in_reach(
    lines: Sequence[FoundLine],
    rows: NDArray[np.int32],
    columns: NDArray[np.int64],
    owner: NDArray[np.int64],
    width: int,
) -> NDArray[np.bool_]:
    """Whether each pixel is near enough to the line that owns it."""
    places = spread(lines, width, _FARTHEST)
    up = np.array([2.0 * line.ascender + 0.5 * line.x_height for line in lines])
    down = np.array([2.0 * line.descender + line.x_height for line in lines])
    index = np.maximum(owner - 1, 0)
    below = rows - places[index, columns]
    near: NDArray[np.bool_] = (owner > 0) & (below >= -up[index]) & (below <= down[index])  # NaN is nowhere near
    return near


_Votes = tuple[np.ndarray, np.ndarray, np.ndarray, int]
