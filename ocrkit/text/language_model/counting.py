"""Counting n-grams with sorted arrays: memory grows with the text's length and the distinct n-grams, not with dicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import DataError
from ocrkit.text.language_model.units import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocrkit.text.language_model.units import UnitRow

__all__ = ["NgramLevel", "count_ngrams"]

_MOST_UNITS = (1 << 31) - 1  # places are numbered in 32 bits


@dataclass(frozen=True, slots=True)
class NgramLevel:
    """The K distinct n-grams of one order, by context and then by last unit.

    Attributes:
        contexts: (K,) the n-gram's first n - 1 units, as a place in the level below; 0 for single units.
        units: (K,) its last unit.
        suffixes: (K,) its last n - 1 units, as a place in the level below; 0 for single units.
        counts: (K,) how often it occurs. ``<s>`` alone never does: it is given, not read.
        from_start: (K,) whether it begins with ``<s>``.
    """

    contexts: NDArray[np.int32]
    units: NDArray[np.int32]
    suffixes: NDArray[np.int32]
    counts: NDArray[np.int64]
    from_start: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.units)


def count_ngrams(
    row: UnitRow, order: int, *, progress: Callable[[int, int], None] | None = None
) -> tuple[NgramLevel, ...]:
    """The n-grams within the lines, of 1 to ``order`` units, ``<s>`` and ``</s>`` among them.

    There are fewer levels where no line is that long. The first has every symbol, one that never occurs too.

    Args:
        row: the lines.
        order: the most units.
        progress: told how many orders of how many are counted.

    Raises:
        DataError: there are more units than can be counted.
    """
    size = len(row.symbols)
    if len(row.numbers) > _MOST_UNITS:
        raise DataError(f"the texts have {len(row.numbers)} units; expected at most {_MOST_UNITS}: give less text")
    levels = [_single_units(row)]
    ending = row.numbers  # the n-gram that ends at each place, and -1 where the line is not that long yet
    at = np.flatnonzero(row.numbers != START).astype(np.int32)  # places where one of the order ends
    for done in range(1, order):
        if not at.size:
            break
        keys = ending[at - 1].astype(np.int64) * size + row.numbers[at]
        distinct, numbers = _distinct(keys)
        suffixes = np.zeros(len(distinct), np.int32)
        suffixes[numbers] = ending[at]
        contexts = (distinct // size).astype(np.int32)
        times = None if row.times is None else row.times[at]
        levels.append(
            NgramLevel(
                contexts,
                (distinct % size).astype(np.int32),
                suffixes,
                _counts(numbers, times, len(distinct)),
                levels[-1].from_start[contexts],
            )
        )
        ending = np.full(len(ending), -1, np.int32)
        ending[at] = numbers
        at = at[ending[at - 1] >= 0]
        if progress:
            progress(done + 1, order)
    return tuple(levels)


def _distinct(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """As ``np.unique`` with its inverse, in half of the memory."""
    order = np.argsort(keys)
    keys = keys[order]
    first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    numbers = np.empty(len(keys), np.int32)
    numbers[order] = np.cumsum(first, dtype=np.int32) - 1
    return keys[first], numbers


def _single_units(row: UnitRow) -> NgramLevel:
    size = len(row.symbols)
    counts = _counts(row.numbers, row.times, size)
    counts[START] = 0
    nowhere = np.zeros(size, np.int32)
    return NgramLevel(nowhere, np.arange(size, dtype=np.int32), nowhere, counts, np.arange(size) == START)


def _counts(numbers: NDArray[np.integer], times: NDArray[np.int64] | None, size: int) -> NDArray[np.int64]:
    # Weights are summed as doubles, which are exact up to 2^53.
    return np.bincount(numbers, weights=times, minlength=size).astype(np.int64)
