from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.bilevel import binarise, dither, photocopy

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

SEEDS = range(20)


@pytest.fixture
def grey_bars(bars: Picture) -> Picture:
    """The bars in grey 70 on paper of 200, under noise that no good threshold keeps."""
    noise = np.random.default_rng(5).normal(0, 6, bars.shape)
    return np.clip(np.where(bars == 0, 70, 200) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", SEEDS)
def test_thresholds_find_the_bars(seed: int, bars: Picture, grey_bars: Picture) -> None:
    two = binarise(grey_bars, np.random.default_rng(seed), 1.0)

    # Grey edges may go either way.
    sure = np.isin(two, (0, 255))
    assert ((two == 0) == (bars == 0))[sure].mean() > 0.95
    assert two[bars == 255].mean() - two[bars == 0].mean() > 100


def test_most_of_a_thresholded_picture_is_black_or_white(grey_bars: Picture) -> None:
    shares = [np.isin(binarise(grey_bars, np.random.default_rng(seed), 1.0), (0, 255)).mean() for seed in SEEDS]

    # Some are so on every pixel, others have grey edges.
    assert max(shares) == 1
    assert min(shares) > 0.6


def test_a_local_threshold_follows_the_light(bars: Picture) -> None:
    """Under light that falls to a quarter no single threshold parts all strokes from all paper."""
    light = np.linspace(1, 0.25, bars.shape[1])
    uneven = (np.where(bars == 0, 90, 250) * light).astype(np.uint8)
    best_of_all_single = max(((uneven <= grey) == (bars == 0)).mean() for grey in range(256))

    rights = [((binarise(uneven, np.random.default_rng(seed), 1.0) < 128) == (bars == 0)).mean() for seed in SEEDS]

    assert max(rights) > best_of_all_single


@pytest.mark.parametrize("seed", SEEDS)
def test_a_photocopy_has_two_levels_and_most_of_the_strokes(seed: int, bars: Picture) -> None:
    copy = photocopy(bars, np.random.default_rng(seed), 1.0)

    assert set(np.unique(copy)) <= {0, 255}
    assert (copy[bars == 0] == 0).mean() > 0.7
    assert (copy[bars == 255] == 255).mean() > 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_a_screen_keeps_the_mean_grey(seed: int) -> None:
    grey = np.full((40, 120), 96, np.uint8)

    screened = dither(grey, np.random.default_rng(seed), 1.0)

    assert screened.mean() == pytest.approx(96, abs=4)
    assert screened.std() > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_a_screen_leaves_black_and_white_alone(seed: int, bars: Picture) -> None:
    assert np.array_equal(dither(bars, np.random.default_rng(seed), 1.0), bars)
