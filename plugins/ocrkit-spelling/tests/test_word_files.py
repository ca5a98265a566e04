from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from ocrkit_spelling.affixes import Affixes
from ocrkit_spelling.finding import find_lists
from ocrkit_spelling.reading import read_words

from ocrkit.errors import LexiconError, MissingFileError, OptionError
from ocrkit.plugin.charset_expression import resolve_charset

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit import Charset

AFFIXES = b"""SET UTF-8
TRY esi
PFX A Y 1
PFX A   0     re         .
SFX D Y 3
SFX D   0     d          e
SFX D   y     ied        [^aeiou]y
SFX D   0     ed         [^ey]
SFX N N 1
SFX N   e     ion        e
"""


@pytest.fixture(scope="module")
def english() -> Charset:
    return resolve_charset("english")


def test_flags_make_the_forms_of_a_word() -> None:
    forms = Affixes.parse(AFFIXES).forms(["create/ADN", "try/D", "walk/D", "sea", "  ", "play/D\tpo:verb"])

    assert forms == [
        *("create", "recreate", "created", "recreated", "creation"),
        *("try", "tried"),
        *("walk", "walked"),
        "sea",
        "play",
    ]


@pytest.mark.parametrize(
    ("condition", "fitting", "other"),
    [
        ("[b-d]", "crab", "arc"),  # a dash is one of the letters, and no range
        ("[z-a]", "idea", "lamp"),
        ("[^b-]", "arc", "crab"),
        ("[^]", "hat^", "hat"),
        ("[a[]", "idea", "arc"),
        ("[a", "on[a", "idea"),
        ("a.c+", "abc+", "abcc"),
    ],
)
def test_what_a_condition_has_beside_brackets_and_dots_means_itself(condition: str, fitting: str, other: str) -> None:
    affixes = Affixes.parse(f"SET UTF-8\nSFX S Y 1\nSFX S 0 s {condition}\n".encode())

    assert affixes.forms([f"{fitting}/S", f"{other}/S"]) == [fitting, f"{fitting}s", other]


@pytest.mark.parametrize(("kind", "line"), [("long", "walk/XxDd"), ("num", "walk/7,12")])
def test_flags_may_be_of_two_characters_or_numbers(kind: str, line: str) -> None:
    flag = {"long": "Dd", "num": "12"}[kind]
    content = f"FLAG {kind}\nSFX {flag} N 1\nSFX {flag} 0 ed .\n".encode()

    assert Affixes.parse(content).forms([line]) == ["walk", "walked"]


def test_a_dictionary_is_read_in_the_encoding_that_its_affixes_name(tmp_path: Path, english: Charset) -> None:
    (tmp_path / "xx.aff").write_bytes(b"SET ISO8859-1\nSFX S Y 1\nSFX S 0 s .\n")
    (tmp_path / "xx.dic").write_bytes("2\ncafé/S\nend\n".encode("latin-1"))

    assert set(read_words([tmp_path / "xx.dic"], english).words) == {"café", "cafés", "end"}


def test_a_dictionary_without_affixes_gives_its_stems(tmp_path: Path, english: Charset) -> None:
    (tmp_path / "xx.dic").write_text("2\none/AB\ntwo\n", "utf-8")

    assert set(read_words([tmp_path / "xx.dic"], english).words) == {"one", "two"}


def test_lists_with_counts_and_without_go_together(tmp_path: Path, english: Charset) -> None:
    (tmp_path / "a.tsv").write_text("one\t7\r\ntwo\t3\n", "utf-8")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"two\nthree\n"))

    words = read_words([tmp_path / "a.tsv", tmp_path / "b.txt.gz"], english)

    assert [(word, words.count(word)) for word in ("one", "two", "three")] == [("one", 7), ("two", 4), ("three", 1)]


def test_old_chillus_are_read_as_the_charset_spells_them(tmp_path: Path) -> None:
    (tmp_path / "ml.txt").write_text("അവന്\u200d\n", "utf-8")

    assert read_words([tmp_path / "ml.txt"], resolve_charset("malayalam")).words == ["അവൻ"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no word in .*expected one word a line"),
        (b"one\t3\ntwo\n", "2: 'two' has no count"),
        (b"one\tmany\n", "1: 'one.tmany' has no count"),
        (b"\xff\xfe", "not UTF-8 at byte 0"),
        (b"\x1f\x8b\x00", "a damaged gzip file"),
    ],
)
def test_what_is_no_word_list_is_refused(tmp_path: Path, english: Charset, content: bytes, complaint: str) -> None:
    (tmp_path / "list").write_bytes(content)

    with pytest.raises(LexiconError, match=complaint):
        read_words([tmp_path / "list"], english)


def test_a_missing_list_is_named(tmp_path: Path, english: Charset) -> None:
    with pytest.raises(MissingFileError, match=r"no word list .*nowhere"):
        read_words([tmp_path / "nowhere"], english)


def test_a_hunspell_dictionary_of_the_language_is_found_before_a_plain_list(tmp_path: Path) -> None:
    for name in ("en_ZA.dic", "en_US.dic", "enm.dic", "ml_IN.dic", "words", "ngerman"):
        (tmp_path / name).touch()
    there = {"dictionaries": [tmp_path / "nowhere", tmp_path], "plain_lists": tmp_path}

    assert find_lists(["ml", "en"], **there) == [tmp_path / "ml_IN.dic", tmp_path / "en_US.dic"]
    assert find_lists(["en-ZA"], **there) == [tmp_path / "en_ZA.dic"]
    assert find_lists(["de"], **there) == [tmp_path / "ngerman"]


def test_without_a_list_the_ways_out_are_named(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"no word list of 'ta'.*words=FILE.*ocrkit words.*hunspell-ta"):
        find_lists(["ta"], dictionaries=[tmp_path], plain_lists=tmp_path)
