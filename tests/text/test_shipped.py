from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrkit
from ocrkit.errors import UnencodableText, UnknownNameError
from ocrkit.plugin.builtin.charsets import ocrkit_charsets
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import SHIPPED_CHARSETS, shipped_charset

VIRAMA, ZWJ, ZWNJ = "\u0d4d", "\u200d", "\u200c"


def span(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


# The alphabets of the older recognisers, in their order, and what goes on behind them.
MALAYALAM_BASIC = "ംഃഅആഇഈഉഊഋഌഎഏഐഒഓഔകഖഗഘങചഛജഝഞടഠഡഢണതഥദധനഩപഫബഭമയരറലളഴവശഷസഹാിീുൂൃെേൈൊോൌ്ൎൗൺൻർൽൾ.,"
ASCII_BASIC = "-+=!@#$%^&*(){}[]|'\"\\/?<>;:0123456789"
ENGLISH_BASIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MALAYALAM_MORE = (
    " \u0d7f\u0d3d\u0d44" + span(0xD60, 0xD63) + span(0xD66, 0xD6F) + span(0xD3A, 0xD3C) + span(0xD54, 0xD56) + ZWNJ
) + "0123456789!?:;-()/'\"‘’“”–—…"
ENGLISH_MORE = " 0123456789.,;:!?'\"()[]-/&*%$#@+=_‘’“”–—…£§°éÉ"
ASCII_MORE = "".join(c for c in map(chr, range(0x20, 0x7F)) if not c.isalpha() and c not in ASCII_BASIC)

EXPECTED = {
    "malayalam-basic": MALAYALAM_BASIC,
    "ascii-basic": ASCII_BASIC,
    "english-basic": ENGLISH_BASIC,
    "malayalam": MALAYALAM_BASIC + MALAYALAM_MORE,
    "ascii": ASCII_BASIC + ASCII_MORE,
    "english": ENGLISH_BASIC + ENGLISH_MORE,
    "georgian": span(0x10D0, 0x10F0) + " .,?!:;-–()„“0123456789",
}
# Models hold labels, not names: a label list that is out in the world may grow at its end, and never change before.
PINNED = {
    "malayalam-basic": (76, "3891b7d24a7dc335dbe6da15bc47e030313cd9ebf315752b635ff0a760d785a7"),
    "ascii-basic": (38, "0178cc3e1d7277969a9c8780b1a834f76701370969804ee375dfedc03813f3be"),
    "english-basic": (53, "8ba5f0c306053692ab538a2a610ce438c5f364ebecce8b1c42a3948da858fc53"),
    "malayalam": (128, "446aaab8faec268c4f6fe87b98b58c05333e418f746d67eb5ed99b3400a53cba"),
    "ascii": (44, "7c7fcafc67b1294e18ca6f5f1fb420e5217530efefb2fcb632e59f068d18b7e5"),
    "georgian": (57, "c428cdd8574d9b02e3af90ffc897a31522a7a9e4b56b4a22d8b1e3e0d3f63f03"),
    "english": (99, "188a1e7cc23a0119042cdcb3034bcf5586fed1095318949f3eae7c4848f9e632"),
}
MALAYALAM = shipped_charset("malayalam")
BASIC = shipped_charset("malayalam-basic")


@pytest.mark.parametrize("name", SHIPPED_CHARSETS)
def test_the_labels_are_the_alphabet_in_its_order(name: str) -> None:
    assert "".join(shipped_charset(name).symbols) == EXPECTED[name]


@pytest.mark.parametrize("name", SHIPPED_CHARSETS)
def test_the_label_list_is_pinned(name: str) -> None:
    charset = shipped_charset(name)

    assert (len(charset), charset.fingerprint) == PINNED[name]
    assert (
        charset.fingerprint == hashlib.sha256("".join("\n" + symbol for symbol in EXPECTED[name]).encode()).hexdigest()
    )


@pytest.mark.parametrize("name", ["malayalam", "ascii", "english"])
def test_a_charset_begins_with_its_basic_alphabet(name: str) -> None:
    basic = shipped_charset(f"{name}-basic")

    assert shipped_charset(name).symbols[: len(basic)] == basic.symbols


@pytest.mark.parametrize(("name", "expected"), [(name, not name.endswith("basic")) for name in SHIPPED_CHARSETS])
def test_only_the_full_charsets_have_a_space(name: str, expected: bool) -> None:
    assert shipped_charset(name).has_space is expected


def test_the_plugin_hook_yields_all_of_them() -> None:
    assert tuple(charset.name for charset in ocrkit_charsets()) == SHIPPED_CHARSETS


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no charset 'malyalam'; did you mean 'malayalam'"):
        shipped_charset("malyalam")


# The Unicode Standard 12.9, table of atomic encodings of chillus.
CHILLUS = [("ണ", "ൺ"), ("ന", "ൻ"), ("ര", "ർ"), ("ല", "ൽ"), ("ള", "ൾ"), ("ക", "ൿ")]
RARE_CHILLUS = [("മ", "\u0d54"), ("യ", "\u0d55"), ("ഴ", "\u0d56")]


@pytest.mark.parametrize(("consonant", "chillu"), CHILLUS + RARE_CHILLUS)
def test_a_legacy_chillu_encodes_like_the_atomic_one(consonant: str, chillu: str) -> None:
    assert MALAYALAM.encode("അവ" + consonant + VIRAMA + ZWJ) == MALAYALAM.encode("അവ" + chillu)


@pytest.mark.parametrize(("consonant", "chillu"), CHILLUS[:5])
def test_the_basic_alphabet_knows_five_chillus_in_either_spelling(consonant: str, chillu: str) -> None:
    assert BASIC.encode(consonant + VIRAMA + ZWJ) == BASIC.encode(chillu)


@pytest.mark.parametrize("spelling", ["ൿ", "ക" + VIRAMA + ZWJ])
def test_a_chillu_without_a_label_is_named_in_either_spelling(spelling: str) -> None:
    with pytest.raises(UnencodableText, match=r"U\+0D7F MALAYALAM LETTER CHILLU K"):
        BASIC.encode(spelling)


@pytest.mark.parametrize(("consonant", "chillu"), RARE_CHILLUS)
def test_the_basic_alphabet_keeps_a_rare_chillu_as_consonant_and_virama(consonant: str, chillu: str) -> None:
    assert BASIC.decode(BASIC.encode(consonant + VIRAMA + ZWJ)) == consonant + VIRAMA


@pytest.mark.parametrize(
    ("decomposed", "composed"),
    [("\u0d46\u0d3e", "\u0d4a"), ("\u0d47\u0d3e", "\u0d4b"), ("\u0d46\u0d57", "\u0d4c"), ("െ" + ZWJ + "ാ", "ൊ")],
)
def test_two_part_vowel_signs_encode_like_the_whole_ones(decomposed: str, composed: str) -> None:
    assert MALAYALAM.encode("ക" + decomposed) == MALAYALAM.encode("ക" + composed)


def test_a_zwnj_that_keeps_a_conjunct_apart_stays() -> None:
    assert MALAYALAM.normalize("തമിഴ്" + ZWNJ + "നാട്") == "തമിഴ്" + ZWNJ + "നാട്"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ZWNJ + "ക", "ക"),
        ("ക" + VIRAMA + ZWNJ, "ക" + VIRAMA),
        ("ക" + VIRAMA + ZWNJ + " ക", "ക" + VIRAMA + " ക"),
        ("ക" + VIRAMA + ZWNJ + "അ", "ക" + VIRAMA + "അ"),
        ("ക" + ZWNJ + "ക", "കക"),
        ("ൻ" + ZWNJ + "റ", "ൻറ"),
        ("ന" + VIRAMA + ZWJ + ZWNJ + "റ", "ൻറ"),
        ("ക" + VIRAMA + ZWNJ + ZWNJ + "ക", "ക" + VIRAMA + ZWNJ + "ക"),
        ("ക" + VIRAMA + ZWNJ + ZWJ + "ക", "ക" + VIRAMA + ZWNJ + "ക"),
    ],
)
def test_a_zwnj_that_changes_nothing_is_dropped(text: str, expected: str) -> None:
    assert MALAYALAM.normalize(text) == expected


