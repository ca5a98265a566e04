"""The segmenter that a network serves, with one that is shown the lines: turned, askew, large, tiny, empty pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from ribbons import SeesRibbons, with_ribbons
from stroke_page import X_HEIGHT, StrokePage

from ocrkit.errors import OptionError
from ocrkit.layout.records import Layout, Line
from ocrkit.segmentation.learned import LearnedSegmenter, build_learned
from ocrkit.segmentation.learned_options import LearnedOptions

if TYPE_CHECKING:
    from collections.abc import Callable


def enlarged(page: StrokePage, size: int) -> np.ndarray:
    return np.repeat(np.repeat(with_ribbons(page), size, 0), size, 1)


def strokes(width: int = 400, height: int = 300, wide: int = 2) -> StrokePage:
    page = StrokePage(width, height)
    for y in range(60, height - 30, 34):
        page.write([(40, y), (width - 60, y)], wide=wide)
    return page


def all_lines(layout: Layout) -> list[Line]:
    return [line for region in layout.regions for line in region.lines]


def segmented(page: np.ndarray) -> Layout:
    return LearnedSegmenter(SeesRibbons()).segment(page)


def test_lines_are_named_in_the_order_of_reading() -> None:
    page = strokes()

    layout = segmented(with_ribbons(page))

    lines = all_lines(layout)
    assert [line.id for line in lines] == [f"l{number}" for number in range(1, len(page.lines) + 1)]
    assert [line.baseline[0][1] for line in lines] == pytest.approx([line.baseline[0, 1] for line in page.lines], abs=4)
    assert layout.rotation == 0
    assert layout.skew == pytest.approx(0, abs=0.3)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_places_are_those_of_the_page_as_given(size: int) -> None:
    page = strokes()

    lines = all_lines(segmented(enlarged(page, size)))

    assert len(lines) == len(page.lines)
    for line, true in zip(lines, page.lines, strict=True):
        assert line.baseline[0] == pytest.approx(tuple(true.baseline[0] * size), abs=4 * size)
        assert line.x_height == pytest.approx(X_HEIGHT * size, rel=0.4)


@pytest.mark.parametrize("degrees", [2.0, -2.0, 8.0, -12.0])
def test_a_page_askew_has_the_same_lines(degrees: float) -> None:
    page = strokes(500, 360)
    turned = Image.fromarray(enlarged(page, 2)).rotate(-degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=255)

    layout = segmented(np.asarray(turned))

    assert len(all_lines(layout)) == len(page.lines)
    assert layout.skew == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_on_its_side_has_the_same_lines(quarters: int) -> None:
    page = strokes(500, 360, wide=9)
    turned = np.ascontiguousarray(np.rot90(enlarged(page, 3), quarters))

    layout = segmented(turned)

    lines = all_lines(layout)
    assert len(lines) == len(page.lines)
    for line in lines:  # along the sides of the page as given
        xs, ys = np.array(line.baseline).T
        assert np.ptp(ys) > 10 * np.ptp(xs)


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_on_its_side_is_told_beside_a_picture_that_is_the_darkest_part(quarters: int) -> None:
    page = strokes(500, 360, wide=9)
    picture = np.full((400, 500), 255, np.uint8)
    picture[20:380] = np.tile([0] * 7 + [255], 65)[:500]
    turned = np.ascontiguousarray(np.rot90(np.concatenate([picture, with_ribbons(page)]), quarters))

    layout = segmented(turned)

    assert layout.rotation == 90 * quarters
    assert len(all_lines(layout)) == len(page.lines)


def test_a_small_line_on_a_huge_page_is_found_and_little_is_looked_at() -> None:
    labeller = SeesRibbons()
    page = np.full((10_000, 10_000), 255, np.uint8)
    line = StrokePage(400, 60)
    line.write([(20, 40), (380, 40)])
    page[5000:5180, 4000:5200] = enlarged(line, 3)

    (found,) = all_lines(LearnedSegmenter(labeller).segment(page))

    assert found.baseline[0] == pytest.approx((4060, 5122), abs=15)
    assert sum(height * width for height, width in labeller.looks) < 2_000_000


@pytest.mark.parametrize("grey", [0, 90, 255])
@pytest.mark.parametrize("size", [(1, 1), (3, 500), (40, 40), (800, 600)])
def test_an_empty_page_has_no_lines(size: tuple[int, int], grey: int) -> None:
    assert segmented(np.full(size, grey, np.uint8)) == Layout(())


@pytest.mark.parametrize(
    "noise",
    [
        lambda chance: chance.integers(0, 256, (700, 500)),
        lambda chance: 255 * (chance.random((700, 500)) < 0.98),
        lambda chance: 255 * (chance.random((700, 500)) < 0.5),
    ],
)
def test_noise_ends_in_a_layout(noise: Callable[[np.random.Generator], np.ndarray]) -> None:
    layout = segmented(noise(np.random.default_rng(5)).astype(np.uint8))

    for line in all_lines(layout):
        assert all(0 <= x < 500 and 0 <= y < 700 for x, y in (*line.baseline, *line.outline))


def test_the_picture_is_left_as_it_is() -> None:
    page = strokes().grey
    before = page.copy()

    segmented(page)

    assert np.array_equal(page, before)


def test_weights_are_needed() -> None:
    with pytest.raises(OptionError, match="needs weights"):
        build_learned(LearnedOptions())
