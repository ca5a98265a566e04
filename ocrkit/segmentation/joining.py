"""Pieces of baselines joined to rows: one row of a column is one line, unless a border or marked ends part it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.segmentation.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["join_pieces"]

_LOOK = 12  # columns at a piece's tip that tell where it is heading
_TIP = 4  # columns at a tip in which an end is looked for
_WIDEST = (40, 15, -1)  # columns of a gap that are bridged where neither, one or both tips are marked as ends
_ASIDE = 2.0  # rows by which two tips may miss one another, and more the wider the gap
_ASIDE_BY_GAP = 0.06
_OVERLAP = 6  # columns by which pieces that are joined may lie above one another
_END = 0.5
_BORDER = 0.4
_MANY = 2000  # pieces from which only the longer ones are looked at


class _Tips(NamedTuple):
    """The left or the right tips of pieces."""

    column: NDArray[np.float64]
    row: NDArray[np.float64]
    slope: NDArray[np.float64]
    marked: NDArray[np.bool_]


def join_pieces(pieces: Sequence[Piece], end: NDArray[np.float32], border: NDArray[np.float32]) -> list[Piece]:
    """Join pieces whose tips face one another, nearest first; gaps are bridged straight.

    Args:
        pieces: as ``ridge_pieces`` gives them.
        end: (h, w) the map of ends.
        border: (h, w) the map of borders.
    """
    if len(pieces) > _MANY:
        pieces = sorted(pieces, key=lambda piece: -len(piece.rows))[:_MANY]
    if len(pieces) < 2:
        return list(pieces)
    after: dict[int, int] = {}
    taken: set[int] = set()
    for left, right in _by_nearness(pieces, end):
        if left in after or right in taken or _border_between(pieces[left], pieces[right], border):
            continue
        after[left] = right
        taken.add(right)
    return [_chained(pieces, first, after) for first in range(len(pieces)) if first not in taken]


def _by_nearness(pieces: Sequence[Piece], end: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs of pieces, the left one first, that may be joined, those that fit best first."""
    right_tips, left_tips = _tips(pieces, end, -1), _tips(pieces, end, 0)
    gap = left_tips.column[None, :] - right_tips.column[:, None] - 1  # (left piece, right piece)
    widest = np.array(_WIDEST)[right_tips.marked[:, None].astype(int) + left_tips.marked[None, :]]
    # The tips are carried on to the middle of the gap, each as it heads.
    half = np.maximum(gap, 0) / 2
    from_left = right_tips.row[:, None] + right_tips.slope[:, None] * half
    from_right = left_tips.row[None, :] - left_tips.slope[None, :] * half
    aside = np.abs(from_left - from_right)
    fits = (gap <= widest) & (gap >= -_OVERLAP) & (aside <= _ASIDE + _ASIDE_BY_GAP * np.maximum(gap, 0))
    begins = np.array([piece.first for piece in pieces])
    ends = np.array([piece.last for piece in pieces])
    fits &= (begins[:, None] < begins[None, :]) & (ends[:, None] < ends[None, :])
    lefts, rights = np.nonzero(fits)
    cost = np.maximum(gap[lefts, rights], 0) + 4 * aside[lefts, rights]
    order = np.argsort(cost, kind="stable")
    return [(int(left), int(right)) for left, right in zip(lefts[order], rights[order], strict=True)]


def _tips(pieces: Sequence[Piece], end: NDArray[np.float32], side: int) -> _Tips:
    """The tips at the pieces' left (0) or right (-1)."""
    columns, rows, slopes, marked = [], [], [], []
    for piece in pieces:
        look = slice(None, _LOOK) if side == 0 else slice(-_LOOK, None)
        tip = slice(None, _TIP) if side == 0 else slice(-_TIP, None)
        near = piece.rows[look]
        slope = float(np.polyfit(np.arange(len(near)), near, 1)[0]) if len(near) >= _LOOK else 0.0
        columns.append(piece.columns[side])
        rows.append(float(np.median(near[tip])))
        slopes.append(np.clip(slope, -0.3, 0.3))
        at = np.clip(piece.rows[tip].round().astype(int) - 1, 0, len(end) - 1)
        marked.append(bool(end[at, piece.columns[tip]].max() > _END))
    return _Tips(np.array(columns, float), np.array(rows), np.array(slopes), np.array(marked))


def _border_between(left: Piece, right: Piece, border: NDArray[np.float32]) -> bool:
    """Whether a border crosses the straight way from one piece to the next."""
    begin, stop = sorted((left.last, right.first))
    columns = np.arange(begin, stop + 1)
    rows = np.linspace(left.rows[-1], right.rows[0], len(columns)).round().astype(int) - 1
    return bool(border[np.clip(rows, 0, len(border) - 1), columns].max() > _BORDER)


def _chained(pieces: Sequence[Piece], first: int, after: dict[int, int]) -> Piece:
    joined = pieces[first]
    while first in after:
        first = after[first]
        joined = _bridged(joined, pieces[first])
    return joined


def _bridged(left: Piece, right: Piece) -> Piece:
    """Two pieces as one; where they lie above one another, each keeps half."""
    over = left.last - right.first + 1
    if over > 0:
        keep = over - over // 2
        left, right = left.part(0, len(left.rows) - over // 2), right.part(keep, len(right.rows))
    gap = right.first - left.last - 1
    between = np.linspace(left.rows[-1], right.rows[0], gap + 2)[1:-1]
    return Piece(
        left.first,
        np.concatenate([left.rows, between, right.rows]),
        np.concatenate([left.strength, np.zeros(gap), right.strength]),
    )
