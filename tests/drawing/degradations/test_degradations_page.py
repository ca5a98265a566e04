from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.page import crop, neighbours, rule
from ocrkit.drawing.degradations.picture import ink_rows

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

SEEDS = range(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_below_half_strength_a_crop_cuts_no_ink(seed: int, bars: Picture) -> None:
    cropped = crop(bars, np.random.default_rng(seed), 0.5)

    assert (cropped == 0).sum() == (bars == 0).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crop_at_full_strength_leaves_eight_tenths_of_a_strokes_height(seed: int, bars: Picture) -> None:
    cropped = crop(bars, np.random.default_rng(seed), 1.0)

    # Of 28 px 6 % at the head and 12 % at the foot: two pixels and three.
    assert (cropped == 0).sum() >= (bars == 0).sum() * 23 / 28
    # Twelve strokes, none of them narrower.
    assert (cropped[cropped.shape[0] // 2] == 0).sum() == 12 * 3


def test_a_crop_at_full_strength_cuts_into_ink_now_and_then(bars: Picture) -> None:
    tight = bars[5:35]

    cut = [(crop(tight, np.random.default_rng(seed), 1.0) == 0).sum() < (bars == 0).sum() for seed in range(100)]

    assert any(cut)


def test_a_crop_cuts_deeper_at_the_foot_than_at_the_head(bars: Picture) -> None:
    rows = np.arange(bars.shape[0])
    numbered = np.where(bars == 0, rows[:, None], 255).astype(np.uint8)[5:35]
    first, last = int(numbered.min()), int(numbered[numbered < 255].max())

    heads, feet = [], []
    for seed in range(200):
        left = crop(numbered, np.random.default_rng(seed), 1.0)
        heads.append(int(left.min()) - first)
        feet.append(last - int(left[left < 200].max()))

    assert max(heads) == 2
    assert max(feet) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_neighbours_reach_in_from_the_edges_and_spare_the_middle(seed: int, bars: Picture) -> None:
    crowded = neighbours(bars, np.random.default_rng(seed), 1.0)

    rows = [bars[k].tobytes() for k in range(12, 28)]
    assert (
        rows
        == [crowded[k].tobytes() for k in range(crowded.shape[0])][
            (first := [row.tobytes() for row in crowded].index(rows[0])) : first + 16
        ]
    )


def test_neighbours_bring_ink_to_both_edges_in_the_long_run(bars: Picture) -> None:
    crowded = [neighbours(bars, np.random.default_rng(seed), 1.0) for seed in SEEDS]

    assert any(picture[0].min() == 0 for picture in crowded)
    assert any(picture[-1].min() == 0 for picture in crowded)


def test_a_line_without_ink_has_no_neighbours(paper: Picture) -> None:
    assert np.array_equal(neighbours(paper, np.random.default_rng(1), 1.0), paper)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rule_adds_ink_and_takes_none(seed: int, bars: Picture) -> None:
    ruled = rule(bars, np.random.default_rng(seed), 1.0)

    assert (ruled[: bars.shape[0]] <= bars).all()
    assert (ruled < 200).sum() > (bars < 200).sum()


def test_most_rules_lie_at_the_feet(bars: Picture) -> None:
    _, bottom = ink_rows(bars) or (0, 0)
    low = 0
    for seed in SEEDS:
        ruled = rule(bars, np.random.default_rng(seed), 1.0)
        fullest = int((ruled < 200).sum(axis=1).argmax())
        low += fullest >= bottom - 6

    assert low >= 14
