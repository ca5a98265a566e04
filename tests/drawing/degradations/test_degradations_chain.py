from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.chain import DEGRADATIONS, MANNERS, TAKE_DETAIL, Manner, Planned, degrade, plan
from ocrkit.errors import UnknownNameError

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture


def plans(strength: float, *, count: int, manner: Manner = "print") -> list[list[Planned]]:
    return [plan(np.random.default_rng(seed), strength, manner) for seed in range(count)]


def worn(picture: Picture, seed: int, strength: float = 0.5, without: frozenset[str] = frozenset()) -> Picture:
    return degrade(picture, np.random.default_rng(seed), strength, without)


def test_a_seed_says_all(bars: Picture) -> None:
    assert all(np.array_equal(worn(bars, seed), worn(bars, seed)) for seed in range(20))


def test_another_seed_says_something_else(bars: Picture) -> None:
    assert len({worn(bars, seed).tobytes() for seed in range(20)}) == 20


def test_no_strength_is_no_degradation(bars: Picture) -> None:
    assert np.array_equal(worn(bars, 1, 0.0), bars)


def test_a_picture_goes_through_what_is_planned_each_with_its_own_stream(bars: Picture) -> None:
    for seed in range(20):
        expected = bars
        for planned in plan(np.random.default_rng(seed), 0.8):
            expected = DEGRADATIONS[planned.name](expected, np.random.default_rng(planned.seed), planned.amount)

        assert np.array_equal(worn(bars, seed, 0.8), expected)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_what_is_left_out_leaves_the_others_draws_as_they_were(name: str, bars: Picture) -> None:
    for seed in range(8):
        expected = bars
        for planned in plan(np.random.default_rng(seed), 0.8):
            if planned.name != name:
                expected = DEGRADATIONS[planned.name](expected, np.random.default_rng(planned.seed), planned.amount)

        assert np.array_equal(worn(bars, seed, 0.8, frozenset({name})), expected)


def test_with_all_left_out_the_picture_stays(bars: Picture) -> None:
    assert np.array_equal(worn(bars, 1, 1.0, frozenset(DEGRADATIONS)), bars)


def test_an_unknown_name_to_leave_out_is_told_with_the_nearest(bars: Picture) -> None:
    with pytest.raises(UnknownNameError, match="no degradation 'blurr'; did you mean 'blur'"):
        worn(bars, 1, 0.5, frozenset({"blurr"}))


def test_each_degradation_comes_now_and_then() -> None:
    names = {
        planned.name
        for manner in MANNERS
        for planned_ones in plans(0.5, count=800, manner=manner)
        for planned in planned_ones
    }

    assert names == set(DEGRADATIONS)


def test_no_degradation_goes_farther_than_full_strength() -> None:
    amounts = [planned.amount for planned_ones in plans(1.0, count=200) for planned in planned_ones]

    assert min(amounts) > 0
    assert max(amounts) <= 1


def test_those_that_take_detail_share_a_budget() -> None:
    for planned_ones in plans(1.0, count=200):
        assert sum(planned.amount for planned in planned_ones if planned.name in TAKE_DETAIL) <= 1.5 + 1e-9


def test_more_strength_plans_more() -> None:
    few, more, most = (sum(map(len, plans(strength, count=300))) for strength in (0.1, 0.5, 1.0))

    assert few < more < most


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


def stated_chances(manner: Manner) -> dict[str, float]:
    """The chance of each degradation at full strength, as docs/degradations.md states it for lines of that manner."""
    page = (Path(__file__).parents[3] / "docs" / "degradations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) % \| (\d+) % \| (\d+) % \| (\d+) % \|$", page, flags=re.M)
    return {name: int(chances[MANNERS.index(manner)]) / 100 for name, *chances in rows}


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize(("strength", "share"), [(0.25, 0.6), (0.5, 0.8), (0.75, 1.0), (1.0, 1.0)])
def test_each_degradation_comes_as_often_as_the_page_states(strength: float, share: float, manner: Manner) -> None:
    # In 0.4 + 0.8 x strength of the cases in which it comes at full strength, which it does from 0.75 on.
    count = 3000
    names = Counter(
        planned.name for planned_ones in plans(strength, count=count, manner=manner) for planned in planned_ones
    )

    for name, chance in stated_chances(manner).items():
        likely = chance * share
        assert names[name] / count == pytest.approx(likely, abs=5 * (likely * (1 - likely) / count) ** 0.5), name


@pytest.mark.parametrize("manner", MANNERS)
def test_the_page_states_the_chance_of_each_degradation(manner: Manner) -> None:
    assert list(stated_chances(manner)) == list(DEGRADATIONS)


@pytest.mark.parametrize("manner", MANNERS)
def test_strokes_of_any_manner_can_be_told_from_paper(manner: Manner, bars: Picture) -> None:
    for seed in range(40):
        picture = degrade(bars, np.random.default_rng(seed), 0.5, manner=manner).astype(float)

        across = picture[picture.shape[0] // 3 : picture.shape[0] // 2].mean(axis=0)

        assert across.max() - across.min() > 20


def test_amounts_go_from_two_fifths_of_the_strength_to_sixteen_tenths() -> None:
    free = [
        planned.amount
        for planned_ones in plans(0.5, count=1500)
        for planned in planned_ones
        if planned.name not in TAKE_DETAIL
    ]

    assert 0.2 <= min(free) < 0.21
    assert 0.79 < max(free) <= 0.8
    assert np.mean(free) == pytest.approx(0.5, abs=0.01)


def test_below_full_strength_chances_and_amounts_are_what_the_page_says() -> None:
    thickened = [planned.amount for ones in plans(0.25, count=1500) for planned in ones if planned.name == "thicken"]

    # 90 % x (0.4 + 0.8 x 0.25), with a deviation of 0.013; and from two fifths of the strength to 1.6 times it.
    assert len(thickened) / 1500 == pytest.approx(0.54, abs=0.05)
    assert 0.4 * 0.25 <= min(thickened) < 0.11
    assert 0.38 < max(thickened) <= 1.6 * 0.25