@pytest.mark.parametrize("text", [ZWJ, "ക" + ZWJ + VIRAMA + "ഷ", "ത" + VIRAMA + ZWJ + "ത", "a" + ZWJ])
def test_every_other_zwj_is_dropped(text: str) -> None:
    assert MALAYALAM.normalize(text) == text.replace(ZWJ, "")


@given(st.text("".join(MALAYALAM.symbols) + ZWJ))
def test_whatever_is_written_with_the_malayalam_labels_can_be_encoded(text: str) -> None:
    assert MALAYALAM.decode(MALAYALAM.encode(text)) == MALAYALAM.normalize(text)


def test_the_three_charsets_go_together_and_keep_the_first_labels() -> None:
    union = MALAYALAM + shipped_charset("english") + shipped_charset("ascii")

    assert union.name == "malayalam+english+ascii"
    assert union.symbols[: len(MALAYALAM)] == MALAYALAM.symbols
    assert set(union.symbols[1:]) == set(EXPECTED["malayalam"] + EXPECTED["english"] + EXPECTED["ascii"])


@pytest.mark.parametrize("place", ["charsets", "ocrkit/charsets"], ids=["source tree", "installed"])
def test_the_files_are_found_beside_the_package_and_in_it(tmp_path: Path, place: str) -> None:
    package = Path(ocrkit.__file__).parent
    for part in ("__init__.py", "errors.py", "text"):
        copied = package / part
        (tmp_path / "ocrkit").mkdir(exist_ok=True)
        (shutil.copytree if copied.is_dir() else shutil.copy)(copied, tmp_path / "ocrkit" / part)
    (tmp_path / place).mkdir()
    (tmp_path / place / "english.toml").touch()

    # -S leaves out an installed ocrkit, whose import hook would come first.
    code = "from ocrkit.text.shipped_files import *; print(shipped_file('english'))"
    found = subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert Path(found.stdout.strip()).resolve() == (tmp_path / place / "english.toml").resolve()


def test_a_charset_can_be_included_by_name_from_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nscript = "Mlym"\nlanguages = ["ml"]\nincludes = ["malayalam"]\n')

    assert Charset.read(path).symbols == MALAYALAM.symbols
