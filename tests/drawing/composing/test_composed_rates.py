"""How often composed lines have what docs/synthetic.md says: each rate alone, in a charset that has little else."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.composing.latin import LatinWords
from ocrkit.drawing.composing.numbers import NumberWords
from ocrkit.drawing.composing.word_files import TextFile, WordFile
from ocrkit.drawing.composing.words import Composer
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 4000
SMALL, CAPITAL, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ACCENTED = "áàâäãåçéèêëíìîïñóòôöõúùûüý"


def _lines(symbols: str, words: int) -> list[str]:
    composer, rng = Composer(Charset("few", ("", " ", *symbols))), np.random.default_rng(3)
    return [composer.line(rng, words) for _ in range(COUNT)]


def _share(pattern: str, lines: list[str]) -> float:
    return sum(re.search(pattern, line) is not None for line in lines) / len(lines)


def test_a_sixth_of_words_ends_in_a_mark() -> None:
    # 16 % end so, and 2 of 5 of the 3 % that have a lone sign have it behind them.
    assert _share(r"[a-z] ?\.+$", _lines(SMALL + ".", 1)) == pytest.approx(0.16 + 0.03 * 2 / 5, abs=0.02)


def test_of_the_marks_at_ends_six_in_a_hundred_stand_apart() -> None:
    assert _share(r"[a-z] \.+$", _lines(SMALL + ".", 1)) == pytest.approx(0.06 * 0.16, abs=0.006)


def test_three_words_in_a_hundred_are_enclosed() -> None:
    assert _share(r"^\([a-z]+\)$", _lines(SMALL + "()", 1)) == pytest.approx(0.03, abs=0.011)


def test_three_words_in_two_hundred_are_joined() -> None:
    # Of the 3 % with a lone sign, which is the hyphen, none has it between letters.
    assert _share(r"[a-z]-[a-z]", _lines(SMALL + "-", 1)) == pytest.approx(0.015, abs=0.008)


def test_one_line_in_twenty_has_brackets_about_several_words() -> None:
    # A lone bracket, one of two signs, stands before a word, or instead of it, in 3 of 5 cases of 3 %.
    lone = 0.03 / 2 * 3 / 5

    assert _share(r"^\([^)]* ", _lines(SMALL + "()", 2)) == pytest.approx(0.05 + 0.95 * lone, abs=0.015)


def test_six_words_in_a_hundred_are_numbers() -> None:
    assert _share(r"[0-9]", _lines(SMALL + DIGITS, 1)) == pytest.approx(0.06, abs=0.015)


def test_two_lines_in_a_hundred_begin_with_the_number_of_an_item() -> None:
    # Of the first words 6 % are numbers; 83 % of those are no year, 35 of 77 parts of them have one digit or two, and
    # a sixth then ends in a stop; 4 of 77 parts are one digit with a stop.
    numbers = 0.06 * 0.83 * (35 / 77 * 0.16 + 4 / 77 * 0.81)

    assert _share(r"^[0-9]{1,2}\. ", _lines(SMALL + DIGITS + ".", 2)) == pytest.approx(0.02 + numbers, abs=0.011)


def test_of_a_union_one_word_in_thirteen_is_latin() -> None:
    composer, rng = Composer(shipped_charset("malayalam") + shipped_charset("english")), np.random.default_rng(3)

    lines = [composer.line(rng, 1) for _ in range(COUNT)]

    assert _share("[a-zA-Z]", lines) == pytest.approx(0.94 * 0.08 / 1.08, abs=0.018)


def test_one_latin_word_in_eight_has_a_letter_drawn_from_all() -> None:
    words, rng = LatinWords(SMALL + ACCENTED), np.random.default_rng(3)

    # Half of the letters are accented, which no syllable is.
    accented = _share(f"[{ACCENTED}]", [words.word(rng) for _ in range(COUNT)])

    assert accented == pytest.approx(0.12 / 2, abs=0.016)


def test_one_latin_word_in_ten_is_all_capitals_and_one_in_four_capitalised() -> None:
    words, rng = LatinWords(SMALL + CAPITAL), np.random.default_rng(3)

    drawn = [words.word(rng) for _ in range(COUNT)]

    # Less the 12 % of words with a letter drawn from all that keeps, in one of five, its case, in one of two another.
    kept = 1 - 0.12 * 0.2 / 2
    assert _share("^[A-Z]{2,}$", drawn) == pytest.approx(0.1 * kept, abs=0.02)
    assert _share("^[A-Z][a-z]+$", drawn) == pytest.approx(0.25 * kept, abs=0.03)


def test_letters_drawn_from_all_keep_their_own_case_in_one_of_five() -> None:
    words, rng = LatinWords(SMALL + CAPITAL), np.random.default_rng(3)

    mixed = _share("^[A-Z]?[a-z]+[A-Z][a-z]*$", [words.word(rng) for _ in range(10 * COUNT)])

    # In words that are not all capitals, within the word: the first of about six letters may be a capital in any case.
    assert 0.9 * 0.12 * 0.2 / 2 * 0.6 < mixed < 0.9 * 0.12 * 0.2 / 2


def test_one_number_in_six_is_a_year_of_print() -> None:
    numbers, rng = NumberWords(DIGITS), np.random.default_rng(3)

    drawn = [numbers.word(rng) for _ in range(COUNT)]

    # Ten parts of 63 of the others have four digits, of which 180 of 9,000 are such a year.
    years = sum(len(number) == 4 and 1850 <= int(number) < 2030 for number in drawn)
    assert years / COUNT == pytest.approx(0.17 + 0.83 * 10 / 63 * 180 / 9000, abs=0.024)


def test_the_digits_of_the_script_are_fifteen_for_a_hundred_european_ones() -> None:
    own = "൦൧൨൩൪൫൬൭൮൯"
    numbers, rng = NumberWords(DIGITS + own, [own]), np.random.default_rng(3)

    assert _share("[൦-൯]", [numbers.word(rng) for _ in range(COUNT)]) == pytest.approx(0.15 / 1.15, abs=0.022)


def test_each_word_of_a_text_is_as_likely_however_long_its_line(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("a b c\nd\n", encoding="utf-8")
    text, rng = TextFile(path, shipped_charset("english")), np.random.default_rng(3)

    assert _share("d", [text.line(rng, 1) for _ in range(COUNT)]) == pytest.approx(1 / 4, abs=0.03)


def test_the_counts_of_a_word_that_is_listed_twice_add_up(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("cat\t2\ndog\t1\ncat\t1\n", encoding="utf-8")
    words, rng = WordFile(path, shipped_charset("english")), np.random.default_rng(3)

    assert _share("cat", [words.line(rng, 1) for _ in range(COUNT)]) == pytest.approx(3 / 4, abs=0.03)
