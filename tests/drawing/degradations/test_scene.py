from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocrkit.drawing.degradations.scene import LEAST_LETTERS, see
from ocrkit.errors import UnknownNameError

Picture = NDArray[np.uint8]


@pytest.fixture
def bars() -> Picture:
    picture = np.full((40, 160), 255, np.uint8)
    for left in range(12, 148, 12):
        picture[10:30, left : left + 5] = 0
    return picture


def seen(picture: Picture, seed: int, strength: float, without: frozenset[str] = frozenset()) -> Picture:
    return see(picture, np.random.default_rng(seed), strength, without)


def test_the_same_chance_gives_the_same_sign(bars: Picture) -> None:
    for seed in range(10):
        assert np.array_equal(seen(bars, seed, 0.5), seen(bars, seed, 0.5))


def test_letters_are_as_often_light_as_dark(bars: Picture) -> None:
    dark = [np.mean(picture) < np.median(picture) for picture in (seen(bars, seed, 0.0) for seed in range(200))]

    # Within four deviations of sqrt(200 / 4).
    assert 71 <= sum(dark) <= 129


def test_grounds_are_of_any_grey(bars: Picture) -> None:
    grounds = np.array([np.median(seen(bars, seed, 0.0)) for seed in range(200)])

    counts = np.histogram(grounds, bins=4, range=(0, 255))[0]

    assert counts.min() >= 20


@pytest.mark.parametrize(("strength", "least"), [(0.0, 100), (1.0, LEAST_LETTERS)])
def test_letters_can_be_told_from_the_ground(strength: float, least: int, bars: Picture) -> None:
    for seed in range(100):
        picture = seen(bars, seed, strength).astype(float)

        across = picture[picture.shape[0] // 3 : picture.shape[0] // 2].mean(axis=0)

        # Shades, shadows and wear take some of it.
        assert across.max() - across.min() > 0.35 * least


def test_a_lone_dash_keeps_its_place_in_the_line() -> None:
    dash = np.full((40, 30), 255, np.uint8)
    dash[26:29, 5:25] = 0

    assert {seen(dash, seed, 0.0).shape for seed in range(10)} == {(40, 30)}


def test_without_strength_letters_keep_their_shape(bars: Picture) -> None:
    for seed in range(20):
        height, width = seen(bars, seed, 0.0).shape

        # The ink, with 1 px to a third of its height on each side.
        assert 22 <= height <= 34
        assert 139 <= width <= 151


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (8, 500), (1, 50), (50, 1)])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_blank_picture_of_any_size_becomes_a_sign(shape: tuple[int, int], grey: int) -> None:
    for seed in range(30):
        picture = seen(np.full(shape, grey, np.uint8), seed, 1.0)

        assert picture.dtype == np.uint8
        assert picture.size


def test_what_is_left_out_of_a_sign_is_known(bars: Picture) -> None:
    with pytest.raises(UnknownNameError, match="no degradation 'blurr'; did you mean 'blur'"):
        seen(bars, 1, 0.5, frozenset({"blurr"}))
