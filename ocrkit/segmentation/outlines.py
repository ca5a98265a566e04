"""Outlines of lines: around their own ink and the height that was predicted, and around nobody else's ink."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.found import FoundLine, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["line_outlines", "thinned"]

_BIN = 3  # px of columns that share one height of an outline
_MARGIN = 1.0  # px around the ink
_PREDICTED = 0.9  # of the predicted heights that an outline has, where nothing stands


def line_outlines(
    lines: Sequence[FoundLine], owners: NDArray[np.int32]
) -> list[tuple[FoundLine, NDArray[np.float64]] | None]:
    """Each line with its baseline cut to its ink, and its (N, 2) outline; None for a line without ink.

    Args:
        lines: of the working picture.
        owners: (h, w) whose the ink is, as ``ink_owners`` gives it.
    """
    height, width = owners.shape
    top, foot = _profiles(owners, len(lines))
    upper, lower = _predicted(lines, width)
    # Others' ink is kept out where the line has none beyond it.
    ceiling, floor = _limits(lines, owners, top, foot)
    upper = np.minimum(np.fmax(upper, ceiling + 1), top - _MARGIN)
    lower = np.maximum(np.fmin(lower, floor - 1), foot + _MARGIN)
    made: list[tuple[FoundLine, NDArray[np.float64]] | None] = []
    for index, line in enumerate(lines):
        inked = np.flatnonzero(foot[index] >= 0)
        if not len(inked):
            made.append(None)
            continue
        cut = line.between(int(inked[0]), int(inked[-1]))
        columns = slice(cut.first, cut.last + 1)
        outline = _outline(cut, upper[index, columns], lower[index, columns])
        made.append((cut, np.clip(outline, -0.5, [width - 0.5, height - 0.5])))
    return made


def _profiles(owners: NDArray[np.int32], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, width) the first and the last row of each line's ink in each column; inf and -inf where it has none."""
    width = owners.shape[1]
    rows, columns = np.nonzero(owners)
    lines = owners[rows, columns] - 1
    top, foot = np.full((count, width), np.inf), np.full((count, width), -np.inf)
    foot[lines, columns] = rows  # rows come in order, so that the last one stays
    # Copies, since NumPy goes through a view that runs backwards in the order of memory.
    backwards = np.arange(len(rows))[::-1].copy()
    top[lines[backwards], columns[backwards]] = rows[backwards]
    return top, foot


def _predicted(lines: Sequence[FoundLine], width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places = spread(lines, width, 4.0)
    ascender = np.array([line.ascender for line in lines])[:, None]
    descender = np.array([line.descender for line in lines])[:, None]
    return places - _PREDICTED * ascender, places + _PREDICTED * descender


def _limits(
    lines: Sequence[FoundLine],
    owners: NDArray[np.int32],
    top: NDArray[np.float64],
    foot: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, width) the nearest row above each line that is another's ink, and below it; -inf and inf for none."""
    width = owners.shape[1]
    places = spread(lines, width, 4.0)
    order = np.argsort(places, axis=0)
    ceiling, floor = np.full(places.shape, -np.inf), np.full(places.shape, np.inf)
    columns = np.arange(width)
    for upper, lower in pairwise(order):
        known = ~np.isnan(places[lower, columns])
        one, two, at = upper[known], lower[known], columns[known]
        ceiling[two, at] = np.maximum(foot[one, at], ceiling[one, at])
    for lower, upper in pairwise(order[::-1]):
        known = ~np.isnan(places[lower, columns])
        one, two, at = upper[known], lower[known], columns[known]
        floor[one, at] = np.minimum(top[two, at], floor[two, at])
    return ceiling, floor


def _outline(line: FoundLine, upper: NDArray[np.float64], lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """The polygon between an upper and a lower height in each column, in steps of a few columns."""
    starts = np.arange(0, len(line.ys), _BIN)
    stops = np.minimum(starts + _BIN, len(line.ys)) - 1
    base = line.ys
    high = np.minimum.reduceat(np.minimum(upper, base - 1), starts) - 0.5
    deep = np.maximum.reduceat(np.maximum(lower, base + 1), starts) + 0.5
    xs = line.first + np.stack([starts - 0.5, stops + 0.5], 1).ravel()
    over = np.stack([xs, np.repeat(high, 2)], 1)
    under = np.stack([xs, np.repeat(deep, 2)], 1)
    over[0, 0] -= _MARGIN
    under[0, 0] -= _MARGIN
    over[-1, 0] += _MARGIN
    under[-1, 0] += _MARGIN
    return np.concatenate([over, under[::-1]])


def thinned(points: NDArray[np.float64], tolerance: float, most: int) -> NDArray[np.float64]:
    """A polyline of ``most`` points or fewer, its ends kept: the farthest is added until none is beyond tolerance.

    Source: Ramer 1972, Computer Graphics and Image Processing 1(3).
    """
    kept = [0, len(points) - 1]
    while len(kept) < most:
        line = np.stack([np.interp(np.arange(len(points)), kept, points[kept, axis]) for axis in (0, 1)], 1)
        away = np.abs(points - line).max(1)
        farthest = int(np.argmax(away))
        if away[farthest] <= tolerance:
            break
        kept = sorted({*kept, farthest})
    return points[kept]
