from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.data.degradations import chain
from ocrkit.data.degradations.chain import DEGRADATIONS, degrade
from ocrkit.errors import UnknownNameError

if TYPE_CHECKING:
    from ocrkit.data.degradations.picture import Degradation, Picture

Applied = list[tuple[str, float, float]]


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> Applied:
    """What the chain applies: the name, how far it goes, and the first number of its stream."""
    log: Applied = []

    def noted(step: chain._Step) -> Degradation:
        def function(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
            log.append((step.name, strength, rng.random()))
            return picture

        function.__name__ = step.name
        return function

    monkeypatch.setattr(chain, "_CHAIN", tuple(step._replace(function=noted(step)) for step in chain._CHAIN))
    return log


def worn(picture: Picture, seed: int, strength: float = 0.5, without: frozenset[str] = frozenset()) -> Picture:
    return degrade(picture, np.random.default_rng(seed), strength, without)


def test_a_seed_says_all(bars: Picture) -> None:
    assert all(np.array_equal(worn(bars, seed), worn(bars, seed)) for seed in range(20))


def test_another_seed_says_something_else(bars: Picture) -> None:
    assert len({worn(bars, seed).tobytes() for seed in range(20)}) == 20


def test_no_strength_is_no_degradation(bars: Picture) -> None:
    assert np.array_equal(worn(bars, 1, 0.0), bars)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_what_is_left_out_leaves_the_others_draws_as_they_were(name: str, bars: Picture, applied: Applied) -> None:
    for seed in range(8):
        worn(bars, seed, 0.8)
    whole = applied.copy()
    applied.clear()

    for seed in range(8):
        worn(bars, seed, 0.8, frozenset({name}))

    assert applied == [entry for entry in whole if entry[0] != name]


def test_with_all_left_out_the_picture_stays(bars: Picture) -> None:
    assert np.array_equal(worn(bars, 1, 1.0, frozenset(DEGRADATIONS)), bars)


def test_an_unknown_name_to_leave_out_is_told_with_the_nearest(bars: Picture) -> None:
    with pytest.raises(UnknownNameError, match="no degradation 'blurr'; did you mean 'blur'"):
        worn(bars, 1, 0.5, frozenset({"blurr"}))


def test_each_degradation_comes_now_and_then(bars: Picture, applied: Applied) -> None:
    for seed in range(800):
        worn(bars, seed, 0.5)

    assert set(Counter(name for name, *_ in applied)) == set(DEGRADATIONS)


def test_no_degradation_goes_farther_than_full_strength(bars: Picture, applied: Applied) -> None:
    for seed in range(200):
        worn(bars, seed, 1.0)

    assert all(0 < amount <= 1 for _, amount, _ in applied)


def test_those_that_take_detail_share_a_budget(bars: Picture, applied: Applied) -> None:
    taking = {step.name for step in chain._CHAIN if step.takes_detail}
    for seed in range(200):
        applied.clear()
        worn(bars, seed, 1.0)

        assert sum(amount for name, amount, _ in applied if name in taking) <= 1.5 + 1e-9


def test_more_strength_wears_more(bars: Picture, applied: Applied) -> None:
    counts = []
    for strength in (0.1, 0.5, 1.0):
        applied.clear()
        for seed in range(300):
            worn(bars, seed, strength)
        counts.append(len(applied))

    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (8, 500), (1, 50), (50, 1)])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_blank_picture_of_any_size_comes_through(shape: tuple[int, int], grey: int) -> None:
    for seed in range(30):
        degraded = worn(np.full(shape, grey, np.uint8), seed, 1.0)

        assert degraded.dtype == np.uint8
        assert degraded.size


def test_strokes_can_be_told_from_paper_after_all_of_it(bars: Picture) -> None:
    for seed in range(60):
        rows = worn(bars, seed).astype(float)

        across = rows[rows.shape[0] // 3 : rows.shape[0] // 2].mean(axis=0)

        assert across.max() - across.min() > 30
