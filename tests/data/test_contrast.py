"""Greys spread between a line's ink and its paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.data.contrast import LEAST_SPAN, stretch_contrast
from ocrkit.data.image import Preprocessing, fit_image
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def line(ink: int, paper: int, *, edge: int | None = None, share: float = 0.2) -> NDArray[np.uint8]:
    """A line of 20 x 100 px, of whose columns a share are ink, and one beside them is an edge."""
    grey = np.full((20, 100), paper, np.uint8)
    columns = round(100 * share)
    grey[:, :columns] = ink
    if edge is not None:
        grey[:, columns] = edge
    return grey


@pytest.mark.parametrize(("ink", "paper"), [(60, 110), (0, 200), (90, 255), (100, 140)])
def test_ink_becomes_black_and_paper_white(ink: int, paper: int) -> None:
    stretched = stretch_contrast(line(ink, paper))

    assert stretched[0, 0] == 0
    assert stretched[0, -1] == 255


def test_greys_between_are_spread_evenly() -> None:
    # 100 is three fifths of the way from 70 to 120: 0.6 * 255 = 153.
    assert stretch_contrast(line(70, 120, edge=100))[0, 20] == 153


@pytest.mark.parametrize("share", [0.05, 0.2, 0.45])
def test_a_dark_ground_is_turned(share: float) -> None:
    dark = line(220, 40, edge=130, share=share)

    assert np.array_equal(stretch_contrast(dark), stretch_contrast(255 - dark))


@pytest.mark.parametrize("level", [0, 17, 128, 255])
def test_a_uniform_line_is_paper(level: int) -> None:
    assert np.all(stretch_contrast(np.full((8, 30), level, np.uint8)) == 255)


def test_the_noise_of_an_empty_line_does_not_become_ink() -> None:
    noise = np.random.default_rng(1).normal(150, 2, (32, 400)).round().astype(np.uint8)

    stretched = stretch_contrast(noise)

    # Eight levels, four deviations, of 32 are a quarter of the range.
    assert np.mean(stretched < 255 - 8 * 255 / LEAST_SPAN) < 0.001


def test_one_small_dot_of_ink_is_black() -> None:
    dot = np.full((48, 800), 190, np.uint8)
    dot[20:28, 400:408] = 80  # a sixth of a hundredth of all pixels

    stretched = stretch_contrast(dot)

    assert np.all(stretched[20:28, 400:408] == 0)
    assert np.count_nonzero(stretched != 255) == 64


def test_a_speck_and_a_glare_do_not_set_the_levels() -> None:
    grey = line(80, 180, share=0.2)
    grey[0, -1], grey[1, -1] = 0, 255

    stretched = stretch_contrast(grey)

    assert stretched[5, 0] == 0
    assert stretched[5, -1] == 255


def test_black_on_white_stays_as_it_is() -> None:
    grey = line(0, 255, edge=77)

    assert np.array_equal(stretch_contrast(grey), grey)


def test_stretching_twice_is_stretching_once() -> None:
    once = stretch_contrast(line(70, 120, edge=100))

    assert np.array_equal(stretch_contrast(once), once)


def test_a_fitted_line_is_stretched_unless_it_is_to_be_kept() -> None:
    grey = line(60, 110)
    preprocessing = Preprocessing(height=20)

    assert fit_image(grey, preprocessing).min() == 0
    assert np.array_equal(fit_image(grey, replace(preprocessing, contrast="keep")), grey)


def test_an_unknown_contrast_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="no contrast 'strech'; did you mean 'stretch'"):
        Preprocessing(contrast="strech")
