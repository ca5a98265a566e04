from __future__ import annotations

import pytest
from ocrkit_spelling.forms import is_compound, is_english_form
from ocrkit_spelling.word_list import WordList

ENGLISH = WordList.of(["house", "box", "lady", "boss", "cat"])
MALAYALAM = WordList.of(
    ["മഴ", "കാലം", "വീട്", "അവൻ", "ആണ്", "മരം", "കൊമ്പ്", "പണം", "എല്ലാം", "തിരു", "ഓണം", "പക്ഷി", "ഉണ്ട്", "പക"]
)


@pytest.mark.parametrize("word", ["house's", "houses'", "houses", "ladies", "bosses", "cat's"])
def test_endings_of_english_make_known_words_of_known_ones(word: str) -> None:
    assert is_english_form(word, ENGLISH)


@pytest.mark.parametrize("word", ["cats", "tbes", "housings", "s", "es", "'s"])
def test_short_and_unknown_words_are_no_forms(word: str) -> None:
    assert not is_english_form(word, ENGLISH)


@pytest.mark.parametrize(
    "word",
    [
        "മഴക്കാലം",  # മഴ + കാലം, the consonant doubled
        "അവനാണ്",  # അവൻ + ആണ്, a chillu before a vowel
        "വീടാണ്",  # വീട് + ആണ്, the half vowel gone
        "മരക്കൊമ്പ്",  # മരം + കൊമ്പ്, the anusvara gone
        "പണമെല്ലാം",  # പണം + എല്ലാം, the anusvara a consonant
        "തിരുവോണം",  # തിരു + ഓണം, a glide between
        "പക്ഷിയുണ്ട്",  # പക്ഷി + ഉണ്ട്, likewise
        "മഴവീട്",  # one after the other
    ],
)
def test_two_known_words_under_sandhi_are_a_compound(word: str) -> None:
    assert is_compound(word, MALAYALAM)


@pytest.mark.parametrize("word", ["മഴക്കലം", "അവനണ്", "പക്ഷിയുണ്ട", "മഴ", "ക", "പകക"])
def test_what_is_not_two_known_words_is_no_compound(word: str) -> None:
    assert not is_compound(word, MALAYALAM)
