"""The segmenter without weights, on pages of boxes whose lines are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.outline import polygon_mask
from ocrkit.plugin.builtin.segmenters import ocrkit_segmenters
from ocrkit.plugin.testing import check_segmenter
from ocrkit.segmentation.bands.segmenter import Bands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.layout.records import Layout, Line

SIZE = (900, 700)
X_HEIGHT = 14
PAPER, INK = 245, 20


def sheet() -> NDArray[np.uint8]:
    return np.full(SIZE, PAPER, np.uint8)


def write(page: NDArray[np.uint8], left: int, foot: int, right: int, seed: int = 0) -> None:
    """A line of hollow letters in words, some with ascenders, some with a sign below that hangs loose."""
    rng = np.random.default_rng(seed + 1000 * foot + left)
    x = left
    while x + 12 <= right:
        up, sign = rng.random() < 0.25, rng.random() < 0.15
        top = foot - X_HEIGHT - (8 if up else 0)
        page[top : foot + 1, x : x + 11] = INK
        page[top + 3 : foot - 2, x + 3 : x + 8] = PAPER
        if sign:
            page[foot + 4 : foot + 9, x + 2 : x + 9] = INK
        x += 14 if rng.random() < 0.8 else 26


def column(page: NDArray[np.uint8], left: int, top: int, right: int, count: int) -> list[int]:
    """Lines of one width, but for the last; their feet."""
    feet = [top + 36 * k for k in range(count)]
    for foot in feet:
        write(page, left, foot, right if foot != feet[-1] else (left + right) // 2)
    return feet


def lines_of(page: NDArray[np.uint8]) -> list[Line]:
    return [line for region in layout_of(page).regions for line in region.lines]


def layout_of(page: NDArray[np.uint8]) -> Layout:
    return Bands().segment(page)


def feet_of(lines: list[Line]) -> list[float]:
    return [float(np.mean([y for _, y in line.baseline])) for line in lines]


def turned(page: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(page).rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=PAPER))


def covered(page: NDArray[np.uint8], lines: list[Line]) -> float:
    """The share of the page's ink that lies within the outlines of lines."""
    inside = np.zeros(page.shape, bool)
    for line in lines:
        inside |= np.asarray(polygon_mask(np.array(line.outline, np.float64), page.shape[::-1])) > 0
    ink = page < 128
    return float((ink & inside).sum() / ink.sum())


def test_each_line_is_found_with_its_baseline() -> None:
    page = sheet()
    feet = column(page, 80, 100, 620, 12)

    lines = lines_of(page)

    assert feet_of(lines) == pytest.approx(feet, abs=1)
    assert [line.x_height for line in lines] == pytest.approx([X_HEIGHT + 1] * 12, abs=1)


def test_outlines_cut_off_no_sign() -> None:
    page = sheet()
    column(page, 80, 100, 620, 12)

    assert covered(page, lines_of(page)) == 1.0


def test_an_outline_has_its_own_lines_ink_alone() -> None:
    page = sheet()
    feet = column(page, 80, 100, 620, 12)

    for foot, line in zip(feet, lines_of(page), strict=True):
        ys = [y for _, y in line.outline]
        assert foot - X_HEIGHT - 8 - 8 <= min(ys) <= foot - X_HEIGHT - 8
        assert foot + 8 <= max(ys) <= foot + 8 + 8


@pytest.mark.parametrize("degrees", [-5, -2, 2, 5])
def test_a_page_that_lies_askew_has_the_same_lines(degrees: float) -> None:
    page = sheet()
    feet = column(page, 120, 150, 580, 12)
    askew = turned(page, degrees)

    layout = layout_of(askew)
    lines = [line for region in layout.regions for line in region.lines]

    assert layout.skew == pytest.approx(degrees, abs=0.15)
    assert len(lines) == len(feet)
    assert covered(askew, lines) > 0.999
    for foot, line in zip(feet, lines, strict=True):
        (left, top), (right, bottom) = line.baseline[0], line.baseline[-1]
        # Back to where the line was before the page was turned about its middle.
        angle = np.radians(degrees)
        for x, y in ((left, top), (right, bottom)):
            away = np.array([x - SIZE[1] / 2, y - SIZE[0] / 2])
            assert away @ [-np.sin(angle), np.cos(angle)] + SIZE[0] / 2 == pytest.approx(foot, abs=2)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_on_its_side_is_told(quarters: int) -> None:
    page = sheet()
    feet = column(page, 80, 100, 620, 12)

    layout = layout_of(np.rot90(page, quarters))

    assert layout.rotation in (90, 270)
    assert sum(len(region.lines) for region in layout.regions) == len(feet)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_letters_with_ascenders_tell_which_way_is_up(quarters: int) -> None:
    page = sheet()
    feet = column(page, 80, 100, 620, 12)

    layout = layout_of(np.rot90(page, quarters))

    # np.rot90 turns against the clock, and rotation is what turns the page back.
    assert layout.rotation == 90 * quarters
    assert sum(len(region.lines) for region in layout.regions) == len(feet)


