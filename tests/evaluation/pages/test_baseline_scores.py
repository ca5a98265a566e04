"""Baselines by the READ scheme, with numbers from its definitions."""

from __future__ import annotations

import pytest

from ocrkit.evaluation.pages import score_baselines
from ocrkit.evaluation.pages.baselines import tolerances

# Lines 40 px apart may be a quarter of that off, 10 px; from three times that on nothing is left.
FIRST, SECOND = ((0, 100), (400, 100)), ((0, 140), (400, 140))


def _moved(line: tuple[tuple[int, int], ...], down: int) -> tuple[tuple[int, int], ...]:
    return tuple((x, y + down) for x, y in line)


def test_a_line_may_be_off_by_a_quarter_of_the_distance_to_the_next() -> None:
    assert tolerances([FIRST, SECOND]) == [10.0, 10.0]


def test_a_line_far_from_all_others_may_be_off_as_the_mean_line_may() -> None:
    assert tolerances([FIRST, SECOND, ((0, 900), (400, 900))]) == [10.0, 10.0, 10.0]


def test_the_distance_is_measured_across_slanted_lines() -> None:
    slanted = ((0, 0), (300, 400)), ((80, -60), (380, 340))  # 100 px apart along (0.8, -0.6)

    assert tolerances(slanted) == pytest.approx([25.0, 25.0], abs=0.5)


@pytest.mark.parametrize(("down", "credit"), [(0, 1.0), (10, 1.0), (15, 0.75), (20, 0.5), (-25, 0.25), (-30, 0.0)])
def test_credit_falls_from_one_tolerance_to_three(down: int, credit: float) -> None:
    # The short line below says how far lines are apart, and is too far to earn anything.
    score = score_baselines([_moved(FIRST, down)], [FIRST, ((0, 140), (9, 140))])

    assert score.precision == pytest.approx(credit)


def test_a_line_cut_in_two_costs_precision_and_not_recall() -> None:
    pieces = [((0, 100), (200, 100)), ((201, 100), (400, 100)), SECOND]

    score = score_baselines(pieces, [FIRST, SECOND])

    assert score.recall == 1.0
    assert score.precision == pytest.approx(2 / 3)


def test_half_a_line_is_half_recalled() -> None:
    # Points stand 5 px apart: 41 of 81 are on the found half, and five more within three tolerances of its end earn
    # 1, 1, 0.75, 0.5 and 0.25, after 10, 15, 20 and 25 px; at 5 and 10 px all of it.
    score = score_baselines([((0, 100), (200, 100)), SECOND], [FIRST, SECOND])

    assert score.recall == pytest.approx(((41 + 1 + 1 + 0.75 + 0.5 + 0.25) / 81 + 1) / 2)
    assert score.precision == 1.0


@pytest.mark.parametrize(
    ("found", "truth", "expected"), [([], [], (1.0, 1.0)), ([FIRST], [], (0.0, 1.0)), ([], [FIRST], (1.0, 0.0))]
)
def test_nothing_asked_of_nothing_is_whole(
    found: list[object], truth: list[object], expected: tuple[float, float]
) -> None:
    score = score_baselines(found, truth)

    assert (score.precision, score.recall) == expected
