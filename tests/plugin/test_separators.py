"""What may stand between entries where the entries are made of just that."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ocrkit.ctc import Lexicon
from ocrkit.plugin.separators import default_separators, separators_beside
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    import pytest

CHARSET = Charset("c", ("", "a", "b", "1", "2", "3", "/", "-", " "))
ONE, TWO, THREE, SLASH, DASH, SPACE = range(3, 9)
WORDS = ["a", "b", "ab", "ba", "aa", "bb", "aab", "bba", "aba", "bab"]


def lexicon(*words: str) -> Lexicon:
    return Lexicon.from_words(words, CHARSET)


def test_separators_are_spaces_punctuation_symbols_and_numbers() -> None:
    symbols = ("", "a", "-", "\u0d15", "\u0d4d", "7", "\u0d67", " ", "\u2019", "+", "\u200d", "a.", "...")

    assert default_separators(Charset("mixed", symbols)) == {2, 5, 6, 7, 8, 9, 12}


def test_what_dates_are_made_of_parts_no_dates(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        separators = separators_beside(lexicon("1/2", "2/1"), CHARSET, None)

    assert separators == {THREE, DASH, SPACE}
    assert (
        "2 of the lexicon's 2 entries, such as '1/2', consist of separators alone as they are by default" in caplog.text
    )
    assert "so these are none here: 1 2 /; `separators` names others, and `decoder='lexicon'`" in caplog.text


def test_words_that_hold_separators_change_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert separators_beside(lexicon("a-b", "b1"), CHARSET, None) == default_separators(CHARSET)
    assert caplog.text == ""


def test_a_number_among_many_words_is_told_and_still_parts_them(caplog: pytest.LogCaptureFixture) -> None:
    assert separators_beside(lexicon(*WORDS, "12"), CHARSET, None) == default_separators(CHARSET)
    assert "1 of the lexicon's 11 entries, such as '12', consist of separators alone, and so constrain" in caplog.text


def test_separators_that_are_asked_for_stay_and_are_told(caplog: pytest.LogCaptureFixture) -> None:
    asked = frozenset({ONE, TWO, SLASH})

    assert separators_beside(lexicon("1/2"), CHARSET, asked) == asked
    assert "constrain nothing; name others with `separators`" in caplog.text
    assert separators_beside(lexicon("1/2"), CHARSET, frozenset({SPACE})) == {SPACE}
