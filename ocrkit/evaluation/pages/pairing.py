"""Pairs of true and found lines, each in one pair at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["best_pairs"]


def best_pairs(likeness: NDArray[np.float64], threshold: float) -> list[tuple[int, int]]:
    """As many pairs of a row and a column as can be, each alike by ``threshold`` or more; of those, the most alike.

    Rows and columns come in one pair at most. Where columns share nothing with each other, nor rows, and likeness is
    the intersection over the union, a pair above 0.5 takes more than half of both, so that no other can be above 0.5
    with either, and nothing is left to choose. Lines' areas do overlap, so the choice is made exactly.

    Args:
        likeness: (R, C) 0 to 1.
        threshold: above 0.

    Returns:
        The pairs, by their rows.
    """
    allowed = likeness >= threshold
    pairs: list[tuple[int, int]] = []
    seen: set[int] = set()
    for row in range(len(likeness)):
        if row in seen or not allowed[row].any():
            continue
        rows, columns = _connected(allowed, row)
        seen.update(rows)
        part = np.ix_(rows, columns)
        # One more pair outweighs any likeness.
        worth = np.where(allowed[part], likeness[part] + min(len(rows), len(columns)), 0.0)
        pairs += [(rows[r], columns[c]) for r, c in _assignment(worth) if allowed[rows[r], columns[c]]]
    return sorted(pairs)


def _connected(allowed: NDArray[np.bool_], row: int) -> tuple[list[int], list[int]]:
    """The rows and the columns that pairs lead to from a row."""
    rows, columns = {row}, set(np.flatnonzero(allowed[row]).tolist())
    while True:
        more_rows = set(np.flatnonzero(allowed[:, sorted(columns)].any(1)).tolist())
        more_columns = set(np.flatnonzero(allowed[sorted(more_rows)].any(0)).tolist())
        if more_rows == rows and more_columns == columns:
            return sorted(rows), sorted(columns)
        rows, columns = more_rows, more_columns


def _assignment(worth: NDArray[np.float64]) -> list[tuple[int, int]]:
    """A column for each row, or a row for each column where those are fewer, that are worth the most together.

    Source: Kuhn 1955, "The Hungarian Method for the Assignment Problem", with the shortest augmenting paths of
    Jonker and Volgenant 1987.
    """
    if worth.shape[0] > worth.shape[1]:
        return [(row, column) for column, row in _assignment(worth.T)]
    rows, columns = worth.shape
    cost = worth.max(initial=0.0) - worth
    row_price, column_price = np.zeros(rows), np.zeros(columns + 1)
    taken_by = np.full(columns + 1, -1)  # the last column stands for the row that seeks one
    for row in range(rows):
        taken_by[columns] = row
        column = columns
        least = np.full(columns, np.inf)
        before = np.full(columns, columns)
        visited = np.zeros(columns + 1, np.bool_)
        while taken_by[column] >= 0:
            visited[column] = True
            at = taken_by[column]
            reduced = cost[at] - row_price[at] - column_price[:columns]
            nearer = (reduced < least) & ~visited[:columns]
            least[nearer] = reduced[nearer]
            before[nearer] = column
            following = int(np.argmin(np.where(visited[:columns], np.inf, least)))
            step = least[following]
            row_price[taken_by[visited]] += step
            column_price[visited] -= step
            least[~visited[:columns]] -= step
            column = following
        while column != columns:
            taken_by[column] = taken_by[before[column]]
            column = int(before[column])
    return [(int(taken_by[column]), column) for column in range(columns) if taken_by[column] >= 0]
