from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit._drawing import compressed
from ocrkit.drawing.degradations.scanning import bleach, compress, grain, invert, resample, sharpen, speckle

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

SEEDS = range(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lower_resolution_keeps_size_and_ink(seed: int, bars: Picture) -> None:
    scanned = resample(bars, np.random.default_rng(seed), 1.0)

    assert scanned.shape == bars.shape
    assert (255.0 - scanned).sum() == pytest.approx((255.0 - bars).sum(), rel=0.1)


def test_a_picture_of_few_pixels_is_scanned_at_no_fewer() -> None:
    # Six points at 90 dots an inch are 7.5 px.
    small = np.full((20, 90), 255, np.uint8)
    small[6:13, 2::6] = 0

    assert np.array_equal(resample(small, np.random.default_rng(1), 1.0), small)


@pytest.mark.parametrize("seed", SEEDS)
def test_bleached_paper_is_white_and_ink_dark(seed: int) -> None:
    grey = np.full((40, 120), 190, np.uint8)
    grey[10:30, 5::9] = 60

    bleached = bleach(grey, np.random.default_rng(seed), 1.0)

    # The black point lies at most half of the contrast of 130 below the ink.
    assert (bleached[grey == 190] == 255).all()
    assert bleached[grey == 60].max() <= round(255 * 65 / (65 + 130)) + 1


def test_bleaching_leaves_paper_without_ink(paper: Picture) -> None:
    assert np.array_equal(bleach(paper, np.random.default_rng(1), 1.0), paper)


@pytest.mark.parametrize("seed", SEEDS)
def test_grain_has_the_deviation_that_is_said(seed: int) -> None:
    grey = np.full((60, 400), 128, np.uint8)

    assert 2.5 <= grain(grey, np.random.default_rng(seed), 1.0).std() <= 25.5


def test_dust_falls_on_a_hundredth_of_the_places_at_most(paper: Picture) -> None:
    spoilt = [speckle(paper, np.random.default_rng(seed), 1.0) != paper for seed in SEEDS]

    # Three dots in ten cover three px: 1.6 px a dot on average; a half more for chance.
    assert max(dots.mean() for dots in spoilt) < 0.01 * 1.6 * 1.5
    assert max(dots.mean() for dots in spoilt) > 0.001


@pytest.mark.parametrize("seed", SEEDS)
def test_sharpening_leaves_flat_places_alone(seed: int, bars: Picture) -> None:
    grey = (bars // 2 + 60).astype(np.uint8)

    sharpened = sharpen(grey, np.random.default_rng(seed), 1.0)

    assert sharpened.max() > grey.max()
    assert np.array_equal(sharpened[0], grey[0])


def test_what_is_compressed_is_what_jpeg_gives(bars: Picture) -> None:
    def stored(quality: int) -> Picture:
        buffer = io.BytesIO()
        Image.fromarray(bars).save(buffer, "JPEG", quality=quality)
        with Image.open(buffer) as image:
            return np.asarray(image)

    files = np.stack([stored(quality) for quality in range(15, 96)]).astype(int)

    for seed in SEEDS:
        away = np.abs(compress(bars, np.random.default_rng(seed), 1.0) - files)
        # But for coefficients that lie midway between two steps, it is one of them.
        assert away.mean(axis=(1, 2)).min() < 0.5


def test_inversion_is_as_likely_as_its_strength(bars: Picture) -> None:
    inverted = [np.array_equal(invert(bars, np.random.default_rng(seed), 0.3), 255 - bars) for seed in range(400)]

    # 120 of 400, within four deviations of sqrt(400 * 0.3 * 0.7).
    assert 83 <= sum(inverted) <= 157


def test_the_worst_scan_has_ninety_dots_an_inch() -> None:
    # Six points at 90 dots an inch are 7.5 px, half of these letters' 15: of 300 columns 150 are left, to 153 where
    # the reach is 0.98. The nearest pixel's enlargement shows them as runs of equal columns; other kernels none.
    picture = np.full((45, 300), 255, np.uint8)
    picture[15:30] = np.random.default_rng(1).integers(200, 255, (15, 300))
    picture[15:30, ::3] = np.random.default_rng(2).integers(0, 60, (15, 100))

    scanned = [resample(picture, np.random.default_rng(seed), 1.0) for seed in range(60)]

    runs = [1 + int((one[:, 1:] != one[:, :-1]).any(axis=0).sum()) for one in scanned]
    assert 150 <= min(runs) <= 153


def test_the_worst_jpeg_has_a_quality_of_fifteen_and_the_best_of_seventy_nine(bars: Picture) -> None:
    def stored(quality: int) -> bytes:
        return compressed(bars, quality).tobytes()

    # At full strength, 95 less 80 times a fifth to all.
    wanted = {stored(quality) for quality in range(15, 80)}
    worst = {stored(quality) for quality in range(15, 30)}
    drawn = {compress(bars, np.random.default_rng(seed), 1.0).tobytes() for seed in range(60)}

    assert drawn <= wanted
    assert drawn & worst
