"""Pages that are read with a corrector, or with one that only offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import pytest
from correctors import Offering, Told
from held_pages import HeldPage, page_of_bars

from ocrkit.data.changes import Change
from ocrkit.pages.reader import PageReader
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from ocrkit.layout.records import Line


def read(recognizer: Recognizer, *texts: str) -> list[Line]:
    picture, layout = page_of_bars(list(texts))
    [found] = PageReader(recognizer, lambda scan, grey: layout, keep_all=True).read([HeldPage(picture)])
    return list(found.page.lines)


def test_lines_and_words_keep_what_was_read() -> None:
    recognizer = Recognizer(bars.reader(), corrector=Told("b", "cc"), device="cpu")

    first, second = read(recognizer, "abca", "aa")

    assert (first.text, first.original, second.original) == ("accca", "abca", "")
    assert [(word.text, word.original) for word in (*first.words, *second.words)] == [("accca", "abca"), ("aa", "")]
    assert "".join(letter.text for letter in first.words[0].characters) == "accca"


def test_letters_of_a_changed_word_stand_within_it() -> None:
    plain = Recognizer(bars.reader(), device="cpu")
    [before] = read(plain, "abc")

    [line] = read(Recognizer(bars.reader(), corrector=Told("b", "c"), device="cpu"), "abc")

    def left(word: Line) -> list[int]:
        return [min(x for x, _ in letter.outline) for letter in word.words[0].characters]

    assert left(line) == pytest.approx(left(before), abs=2)


def test_proposals_stand_in_the_text_of_the_line() -> None:
    [line] = read(Recognizer(bars.reader(), proposer=Offering("b", "c"), device="cpu"), "ab")

    assert line.proposals == (Change(1, 2, "b", "c", 2.5), Change(1, 2, "b", "?", -1.0))
