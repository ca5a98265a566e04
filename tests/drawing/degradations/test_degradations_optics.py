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
    assert int(faded[bars == 255].min()) - int(faded[bars == 0].max()) >= 74


@pytest.mark.parametrize("seed", SEEDS)
def test_shadows_take_half_of_the_light_at_most(seed: int, bars: Picture) -> None:
    shaded = shade(bars, np.random.default_rng(seed), 1.0)

    assert shaded[bars == 255].min() >= 126
    assert (shaded <= bars).all()
