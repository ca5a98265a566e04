from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.ink import blotch, break_up, thicken, thin

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

SEEDS = range(10)


def rings(thickness: int) -> Picture:
    """Ten rings 15 px wide, with holes of 15 less twice the thickness, in a line 40 px high."""
    rows, columns = np.mgrid[:15, :15] - 7
    away = np.hypot(rows, columns)
    ring = np.where((away <= 7.5) & (away > 7.5 - thickness), 0, 255)
    picture = np.full((40, 200), 255, np.uint8)
    for k in range(10):
        picture[12:27, 3 + 19 * k : 18 + 19 * k] = ring
    return picture


@pytest.mark.parametrize("seed", SEEDS)
def test_spread_ink_is_darker_everywhere(seed: int, bars: Picture) -> None:
    spread = thicken(bars, np.random.default_rng(seed), 1.0)

    assert (spread <= bars).all()
    assert (spread < 128).sum() > 1.2 * (bars < 128).sum()


def test_spread_ink_leaves_far_paper_white(bars: Picture) -> None:
    spread = thicken(np.pad(bars, ((10, 0), (0, 0)), constant_values=255), np.random.default_rng(1), 1.0)

    assert (spread[:6] == 255).all()


def test_ink_spreads_less_where_type_is_bold() -> None:
    def grown(picture: Picture) -> float:
        spread = thicken(picture, np.random.default_rng(1), 1.0)
        return float((spread < 128).sum() - (picture < 128).sum())

    assert grown(rings(5)) < 0.6 * grown(rings(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_starved_ink_is_lighter_everywhere(seed: int, bars: Picture) -> None:
    assert (thin(bars, np.random.default_rng(seed), 1.0) >= bars).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_breaks_bring_no_ink(seed: int, bars: Picture) -> None:
    assert (break_up(bars, np.random.default_rng(seed), 1.0) >= bars).all()


def test_thin_strokes_break_before_thick_ones() -> None:
    def kept(thickness: int) -> float:
        picture = rings(thickness)
        shares = [
            (break_up(picture, np.random.default_rng(seed), 1.0) < 128).sum() / (picture < 128).sum() for seed in SEEDS
        ]
        return float(np.mean(shares))

    assert kept(1) < kept(3) < kept(5)
    assert kept(5) > 0.8


@pytest.mark.parametrize("seed", SEEDS)
def test_blotched_ink_is_lighter_in_places_and_paper_as_it_was(seed: int, bars: Picture) -> None:
    blotched = blotch(bars, np.random.default_rng(seed), 1.0)

    assert (blotched >= bars).all()
    assert (blotched[bars == 255] == 255).all()
    # Seven tenths of the contrast at most.
    assert blotched[bars == 0].max() <= 0.7 * 255
