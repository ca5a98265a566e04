from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from ocrkit.text.akshara import akshara_splitter
from ocrkit.text.scripts import SCRIPTS, Script, malayalam, one_each

PACKAGE = Path(__file__).parents[2] / "ocrkit"
ROOM = PACKAGE / "text" / "scripts"


@pytest.mark.parametrize(("name", "spelled"), [("VIRAMA", "0d4d"), ("DOT_REPH", "0d4e")])
def test_a_sign_of_malayalam_is_defined_once(name: str, spelled: str) -> None:
    sign = chr(int(spelled, 16))
    alone = re.compile(rf"\\u{spelled}|[\"']{sign}[\"']", re.IGNORECASE)

    places = [path for path in PACKAGE.rglob("*.py") if alone.search(path.read_text("utf-8"))]

    assert places == [ROOM / "malayalam_letters.py"]
    assert getattr(malayalam, name) == sign


def test_the_consonants_of_malayalam_are_defined_once() -> None:
    # ക to ഹ and to the archaic ഺ, spelled as escapes or as letters in a pattern's brackets.
    ranges = re.compile(r"\\u0d15-|\[ക-")

    places = [path for path in PACKAGE.rglob("*.py") if ranges.search(path.read_text("utf-8"))]

    assert places == [ROOM / "malayalam_letters.py"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_knows_its_own_letters(script: Script) -> None:
    name = script.name.upper()
    consonants = [chr(p) for p in range(0x900, 0xE00) if re.match(f"[{script.consonants}]", chr(p))]

    assert len(consonants) >= 20
    assert all(unicodedata.name(letter).startswith(f"{name} ") for letter in consonants)
    assert [unicodedata.decimal(digit) for digit in script.digits] == list(range(10))
    assert all(re.match(f"[{script.characters}]", letter) for letter in (*consonants, *script.digits))


def test_what_joins_can_be_told_anew() -> None:
    loose = replace(malayalam.MALAYALAM, joiner="")

    known = one_each([*SCRIPTS, loose])

    assert len(known) == len(SCRIPTS)
    assert akshara_splitter(SCRIPTS)("ക്ഷ") == ["ക്ഷ"]
    assert akshara_splitter(known)("ക്ഷ") == ["ക്", "ഷ"]
    assert akshara_splitter([])("ക്ഷ a") == ["ക്", "ഷ", " ", "a"]
