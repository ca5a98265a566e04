"""What a first look at a page tells: how high its letters are, and where they stand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from stroke_page import X_HEIGHT, StrokePage

from ocrkit.segmentation.scale import look_for_letters


def letters(size: int = 1) -> np.ndarray:
    page = StrokePage()
    for y in (60, 100, 140):
        page.write([(60, y), (340, y)])
    return np.asarray(Image.fromarray(page.grey).resize((400 * size, 300 * size), Image.Resampling.NEAREST))


@pytest.mark.parametrize("size", [1, 3, 8])
def test_small_letters_are_measured_at_any_scale(size: int) -> None:
    look = look_for_letters(letters(size))

    assert look is not None
    assert look.x_height == pytest.approx(X_HEIGHT * size, rel=0.3)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_box_holds_all_ink(quarters: int) -> None:
    page = np.rot90(letters(3), quarters)

    look = look_for_letters(page)

    assert look is not None
    left, top, right, bottom = look.box
    inside = np.zeros(page.shape, bool)
    inside[top:bottom, left:right] = True
    assert inside[page < 128].all()


def test_a_dark_rim_and_dust_do_not_tell_the_height() -> None:
    page = np.pad(letters(), 60, constant_values=0)
    page[100:400:40, 90:480:30] = 0

    look = look_for_letters(page)

    assert look is not None
    assert look.x_height == pytest.approx(X_HEIGHT, rel=0.3)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_page_has_no_letters(grey: int) -> None:
    assert look_for_letters(np.full((200, 300), grey, np.uint8)) is None
