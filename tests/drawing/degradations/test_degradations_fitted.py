from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.fitted import cut_out, shrink

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocrkit.drawing.degradations.picture import Picture

    Degradation = Callable[[Picture, np.random.Generator, float], Picture]


@pytest.fixture
def block() -> Picture:
    """A black picture, 40 px high and 200 wide."""
    return np.zeros((40, 200), np.uint8)


@pytest.mark.parametrize("degradation", [shrink, cut_out])
def test_at_strength_0_nothing_changes(degradation: Degradation, block: Picture) -> None:
    assert np.array_equal(degradation(block, np.random.default_rng(1), 0.0), block)


@pytest.mark.parametrize("degradation", [shrink, cut_out])
def test_the_size_stays_and_so_does_the_picture_given(degradation: Degradation, block: Picture) -> None:
    found = degradation(block, np.random.default_rng(1), 1.0)

    assert found.shape == block.shape
    assert not block.any()


@pytest.mark.parametrize("seed", range(20))
def test_letters_shrink_by_up_to_a_quarter_and_a_tenth_with_paper_around_them(seed: int, block: Picture) -> None:
    ink = shrink(block, np.random.default_rng(seed), 1.0) < 128

    rows, columns = ink.any(axis=1), ink.any(axis=0)
    assert 29 <= rows.sum() <= 40
    assert 179 <= columns.sum() <= 200
    assert ink.sum() == rows.sum() * columns.sum()


def test_patches_are_lost_each_up_to_a_third_of_the_height(block: Picture) -> None:
    lost = [int((cut_out(block, np.random.default_rng(seed), 1.0) == 255).sum()) for seed in range(200)]

    # Three patches of a mean side of 6.7 px each, less what lies beyond the edges.
    assert 60 < np.mean(lost) < 3 * 6.7**2
    assert max(lost) <= 3 * 14 * 14
