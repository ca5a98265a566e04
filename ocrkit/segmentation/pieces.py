"""Baselines from their map: its ridges, column by column, linked to pieces, and pieces joined to whole rows.

All places are those of the maps' values: columns and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Piece", "ridge_pieces"]

_LEAST = 0.3  # of the softened map: what is lower is no ridge
_REACH = 2  # rows above and below a ridge in which nothing is higher
_STEP = 1.2  # rows that a ridge may climb or fall to the next column
_BAR = 0.5  # of the map of ends: what is higher parts a ridge
_TIP = 4  # columns from its ends in which a bar stands for the ridge's own end


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of baseline with a place in each column that it crosses.

    Attributes:
        first: its first column.
        rows: (N,) where it lies in each column, to a fraction.
        strength: (N,) of the map of baselines there, 0 to 1; 0 where it was bridged.
    """

    first: int
    rows: NDArray[np.float64]
    strength: NDArray[np.float64]

    @property
    def last(self) -> int:
        """Its last column."""
        return self.first + len(self.rows) - 1

    @property
    def columns(self) -> NDArray[np.int64]:
        """(N,) its columns."""
        return np.arange(self.first, self.first + len(self.rows))

    def part(self, begin: int, end: int) -> Piece:
        """Its columns from the ``begin``-th to before the ``end``-th."""
        return Piece(self.first + begin, self.rows[begin:end], self.strength[begin:end])


def ridge_pieces(baseline: NDArray[np.float32], end: NDArray[np.float32], border: NDArray[np.float32]) -> list[Piece]:
    """The pieces of baselines, from left to right: ridges of their map, parted at ends and at borders.

    Args:
        baseline: (h, w) the map, as the others.
        end: bars across the ends of baselines.
        border: what parts columns.
    """
    strength = baseline * np.clip(1.5 - 1.5 * border, 0, 1)
    softened = _softened(strength)
    columns, rows = _ridge(softened)
    if not len(columns):
        return []
    middles = _middles(strength, columns, rows)
    pieces = []
    for chain in _chains(columns, middles):
        piece = Piece(int(columns[chain[0]]), middles[chain], softened[rows[chain], columns[chain]].astype(np.float64))
        pieces.extend(_parted(piece, end))
    return pieces


def _softened(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    """1-2-1 down and a mean of three across, so that a ridge has one top and no holes."""
    padded = np.pad(strength, 1)
    down = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    softened: NDArray[np.float32] = (down[:, :-2] + down[:, 1:-1] + down[:, 2:]) / np.float32(12)
    return softened


def _ridge(softened: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns and rows of what is highest within its reach, ordered by column, then row."""
    height = len(softened)
    top = softened > _LEAST
    for step in range(1, min(_REACH, height - 1) + 1):
        # Of two that are equal, the upper one is the top.
        top[step:] &= softened[step:] > softened[:-step]
        top[:-step] &= softened[:-step] >= softened[step:]
    columns, rows = np.nonzero(top.T)
    return columns, rows


def _middles(strength: NDArray[np.float32], columns: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where the ridge lies to a fraction of a row: the middle of what stands around it."""
    away = np.arange(-_REACH, _REACH + 1)
    around = rows[:, None] + away
    inside = (around >= 0) & (around < len(strength))
    weight = strength[np.clip(around, 0, len(strength) - 1), columns[:, None]] * inside
    middles: NDArray[np.float64] = rows + (weight @ away) / np.maximum(weight.sum(1), 1e-6)
    return middles


def _chains(columns: NDArray[np.int64], rows: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Which points follow one another: in columns side by side, each the other's nearest."""
    order = np.lexsort((rows, columns))
    columns, rows = columns[order], rows[order]
    after, before = _nearest(columns, rows, 1), _nearest(columns, rows, -1)
    index = np.arange(len(columns))
    # Pointers are doubled until each point knows the first of its chain.
    first = np.where((before >= 0) & (after[before] == index), before, index)
    while True:
        farther = first[first]
        if np.array_equal(farther, first):
            break
        first = farther
    together = np.lexsort((columns, first))
    starts = np.flatnonzero(np.diff(first[together], prepend=-1))
    return [order[chain] for chain in np.split(together, starts[1:])]


def _nearest(columns: NDArray[np.int64], rows: NDArray[np.float64], way: int) -> NDArray[np.int64]:
    """For each point, the nearest in the column before (-1) or after (1) it; -1 where none is near enough."""
    apart = float(rows.max(initial=0)) + 10
    keys = columns * apart + rows
    wanted = keys + way * apart
    place = np.searchsorted(keys, wanted)
    nearest = np.full(len(columns), -1)
    distance = np.full(len(columns), _STEP)
    for candidate in (place - 1, place):
        inside = np.clip(candidate, 0, len(columns) - 1)
        away = np.abs(keys[inside] - wanted)
        nearer = away < distance
        nearest[nearer], distance[nearer] = inside[nearer], away[nearer]
    return nearest


def _parted(piece: Piece, end: NDArray[np.float32]) -> list[Piece]:
    """A piece parted where a bar stands across it, other than at its own ends."""
    height = len(end)
    rows = np.clip(piece.rows.round().astype(np.int64), 0, height - 1)
    above = np.clip(rows - 1, 0, height - 1)
    bars = np.maximum(end[rows, piece.columns], end[above, piece.columns])
    inner = np.flatnonzero(bars[_TIP : len(bars) - _TIP] > _BAR) + _TIP
    if not len(inner):
        return [piece]
    groups = np.split(inner, np.flatnonzero(np.diff(inner) > 1) + 1)
    cuts = [int(group[np.argmax(bars[group])]) for group in groups]
    edges = [0, *cuts, len(bars)]
    return [piece.part(begin, stop) for begin, stop in pairwise(edges) if stop - begin > 1]
