"""Ink and the height of letters on pages of boxes, whose places are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.errors import ImageError
from ocrkit.segmentation.components import find_ink, letters_height

if TYPE_CHECKING:
    from numpy.typing import NDArray


def page_of_letters(height: int = 12, ink: int = 30, paper: int = 240) -> NDArray[np.uint8]:
    """Rows of hollow letters, every fifth one with an ascender, and a full stop after each."""
    page = np.full((400, 600), paper, np.uint8)
    for top in range(40, 360, 3 * height):
        for number, left in enumerate(range(40, 540, height + 6)):
            above = height // 2 if number % 5 == 0 else 0
            page[top - above : top + height, left : left + height] = ink
            page[top + 2 - above : top + height - 2, left + 3 : left + height - 3] = paper
            page[top + height - 3 : top + height, left + height + 2 : left + height + 4] = ink
    return page


def test_ink_is_what_was_drawn() -> None:
    page = page_of_letters()

    ink = find_ink(page)

    assert np.array_equal(ink.mask(), page == 30)
    assert ink.areas.sum() == np.count_nonzero(page == 30)


def test_the_mask_of_some_components_has_their_ink_alone() -> None:
    ink = find_ink(page_of_letters())
    first = np.arange(len(ink.boxes)) == 0
    left, top, right, bottom = ink.boxes[0].tolist()

    mask = ink.mask(first)

    assert mask[top:bottom, left:right].sum() == mask.sum() == ink.areas[0]


@pytest.mark.parametrize("height", [6, 12, 24])
def test_the_height_of_letters_is_that_of_most(height: int) -> None:
    assert letters_height(find_ink(page_of_letters(height))) == pytest.approx(height, abs=0.5)


def test_light_that_falls_off_hides_no_letter() -> None:
    page = page_of_letters()
    light = np.linspace(1.0, 0.45, page.shape[1])

    assert np.array_equal(find_ink((page * light).astype(np.uint8)).mask(), page == 30)


def test_white_letters_on_a_dark_page_are_ink_too() -> None:
    page = page_of_letters()

    assert np.array_equal(find_ink(255 - page).mask(), page == 30)


def test_what_shows_through_the_paper_is_no_ink() -> None:
    page = page_of_letters()
    behind = np.roll(page_of_letters(ink=190)[:, ::-1], 7, axis=0)

    assert np.array_equal(find_ink(np.minimum(page, behind)).mask(), page == 30)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_page_has_no_ink_and_no_letters(grey: int) -> None:
    ink = find_ink(np.full((300, 200), grey, np.uint8))

    assert len(ink.runs) == len(ink.boxes) == 0
    assert letters_height(ink) is None


def test_noise_beyond_any_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrkit.segmentation.components._MOST_RUNS", 1000)

    with pytest.raises(ImageError, match="more than 1,000 specks"):
        find_ink(np.random.default_rng(1).integers(0, 256, (200, 200), dtype=np.uint8))


def test_a_raster_of_half_the_size_has_all_ink() -> None:
    ink = find_ink(page_of_letters())

    raster = ink.raster((0.5, 0, 0.25, 0, 0.5, 0.25), (200, 300))

    assert raster.sum() == ink.areas.sum()
    assert raster.max() == 4
