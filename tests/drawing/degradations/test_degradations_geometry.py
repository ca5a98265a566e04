from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.geometry import curl, rotate, slant

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Degradation, Picture

SEEDS = range(10)


@pytest.mark.parametrize("move", [slant, rotate, curl])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_moves_the_letters_keeps_the_ink(move: Degradation, seed: int, bars: Picture) -> None:
    moved = move(bars, np.random.default_rng(seed), 1.0)

    assert (255.0 - moved).sum() == pytest.approx((255.0 - bars).sum(), rel=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_curled_line_keeps_its_width_and_each_strokes_height(seed: int, bars: Picture) -> None:
    curled = curl(bars, np.random.default_rng(seed), 1.0)

    assert curled.shape[1] == bars.shape[1]
    heights = (255.0 - curled).sum(axis=0)[7:112:9] / 255
    assert heights == pytest.approx(np.full(heights.size, 28), abs=1)


def test_a_curled_line_stands_at_several_heights() -> None:
    line = np.full((40, 600), 255, np.uint8)
    line[20:23] = 0

    curled = curl(line, np.random.default_rng(1), 1.0)

    tops = (curled < 128).argmax(axis=0)
    # Neighbouring columns differ by less than a px, the whole by up to a fifth of 40 px.
    assert np.abs(np.diff(tops)).max() <= 1
    assert 2 <= np.ptp(tops) <= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rotated_line_is_straight(seed: int) -> None:
    line = np.full((40, 400), 255, np.uint8)
    line[20:23] = 0

    turned = rotate(line, np.random.default_rng(seed), 1.0)

    tops = (turned < 128).argmax(axis=0)
    straight = np.polyval(np.polyfit(np.arange(tops.size), tops, 1), np.arange(tops.size))
    assert np.abs(tops - straight).max() < 1.1
