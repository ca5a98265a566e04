from __future__ import annotations

import pytest
from ocrkit_spelling.line_words import words_of, words_to_mend


def found(text: str, *, ends_page_line: bool = True, names: bool = False) -> list[str]:
    words = list(words_to_mend(text, ends_page_line=ends_page_line, names=names))
    assert all(text[word.start : word.end] == word.text for word in words)
    return [word.text for word in words]


def test_punctuation_around_a_word_is_no_part_of_it() -> None:
    assert found('"tbe (snall) howse," don\'t.') == ["tbe", "snall", "howse", "don't"]


@pytest.mark.parametrize("text", ["1,234.50", "3rd", "B52", "x_y", "a.b", "me@here", "http://a.bc", "50%", "A4-size"])
def test_numbers_and_codes_are_left_alone(text: str) -> None:
    assert found(f"so {text} it") == ["so", "it"]


@pytest.mark.parametrize("text", ["the river Tamb rose", "of UNRA came", "by McDonld there", "in O'Brein so"])
def test_capitals_inside_of_running_text_are_left_alone(text: str) -> None:
    assert all(word.islower() for word in found(text))
    assert any(word[0].isupper() for word in found(text, names=True))


def test_a_capital_that_begins_a_sentence_is_no_name() -> None:
    assert found('He wemt. Tbe end! "Noww" it is') == ["He", "wemt", "Tbe", "end", "Noww", "it", "is"]


def test_in_a_heading_capitals_say_nothing() -> None:
    assert found("TBE HOUSE OF LORDS") == ["TBE", "HOUSE", "OF", "LORDS"]


def test_a_word_before_a_hyphen_at_the_lines_end_is_left_alone() -> None:
    assert found("the distri-") == ["the"]
    assert found("well-knowm men") == ["well", "knowm", "men"]


def test_a_script_without_capitals_is_parted_at_either_end_of_a_line() -> None:
    assert found("ല്ലാം ധനം സാധി") == ["ധനം"]
    assert found("ല്ലാം ധനം സാധി", ends_page_line=False) == ["ല്ലാം", "ധനം", "സാധി"]
    assert found("ധനം") == ["ധനം"]


def test_one_letter_is_no_word_to_mend() -> None:
    assert found("a b is") == ["is"]


def test_nothing_is_found_in_nothing() -> None:
    assert found("") == []
    assert found("  -- . ") == []


def test_words_of_a_piece_are_parted_by_dashes_and_commas() -> None:
    assert words_of("“mother-in-law,”") == ["mother", "in", "law"]
    assert words_of("B52,") == []
