"""Running text out of sayings, a dictionary and plain texts."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from ocrkit.errors import DataError, MissingFileError
from ocrkit.text.prose import read_paragraphs

if TYPE_CHECKING:
    from pathlib import Path

    from command import RunOcrkit

DICTIONARY = """
00-database-url
   ftp://example.org/words

00-database-info
   Nothing that should be read.

Kettle \\Ket"tle\\ (k[e^]t"t'l), n. [OE. ketel; cf. F.
   chaudi[`e]re [not in use].]
   1. A metallic vessel, with a wide mouth, used for heating
      and boiling water, as {Tea kettle}.
      [1913 Example]

            There stands the caf['e] kettle on the hob.  --Smith.
      [1913 Example]

   2. A h[=o]le in the sand.
      [1913 Example]

Tea kettle \\Tea" ket`tle\\, n.
   A kettle in which water is boiled for making tea.
"""


def _read(tmp_path: Path, content: str) -> list[str]:
    (tmp_path / "source").write_text(content, encoding="utf-8")
    return list(read_paragraphs([tmp_path / "source"]))


def test_a_dictionary_gives_senses_and_quotations_without_what_is_about_the_word(tmp_path: Path) -> None:
    assert _read(tmp_path, DICTIONARY) == [
        "1. A metallic vessel, with a wide mouth, used for heating and boiling water, as Tea kettle.",
        "There stands the café kettle on the hob.",
        "A kettle in which water is boiled for making tea.",
    ]


def test_a_dictionary_of_dictd_is_packed_and_may_have_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "small.dict.dz", "wb") as file:
        file.write(
            DICTIONARY.encode() + b"\nSpoon \\Spoon\\, n.\n   A spoon\x92s long handle.\n\n   A ladle of some size.\n"
        )

    assert list(read_paragraphs([tmp_path / "small.dict.dz"]))[-1] == "A ladle of some size."


def test_sayings_are_parted_and_their_authors_stand_alone(tmp_path: Path) -> None:
    content = "All the world\nis a stage.\n\t\t-- Will Somebody, of Stratford\n%\nAnother  short saying.\n%\n"

    assert _read(tmp_path, content) == [
        "All the world is a stage.",
        "-- Will Somebody, of Stratford",
        "Another short saying.",
    ]


@pytest.mark.parametrize(
    "drawn",
    [
        "  _____  a cat\n /o o o\\ sits here\n//     \\\\ now",
        "one      two      three\nfour     five     six",
        "10 20 30 + 40 = 100 sum",
        "an over\bver struck word",
        "two words",
    ],
)
def test_pictures_tables_and_scraps_are_left_out(drawn: str, tmp_path: Path) -> None:
    assert _read(tmp_path, f"{drawn}\n%\nA whole short saying.\n%\n") == ["A whole short saying."]


def test_a_folder_of_sayings_is_read_without_indexes_and_links(tmp_path: Path) -> None:
    folder = tmp_path / "fortunes"
    folder.mkdir()
    (folder / "wise").write_text("The first wise saying.\n%\n", encoding="utf-8")
    (folder / "wise.dat").write_bytes(b"\x00\xff\x00")
    (folder / "wise.u8").symlink_to("wise")
    (folder / "apt").write_text("The most apt saying.\n%\nThe first wise saying.\n%\n", encoding="utf-8")

    assert list(read_paragraphs([folder])) == ["The most apt saying.", "The first wise saying."]


def test_plain_text_is_parted_by_blank_lines(tmp_path: Path) -> None:
    assert _read(tmp_path, "One line\nand another.\n\nA new paragraph.\n") == [
        "One line and another.",
        "A new paragraph.",
    ]


def test_what_is_not_there_and_what_is_damaged_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"some words of text\n" * 99)[:-9])

    with pytest.raises(MissingFileError, match=r"no file or folder .*gone"):
        list(read_paragraphs([tmp_path / "gone"]))
    with pytest.raises(DataError, match=r"cut\.gz: cannot be read"):
        list(read_paragraphs([tmp_path / "cut.gz"]))


def test_the_command_writes_one_paragraph_a_line(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    (tmp_path / "sayings").write_text("All the world\nis a stage.\n%\n", encoding="utf-8")

    ran = run_ocrkit("data", "text", str(tmp_path / "sayings"), "-o", str(tmp_path / "text.txt"))

    assert ran.out == f"{tmp_path / 'text.txt'}\n"
    assert (tmp_path / "text.txt").read_text("utf-8") == "All the world is a stage.\n"
    assert "1 paragraphs, 6 words" in ran.err


def test_the_command_replaces_nothing_unasked(tmp_path: Path, run_ocrkit: RunOcrkit) -> None:
    (tmp_path / "text.txt").write_text("mine\n", encoding="utf-8")

    ran = run_ocrkit("data", "text", str(tmp_path / "text.txt"), "-o", str(tmp_path / "text.txt"))

    assert ran.code == 1
    assert "--force" in ran.err
