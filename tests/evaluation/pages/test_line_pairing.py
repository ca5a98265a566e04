"""Pairs are the most that can be, and of those the most alike: against trying all."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from ocrkit.evaluation.pages.pairing import best_pairs


def _by_trying_all(likeness: np.ndarray, threshold: float) -> tuple[int, float]:
    """How many pairs there can be, and the most that they can be alike together."""
    if likeness.shape[0] > likeness.shape[1]:
        likeness = likeness.T
    ways = permutations(range(likeness.shape[1]), likeness.shape[0])
    chosen = ([likeness[row, column] for row, column in enumerate(way)] for way in ways)
    return max((len(kept), sum(kept)) for kept in ([one for one in way if one >= threshold] for way in chosen))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7])
def test_no_other_pairs_are_more_or_more_alike(seed: int, threshold: float) -> None:
    random = np.random.default_rng(seed)
    likeness = random.random(tuple(random.integers(1, 6, 2)))

    pairs = best_pairs(likeness, threshold)

    alike = [likeness[pair] for pair in pairs]
    assert all(one >= threshold for one in alike)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    count, together = _by_trying_all(likeness, threshold)
    assert len(pairs) == count
    assert sum(alike) == pytest.approx(together)


def test_a_pair_more_counts_for_more_than_likeness() -> None:
    likeness = np.array([[1.0, 0.5], [0.5, 0.0]])

    assert best_pairs(likeness, 0.5) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_pairs_with_nothing(shape: tuple[int, int]) -> None:
    assert best_pairs(np.zeros(shape), 0.5) == []
