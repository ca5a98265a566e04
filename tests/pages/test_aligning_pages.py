"""Known text laid on pages of bars, which a model reads whose answers follow by arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from boxed_pages import box
from held_pages import HIGH, STEP, DamagedPage, HeldPage, page_of_bars
from PIL import Image

from ocrkit.errors import DataError, ImageError
from ocrkit.layout.records import Layout, Line, Region
from ocrkit.pages.aligning import AlignedPage, PageAligner
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from ocrkit.pages.aligning import Breaks


def align(page: Image.Image, layout: Layout, text: str, breaks: Breaks = "words") -> AlignedPage:
    aligner = PageAligner(Recognizer(bars.reader()), lambda scan, grey: layout, breaks=breaks, model="bars")
    return aligner.align(HeldPage(page), text)


def test_each_line_gets_its_part_of_the_text() -> None:
    aligned = align(*page_of_bars(["abc", "ca", "bb"]), "abc ca bb")

    assert [line.text for line in aligned.page.lines] == ["abc", "ca", "bb"]
    assert all(line.confidence == pytest.approx(1.0, abs=1e-3) for line in aligned.page.lines)
    assert (aligned.left_over, aligned.unknown, aligned.page.model) == ((), (), "bars")


def test_words_and_letters_stand_where_their_bars_are() -> None:
    aligned = align(*page_of_bars(["abc"], left=40, top=30), "abc")

    [word] = next(aligned.page.lines).words
    assert word.text == "abc"
    assert [np.mean([x for x, _ in character.outline]) for character in word.characters] == [
        pytest.approx(40 + place * STEP + HIGH / 2, abs=HIGH / 2) for place in range(3)
    ]


def test_what_no_line_got_is_told_with_the_line_before() -> None:
    aligned = align(*page_of_bars(["abc", "bb"]), "abc cacacacaca bb")

    assert [line.text for line in aligned.page.lines] == ["abc", "bb"]
    assert [(left.text, left.after) for left in aligned.left_over] == [("cacacacaca", "l0")]


def test_a_line_that_the_text_has_not_stays_without_text() -> None:
    aligned = align(*page_of_bars(["abc", "cacacaca", "bb"]), "abc bb")

    assert [line.text for line in aligned.page.lines] == ["abc", None, "bb"]
    assert list(aligned.page.lines)[1].confidence is None


def test_text_that_is_not_what_stands_there_is_not_sure() -> None:
    aligned = align(*page_of_bars(["aaaa", "bb"]), "aaba bb")

    first, second = aligned.page.lines
    assert first.confidence is not None
    assert second.confidence is not None
    assert first.confidence < 0.2 < second.confidence
    assert [line.text for line in aligned.sure(0.2).page.lines] == [None, "bb"]
    assert [each.line.text for each in aligned.sure(0.2).lines] == [None, "bb"]


def test_a_line_outside_of_the_page_gets_nothing() -> None:
    page, layout = page_of_bars(["abc"])
    outside = Line("far", ((2000, 2000), (2100, 2000)), box(2000, 1980, 100, 30))
    layout = Layout((Region("r", box(0, 0, *page.size), (outside, *layout.regions[0].lines)),))

    aligned = align(page, layout, "abc")

    assert [line.text for line in aligned.page.lines] == [None, "abc"]
    assert [each.picture is None for each in aligned.lines] == [True, False]


def test_a_page_without_lines_leaves_all_text_over() -> None:
    aligned = align(Image.new("L", (100, 100), 255), Layout(()), "abc bb")

    assert [(left.text, left.after) for left in aligned.left_over] == [("abc bb", "")]


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(DataError, match="no text to lay on lines"):
        align(*page_of_bars(["abc"]), " \n ")


def test_a_damaged_page_is_refused() -> None:
    aligner = PageAligner(Recognizer(bars.reader()), lambda scan, grey: Layout(()))

    with pytest.raises(ImageError, match="it is damaged"):
        aligner.align(DamagedPage(Image.new("L", (9, 9))), "abc")
