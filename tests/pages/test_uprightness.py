"""Pages that were found upside down are turned where their lines read far better so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from held_pages import HeldPage
from PIL import Image

from ocrkit.data.records import CharacterSpan, Prediction
from ocrkit.layout.records import Layout, Line, Region
from ocrkit.pages.reader import PageReader
from ocrkit.pages.uprightness import half_turned, is_doubtful
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from ocrkit.layout.records import Page, Points

WIDTH, HEIGHT = 500, 420
SCALE = 6
LETTERS = 5


def one_way_line() -> Image.Image:
    """Letters c whose frames are sure from the left; from the right, every other frame has a grey between a and b.

    A letter is 2 px of that grey, 2 px of c, 4 px of paper, in frames of 4 px; and 2 px of paper end the line, so that
    frames counted from the right hold the grey without c.
    """
    row = ([137, 137, 0, 0] + [255] * 4) * LETTERS + [255] * 2
    pixels = np.repeat(np.array(row, np.uint8), SCALE)
    return Image.fromarray(np.tile(pixels, (bars.SIZE * SCALE, 1)))


def page_and_layout(*, upside_down: bool) -> tuple[Image.Image, Layout]:
    """The line in the middle of a page, where it lies as well when the page is turned."""
    line = one_way_line()
    if upside_down:
        line = line.transpose(Image.Transpose.ROTATE_180)
    left, top = (WIDTH - line.width) // 2, (HEIGHT - line.height) // 2
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    page.paste(line, (left, top))
    right, bottom = left + line.width - 1, top + line.height - 1
    outline: Points = ((left, top), (right, top), (right, bottom), (left, bottom))
    found = Line("l1", ((left, bottom), (right, bottom)), outline)
    return page, Layout((Region("r1", outline, (found,)),))


def read(page: Image.Image, layout: Layout, *, keep_all: bool = False) -> Page:
    reader = PageReader(Recognizer(bars.reader()), lambda scan, grey: layout, keep_all=keep_all)
    [found] = reader.read([HeldPage(page)])
    return found.page


def test_a_page_that_reads_surely_stays_as_it_was_found() -> None:
    page, layout = page_and_layout(upside_down=False)

    found = read(page, layout)

    assert (found.text, found.rotation) == ("c" * LETTERS, 0)


def test_a_page_that_reads_far_better_upside_down_is_turned() -> None:
    page, layout = page_and_layout(upside_down=True)

    found = read(page, layout)

    assert (found.text, found.rotation) == ("c" * LETTERS, 180)
    [line] = found.lines
    [before] = layout.regions[0].lines
    assert line.baseline == tuple((WIDTH - 1 - x, HEIGHT - 1 - y) for x, y in before.baseline)
    # Its first letter stands at the right end of the page's line.
    first, last = (np.mean([x for x, _ in line.words[0].characters[place].outline]) for place in (0, -1))
    assert first > last


def test_a_layout_that_was_given_is_not_turned() -> None:
    page, layout = page_and_layout(upside_down=True)

    found = read(page, layout, keep_all=True)

    assert found.rotation == 0
    assert found.text != "c" * LETTERS


def test_a_layout_turned_twice_is_as_it_was_but_for_its_rotation() -> None:
    _, layout = page_and_layout(upside_down=False)

    once = half_turned(layout, WIDTH, HEIGHT)

    assert once.rotation == 180
    assert half_turned(once, WIDTH, HEIGHT) == layout


@pytest.mark.parametrize(("confidences", "doubtful"), [((1.0, 0.9), False), ((0.9, 0.8), True), ((), False)])
def test_a_page_is_doubtful_by_the_mean_of_its_labels(confidences: tuple[float, ...], doubtful: bool) -> None:
    # ln .9 = -.105, ln .8 = -.223: means of -.053 and -.164 about the bound of -.12.
    characters = tuple(CharacterSpan("a", 0, 1, confidence) for confidence in confidences)

    assert is_doubtful([Prediction("l1", "aa", -math.inf, 0.5, characters)]) is doubtful


def test_a_page_is_doubtful_where_most_of_its_lines_were_rejected() -> None:
    sure = Prediction("l1", "a", -1.0, 0.9, (CharacterSpan("a", 0, 1, 0.99),))
    rejected = Prediction("l2", "", -1.0, 0.1, rejected=True)

    assert not is_doubtful([sure, rejected])
    assert is_doubtful([sure, rejected, rejected])
