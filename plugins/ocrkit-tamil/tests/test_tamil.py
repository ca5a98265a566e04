from __future__ import annotations

import re

import numpy as np
import ocrkit_tamil
import pytest

from ocrkit.drawing.composing.words import Composer
from ocrkit.plugin.testing import check_charset, check_script

(TAMIL,) = ocrkit_tamil.ocrkit_charsets()
(SCRIPT,) = ocrkit_tamil.ocrkit_scripts()


def test_the_charset_keeps_its_contract() -> None:
    check_charset(TAMIL)


def test_the_script_keeps_its_contract() -> None:
    check_script(SCRIPT)


def test_composed_lines_show_every_letter_and_no_stray_mark() -> None:
    composer, rng = Composer(TAMIL, scripts=[SCRIPT]), np.random.default_rng(0)

    text = " ".join(composer.line(rng, 6) for _ in range(2000))

    letters = [symbol for symbol in TAMIL.symbols[1:] if symbol.isalpha() and symbol != "ௐ"]
    assert set(letters) <= set(text)
    assert not re.search(r"(?:^|[ அ-ஔ])[\u0bbe-\u0bcd]", text)


@pytest.mark.parametrize("text", ["தமிழ்", "ஸ்ரீ", "அஃது", "கௌரவம் ௨௦௨௬", "க்ஷேமம், “நன்றி” – 2026!"])
def test_tamil_is_spelled_and_read_back(text: str) -> None:
    assert TAMIL.decode(TAMIL.encode(text)) == text


def test_a_vowel_sign_in_two_parts_is_the_one_sign() -> None:
    # U+0BC6 U+0BBE is canonically U+0BCA (UnicodeData.txt).
    assert TAMIL.encode("க\u0bc6\u0bbe") == TAMIL.encode("க\u0bca")


def test_a_joiner_that_changes_nothing_is_dropped() -> None:
    assert TAMIL.normalize("தமி\u200dழ்\u200c") == "தமிழ்"


def test_a_non_joiner_that_parts_a_conjunct_stays() -> None:
    assert TAMIL.normalize("பக்\u200cஷ") == "பக்\u200cஷ"


def test_every_letter_of_the_alphabet_has_a_label() -> None:
    # The Unicode Standard, section 12.6: 12 vowels, aytham, 18 consonants, 5 Grantha letters.
    vowels, consonants, grantha = "அஆஇஈஉஊஎஏஐஒஓஔ", "கஙசஞடணதநபமயரலவழளறன", "ஜஶஷஸஹ"

    assert (len(vowels), len(consonants), len(grantha)) == (12, 18, 5)
    assert all(TAMIL.spells(letter) for letter in vowels + "ஃ" + consonants + grantha)
