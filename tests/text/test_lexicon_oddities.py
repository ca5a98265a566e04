"""Lists that were made for other tools: what is read of them, and what is said."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from ocrkit.text.lexicon import read_lexicon
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.text.lexicon import LexiconFile

    Read = Callable[[str], tuple[LexiconFile, str]]

ENGLISH = shipped_charset("english")


@pytest.fixture
def read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Read:
    """The lexicon of a file with this content, and what was logged."""

    def read_file(content: str) -> tuple[LexiconFile, str]:
        (tmp_path / "list.txt").write_bytes(content.encode())
        with caplog.at_level(logging.WARNING, logger="ocrkit"):
            return read_lexicon(tmp_path / "list.txt", ENGLISH), caplog.text

    return read_file


@pytest.mark.parametrize(
    "content",
    [
        "3\nwalk/DGS\nknoll\nlake/S\n",
        "3\r\nwalk/DGS\r\nknoll/14,22\r\nlake/S po:noun is:sg\r\n",
        "4\nwalk/DGS\n\nknoll\tpo:noun\nlake\n",
    ],
)
def test_of_a_hunspell_dictionary_the_stems_are_read(read: Read, content: str) -> None:
    lexicon, said = read(content)

    assert lexicon.words == ("walk", "knoll", "lake")
    assert "a hunspell dictionary, of which the 3 stems are read" in said
    assert "'unmunch " in said


def test_a_stem_may_have_a_slash_of_its_own(read: Read) -> None:
    assert read("2\nkm\\/h/S\nwalk/DG\n")[0].words == ("km/h", "walk")


@pytest.mark.parametrize("content", ["1990\nkm/h\nm/s\n", "12\nwalk\nlake\n", "2\n10\n20\n", "2\nwalk\t3\nlake\t4\n"])
def test_a_number_in_the_first_line_alone_makes_no_hunspell_dictionary(read: Read, content: str) -> None:
    try:
        said = read(content)[1]
    except ValueError as error:  # counts for some words only
        said = str(error)

    assert "hunspell" not in said


@pytest.mark.parametrize(("parting", "named"), [(" ", "a space"), (",", "','"), (";", "';'"), (":", "':'")])
def test_counts_without_a_tab_are_told(read: Read, parting: str, named: str) -> None:
    lexicon, said = read(f"walk{parting}12\nlake{parting}3\n")

    assert lexicon.words == (f"walk{parting}12", f"lake{parting}3")
    assert f"its lines end in a number, and {named} parts it from the word, as in 'walk{parting}12'" in said
    assert "a count stands after its word, parted from it by a tab" in said


@pytest.mark.parametrize(
    ("content", "example"),
    [
        ("      12 walk\n       3 lake\n", "12 walk"),  # as uniq -c writes them
        ("word,count\nwalk,12\nlake,3\n", "walk,12"),
        ("walk 0.25\nlake 0.5\n", "walk 0.25"),
    ],
)
def test_counts_come_in_other_ways_too(read: Read, content: str, example: str) -> None:
    assert f"as in {example!r}, which is all read as the entry" in read(content)[1]


def test_a_long_line_is_no_trouble(read: Read) -> None:
    assert read("a b " * 20_000 + "\n")[1] != ""
    assert read("walk " + "a" * 50_000 + "\nlake\n")[0].words[1] == "lake"


def test_flags_without_a_count_of_lines_are_told(read: Read) -> None:
    assert "its lines end in '/' and flags, as in 'walk/DGS'" in read("walk/DGS\nlake/S\n")[1]


def test_several_words_in_one_line_are_told(read: Read) -> None:
    assert "its one line holds several words, which are one entry" in read("walk, lake, knoll, birch\n")[1]


@pytest.mark.parametrize(
    "content",
    [
        "walk\nlake\n",
        "\ufeffwalk\r\nlake\r\n",
        "walk\t12\nlake\t3\n",
        "Chapter 12\nlake\nknoll\n",
        "and/or\n",
        "New York\n",
    ],
)
def test_a_list_of_words_is_read_in_silence(read: Read, content: str) -> None:
    assert read(content)[1] == ""