def test_ornaments_are_no_lines() -> None:
    page = sheet()
    feet = column(page, 80, 150, 620, 10)
    for left in range(80, 600, 40):
        for row in range(15):
            half = 18 - abs(row - 7) * 2
            page[90 + row, left + 18 - half : left + 18 + half] = INK

    assert feet_of(lines_of(page)) == pytest.approx(feet, abs=1)


def test_accents_far_above_a_line_are_its_own() -> None:
    page = sheet()
    feet = column(page, 80, 150, 620, 6)
    for left in (150, 300, 450):
        page[feet[2] - X_HEIGHT - 13 : feet[2] - X_HEIGHT - 9, left : left + 14] = INK

    lines = lines_of(page)

    assert feet_of(lines) == pytest.approx(feet, abs=1)
    assert covered(page, lines) == 1.0


def test_columns_are_read_one_after_the_other() -> None:
    page = sheet()
    left = column(page, 60, 100, 330, 10)
    right = column(page, 370, 112, 640, 10)

    layout = layout_of(page)

    assert [len(region.lines) for region in layout.regions] == [10, 10]
    assert feet_of([line for region in layout.regions for line in region.lines]) == pytest.approx(left + right, abs=1)


def test_a_wide_gap_within_a_line_parts_it_not() -> None:
    page = sheet()
    column(page, 80, 100, 620, 4)
    write(page, 80, 300, 200)
    write(page, 340, 300, 620)
    column(page, 80, 340, 620, 4)

    assert len(lines_of(page)) == 9


def test_rules_blots_and_specks_are_no_lines() -> None:
    page = sheet()
    feet = column(page, 80, 150, 620, 10)
    page[100:103, 60:640] = INK
    page[100:800, 655:658] = INK
    page[700:760, 100:160] = INK
    rng = np.random.default_rng(4)
    for y, x in zip(rng.integers(560, 880, 40), rng.integers(0, 690, 40), strict=True):
        page[y : y + 2, x : x + 2] = INK

    assert feet_of(lines_of(page)) == pytest.approx(feet, abs=1)


def test_letters_of_a_title_are_one_line() -> None:
    page = sheet()
    feet = column(page, 80, 250, 620, 10)
    for left in range(120, 520, 80):
        page[90:170, left : left + 60] = INK
        page[102:158, left + 14 : left + 46] = PAPER

    lines = lines_of(page)

    assert feet_of(lines) == pytest.approx([169, *feet], abs=1)
    assert covered(page, lines) == 1.0


def test_a_drop_cap_is_its_first_lines() -> None:
    page = sheet()
    feet = [150 + 36 * k for k in range(8)]
    for foot in feet:
        write(page, 150 if foot < 200 else 80, foot, 620)
    page[feet[0] - X_HEIGHT : feet[1] + 1, 82:130] = INK
    page[feet[0] - X_HEIGHT + 10 : feet[1] - 10, 92:120] = PAPER

    lines = lines_of(page)

    assert feet_of(lines) == pytest.approx(feet, abs=1)
    assert [min(x for x, _ in line.outline) < 140 for line in lines[:2]] == [True, False]


def test_noise_is_no_page() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (1500, 1200), dtype=np.uint8)

    assert layout_of(noise).regions == ()


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_an_empty_page_has_no_lines(grey: int) -> None:
    assert layout_of(np.full(SIZE, grey, np.uint8)).regions == ()


def test_a_page_is_left_as_it_is() -> None:
    page = sheet()
    column(page, 80, 100, 620, 6)
    before = page.copy()

    layout_of(page)

    assert np.array_equal(page, before)


def test_the_spec_keeps_its_contract() -> None:
    spec = next(spec for spec in ocrkit_segmenters() if spec.name == "bands")

    check_segmenter(spec)
