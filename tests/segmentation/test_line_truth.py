"""Heights of lines, measured on ink."""

from __future__ import annotations

import block_pages
import numpy as np
import pytest

from ocrkit.layout.records import Line
from ocrkit.segmentation.line_truth import truths_of_lines

ROWS = [60, 120, 180]


@pytest.mark.parametrize("loose", [1, 6, 14])
def test_heights_are_those_of_the_ink_however_loose_the_outline_is(loose: int) -> None:
    lines = [block_pages.block_line(number, row, loose=loose) for number, row in enumerate(ROWS)]

    found = truths_of_lines(lines, block_pages.block_page(ROWS))

    assert [truth.x_height for truth in found] == pytest.approx([block_pages.X_HEIGHT] * 3, abs=1.5)
    assert [truth.ascender for truth in found] == pytest.approx([block_pages.ASCENDER] * 3, abs=2)
    assert [truth.descender for truth in found] == pytest.approx([block_pages.DESCENDER] * 3, abs=2)


def test_a_short_line_takes_the_pages_usual_height() -> None:
    rows = [60, 120, 180]
    grey = block_pages.block_page(rows)
    grey[95:128, 50:] = 245  # of the second line two letters stay, one of which has an ascender
    lines = [block_pages.block_line(number, row) for number, row in enumerate(rows)]
    lines[1] = Line("l1", ((20, 120), (45, 120)), ((16, 94), (46, 94), (46, 131), (16, 131)))

    assert truths_of_lines(lines, grey)[1].x_height == pytest.approx(block_pages.X_HEIGHT, abs=1.5)


def test_a_line_without_ink_or_baseline_is_left_out() -> None:
    grey = block_pages.block_page([60, 180])
    lines = [block_pages.block_line(number, row) for number, row in enumerate(ROWS)]
    lines.append(Line("l4", (), lines[0].outline))

    found = truths_of_lines(lines, grey)

    assert [truth.baseline[0][1] for truth in found] == [60, 180]


def test_a_line_that_reaches_beyond_the_page_is_measured_on_what_is_there() -> None:
    grey = block_pages.block_page([60])
    line = Line("l", ((-50, 60), (400, 60)), ((-60, 20), (410, 20), (410, 90), (-60, 90)))

    assert len(truths_of_lines([line], grey)) == 1


def test_the_page_is_left_as_it_is() -> None:
    grey = block_pages.block_page(ROWS)
    before = grey.copy()

    truths_of_lines([block_pages.block_line(0, 60)], grey)

    assert np.array_equal(grey, before)
