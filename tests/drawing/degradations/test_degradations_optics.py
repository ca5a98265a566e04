from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.optics import blur, fade, motion, shade

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Degradation, Picture

SEEDS = range(10)


@pytest.mark.parametrize("spread", [blur, motion])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_blur_moves_ink_and_keeps_the_sum_of_it(spread: Degradation, seed: int, bars: Picture) -> None:
    blurred = spread(bars, np.random.default_rng(seed), 1.0)

    assert (255.0 - blurred).sum() == pytest.approx((255.0 - bars).sum(), rel=0.03)
    assert blurred.shape == bars.shape
    assert spread is motion or not np.array_equal(blurred, bars)


def test_motion_moves_ink_by_two_pixels_at_the_most_and_mostly_by_one_or_more(paper: Picture) -> None:
    stroke = paper.copy()
    stroke[5:35, 98:103] = 0

    widths, heights = [], []
    for seed in range(40):
        rows, columns = np.nonzero(motion(stroke, np.random.default_rng(seed), 1.0) < 255)
        heights.append(int(np.ptp(rows)) - 29)
        widths.append(int(np.ptp(columns)) - 4)

    # Up to 4 px across in all; three of the four ways lead across, and three lead down.
    assert max(widths) == max(heights) == 4
    assert sum(width > 0 for width in widths) > 20
    assert sum(height > 0 for height in heights) > 20


def test_motion_smears_one_way(paper: Picture) -> None:
    dot = paper.copy()
    dot[20, 100] = 0

    for seed in SEEDS:
        rows, columns = np.nonzero(motion(dot, np.random.default_rng(seed), 1.0) < 255)
        down, right = np.ptp(rows), np.ptp(columns)

        assert down == right or 0 in (down, right)


@pytest.mark.parametrize("seed", SEEDS)
def test_faded_ink_stays_darker_than_the_paper(seed: int, bars: Picture) -> None:
    faded = fade(bars, np.random.default_rng(seed), 1.0)

    # At most 110 for the ink, at least 185 for the paper.
    ink, page = faded[bars == 0], faded[bars == 255]
    assert 44 <= ink.min() == ink.max() <= 111  # two fifths to all of 110
    assert 185 <= page.min() == page.max() <= 255


def test_fading_reaches_the_contrast_that_the_page_states(bars: Picture) -> None:
    faded = [fade(bars, np.random.default_rng(seed), 1.0) for seed in range(200)]

    assert max(int(one.min()) for one in faded) >= 105
    assert min(int(one.max()) for one in faded) <= 190


@pytest.mark.parametrize("seed", SEEDS)
def test_shadows_take_half_of_the_light_at_most(seed: int, bars: Picture) -> None:
    shaded = shade(bars, np.random.default_rng(seed), 1.0)

    assert 126 <= shaded[bars == 255].min() < 250
    assert (shaded <= bars).all()


def test_shadows_are_uneven_and_now_and_then_deep(bars: Picture) -> None:
    shaded = [shade(bars, np.random.default_rng(seed), 1.0).astype(int) for seed in range(60)]
    papers = [one[0] for one in shaded]  # the first row is margin

    assert all(np.ptp(paper) > 0 for paper in papers)
    assert min(int(paper.min()) for paper in papers) < 145
    assert np.mean([np.ptp(paper) for paper in papers]) > 30


def test_one_shadow_in_four_is_a_gutter_as_deep_in_every_row(paper: Picture) -> None:
    shaded = [shade(paper, np.random.default_rng(seed), 1.0) for seed in range(400)]

    # A share of 1/4 of 400 has a deviation of 0.022.
    assert np.mean([(one == one[0]).all() for one in shaded]) == pytest.approx(0.25, abs=0.07)
