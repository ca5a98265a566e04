"""Where characters stand on paper, against UAX #9."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ocrkit.text import bidi

# Debian's package unicode-data.
CONFORMANCE = Path("/usr/share/unicode/BidiCharacterTest.txt")
# What ends paragraphs or marks embeddings stands in no line of a picture.
LEFT_OUT = {"B", "S", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def shown(text: str, base: bidi.Direction) -> str:
    """The characters from left to right, mirrored where they run from right to left."""
    places = bidi.visual_places(text, base)
    return "".join(bidi.mirror_of(text[place]) if leftward else text[place] for place, leftward in places)


def hebrew(text: str) -> str:
    """Capitals as Hebrew letters, as UAX #9 writes its examples."""
    return "".join(chr(0x5D0 + ord(one) - ord("A")) if "A" <= one <= "Z" else one for one in text)


# UAX #9: section 3.4, examples 1 and 2 of rule L2; section 3.3.5, rule N0.
EXAMPLES = [
    ("car means CAR.", "ltr", "car means RAC."),
    ("car MEANS CAR.", "rtl", ".RAC SNAEM car"),
    ("smith (fabrikam ARABIC) HEBREW", "rtl", "WERBEH (CIBARA fabrikam) smith"),
    ("ARABIC book(s)", "rtl", "book(s) CIBARA"),
    ("AB(CD[&ef]!)gh", "rtl", "gh(![ef&]DC)BA"),
]


@pytest.mark.parametrize(("text", "base", "expected"), EXAMPLES)
def test_the_examples_of_the_standard(text: str, base: bidi.Direction, expected: str) -> None:
    assert shown(hebrew(text), base) == hebrew(expected)


# By rules W2, W4 and W5: what parts or follows a number is part of it, but a hyphen not after Arabic letters.
NUMBERS = [
    ("אב 12.5 גד", "דג 12.5 בא"),
    ("אב 12-05 גד", "דג 12-05 בא"),
    ("אב 10% $5", "$5 10% בא"),
    ("بت 12-05", "05-12 تب"),
    ("بت 12/05", "12/05 تب"),
    ("بت ١٢", "١٢ تب"),
    ("אב 12 34", "34 12 בא"),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers_keep_the_order_of_their_digits(text: str, expected: str) -> None:
    assert shown(text, "rtl") == expected


def test_a_bracket_that_crosses_another_is_none_of_a_pair() -> None:
    # BD16: "(" pairs with ")", and the "[" between them with nothing. So "]" is neutral between two letters that run
    # leftwards (N1), and the three stand in reverse; "[" stands between the directions, and ")" has the line's (N0).
    found = bidi.visual_places("(" + 9 * "a" + "[ב)ג]ד", "ltr")

    assert [place for place, _ in found] == [*range(13), 15, 14, 13]


def test_spaces_at_the_end_stand_at_the_end_of_the_line() -> None:
    assert shown("אב ab  ", "rtl") == "  ab בא"
    assert shown("ab אב  ", "ltr") == "ab בא  "


def test_a_long_line_is_reordered_whole() -> None:
    text = "א" + "ב" * 500 + " " + "0123456789" * 30

    assert shown(text, "rtl") == "0123456789" * 30 + " " + "ב" * 500 + "א"


def test_an_empty_line_has_no_places() -> None:
    assert bidi.visual_places("", "rtl") == []


@pytest.mark.parametrize("kind", sorted(bidi._STAND_INS))
def test_what_stands_in_for_a_class_is_of_it(kind: str) -> None:
    pool = bidi._STAND_INS[kind]

    assert len(set(pool)) == 10
    assert {unicodedata.bidirectional(character) for character in pool} == {kind}


@pytest.mark.skipif(not CONFORMANCE.exists(), reason="no test file of UAX #9 here: Debian's unicode-data has it")
def test_every_case_of_the_standard() -> None:
    for number, line in enumerate(CONFORMANCE.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.partition("#")[0].split(";")
        if len(fields) < 5:
            continue
        text = [chr(int(point, 16)) for point in fields[0].split()]
        if LEFT_OUT & {unicodedata.bidirectional(one) for one in text}:
            continue
        levels = fields[3].split()
        found = bidi.visual_places(text, "rtl" if fields[2] == "1" else "ltr")
        kept = [(place, leftward) for place, leftward in found if levels[place] != "x"]
        assert kept == [(int(place), int(levels[int(place)]) % 2 == 1) for place in fields[4].split()], number


def test_every_character_that_runs_leftward_may_do_so() -> None:
    leftward = [chr(point) for point in range(0x110000) if unicodedata.bidirectional(chr(point)) in ("R", "AL", "AN")]

    assert all(map(bidi.may_run_leftward, leftward))
    assert not bidi.may_run_leftward("മലയാളം, ελληνικά, 漢字 and English")
