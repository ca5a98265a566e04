"""Where the pixels of a turned, straightened, scaled and cropped picture lie on its page."""

from __future__ import annotations

import numpy as np
import pytest

from ocrkit.segmentation.view import View


def page_with_a_spot(x: int, y: int) -> np.ndarray:
    page = np.full((120, 200), 255, np.uint8)
    page[y - 3 : y + 4, x - 3 : x + 4] = 0
    return page


def spot(picture: np.ndarray) -> np.ndarray:
    """The (1, 2) middle of what is dark."""
    dark = 255.0 - picture
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    return np.array([[(columns * dark).sum(), (rows * dark).sum()]]) / dark.sum()


@pytest.mark.parametrize("quarters", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("degrees", [0.0, 2.0, -30.0])
@pytest.mark.parametrize("factor", [0.4, 1.0, 1.7])
def test_a_spot_is_found_where_it_was(quarters: int, degrees: float, factor: float) -> None:
    view = View.of(page_with_a_spot(60, 40)).part(10, 20, 150, 110).scaled(factor).turn(quarters).straighten(degrees)

    assert view.places(spot(view.picture))[0] == pytest.approx((60, 40), abs=0.3)
    assert view.turned == quarters % 4
    assert view.straightened == degrees


def test_a_quarter_is_clockwise() -> None:
    page = np.zeros((2, 3), np.uint8)
    page[0, 0] = 9

    assert View.of(page).turn(1).picture[0, 1] == 9


def test_lines_that_fall_to_the_right_are_set_level() -> None:
    page = np.full((100, 200), 255, np.uint8)
    for x in range(20, 180):
        page[round(20 + x * np.tan(np.radians(10))), x] = 0

    level = View.of(page).straighten(10).picture

    rows, _ = np.nonzero(level < 200)
    assert np.ptp(rows) <= 2
