"""What the degradations know of a picture, and the random surfaces that they draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import curve, detail_height, ink_rows, letter_height, levels, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture


def test_ink_and_paper_are_found_under_noise() -> None:
    rng = np.random.default_rng(1)
    picture = np.full((40, 300), 200)
    picture[10:30, ::8] = 60

    ink, paper = levels(np.clip(picture + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8))

    # The darkest hundredth and the third quartile lie within three deviations.
    assert 45 <= ink <= 65
    assert 195 <= paper <= 210


def test_a_blank_picture_has_no_ink(paper: Picture) -> None:
    assert levels(paper) == (255, 255)
    assert ink_rows(paper) is None


def test_rows_of_ink_are_found(bars: Picture) -> None:
    assert ink_rows(bars) == (6, 34)


def test_letters_are_as_high_as_the_rows_that_are_full_of_ink() -> None:
    picture = np.full((50, 300), 255, np.uint8)
    picture[20:35, ::6] = 0
    picture[8:20, ::90] = 0  # a few ascenders
    picture[35:44, ::90] = 0  # and descenders

    assert letter_height(picture) == 15


def test_bold_letters_bear_less_than_their_height() -> None:
    def letters(thickness: int) -> Picture:
        picture = np.full((40, 300), 255, np.uint8)
        for left in range(0, 300, 10):
            picture[12:27, left : left + thickness] = 0
        return picture

    # Of ten px three are ink, or seven: room for 7 / 3 of it, which is plenty, or 3 / 7, of the 3 / 2 that are.
    assert detail_height(letters(3)) == 15
    assert detail_height(letters(5)) == pytest.approx(15 / 1.5)
    assert detail_height(letters(7)) == pytest.approx(15 * 0.4)


@pytest.mark.parametrize("deviation", [0.3, 0.7, 1.0, 1.6])
def test_a_softened_dot_has_the_deviation_asked_for(deviation: float) -> None:
    dot = np.zeros((41, 41), np.uint8)
    dot[19:22, 19:22] = 255
    places = np.arange(41) - 20

    soft = soften(dot, deviation).astype(float)

    weights = soft.sum(axis=0) / soft.sum()
    # Three equal px have a variance of 2 / 3; those of independent blurs add up.
    assert (weights * places**2).sum() == pytest.approx(2 / 3 + deviation**2, rel=0.12)


@pytest.mark.parametrize("deviation", [5.9, 6.1, 20.0])
def test_letters_of_large_pages_are_softened_as_far_as_small_ones(deviation: float) -> None:
    dot = np.zeros((301, 301), np.uint8)
    dot[120:181, 120:181] = 255
    places = np.arange(301) - 150

    soft = soften(dot, deviation).astype(float)

    # 61 equal px have a variance of a twelfth of 61 x 61 - 1.
    weights = soft.sum(axis=0) / soft.sum()
    assert (weights * places**2).sum() == pytest.approx(310 + deviation**2, rel=0.06)


@pytest.mark.parametrize("grey", [0, 37, 255])
@pytest.mark.parametrize("deviation", [0.2, 0.9, 2.0, 300.0])
def test_softening_leaves_even_greys(grey: int, deviation: float) -> None:
    even = np.full((9, 11), grey, np.uint8)

    assert np.array_equal(soften(even, deviation), even)


def test_a_curve_of_full_width_about_the_middle_changes_nothing() -> None:
    assert curve(60, 200, middle=0.5, width=1).tolist() == list(range(256))


def test_a_steep_curve_parts_ink_from_paper() -> None:
    table = curve(50, 250, middle=0.5, width=0.2)

    # The step takes a fifth of 200 greys about 150.
    assert table[50:131].max() == 50
    assert table[170:251].min() == 250
    assert table[150] == 150


@pytest.mark.parametrize("grain", [1, 2.5, 6.5])
def test_noise_has_its_deviation_and_grain(grain: float) -> None:
    drawn = noise(np.random.default_rng(3), (200, 2000), grain=grain).astype(float)

    assert drawn.std() == pytest.approx(NOISE_DEVIATION, rel=0.1)
    beside = (drawn[:, 1:] * drawn[:, :-1]).mean() / drawn.var()
    # White noise blurred by a normal kernel of deviation s: neighbours correlate by exp(-1 / (4 s^2)).
    expected = 0 if grain == 1 else np.exp(-1 / grain**2)
    assert beside == pytest.approx(expected, abs=0.06)


def test_noise_for_a_picture_larger_than_the_sheet_is_as_large() -> None:
    assert noise(np.random.default_rng(3), (300, 5000), grain=1).shape == (300, 5000)


def test_noise_cannot_be_written_to() -> None:
    assert not noise(np.random.default_rng(3), (4, 4), grain=1).flags.writeable


def test_a_surface_is_smooth_and_spans_the_greys() -> None:
    hills = surface(np.random.default_rng(3), (40, 400), cell=20).astype(int)

    assert hills.shape == (40, 400)
    assert np.ptp(hills) > 200
    assert np.abs(np.diff(hills, axis=1)).max() < 40
