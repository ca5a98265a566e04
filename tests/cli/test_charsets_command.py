"""``ocrkit charsets``."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ocrkit.cli.app import app
from ocrkit.plugin.registry import default_registry, load_registry
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    default_registry.cache_clear()
    yield
    default_registry.cache_clear()


def charsets(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner(env={"OCRKIT_PLUGINS": "none"}).invoke(app, ["charsets", *arguments], input=given)


def test_the_list_has_every_charset() -> None:
    lines = charsets("list").stdout.splitlines()

    assert lines[0].split() == ["NAME", "LABELS", "SCRIPT", "LANGUAGES", "DISTRIBUTION", "VERSION"]
    assert [line.split()[0] for line in lines[1:]] == [offer.name for offer in load_registry("none").charsets()]


def test_the_list_is_also_json() -> None:
    told = {record["name"]: record for record in json.loads(charsets("list", "--json").stdout)}

    assert told["malayalam"]["script"] == "Mlym"
    assert told["malayalam"]["labels"] == len(load_registry("none").charset("malayalam"))


def test_show_prints_a_line_for_each_label() -> None:
    lines = charsets("show", "english-basic").stdout.splitlines()

    labels = len(load_registry("none").charset("english-basic"))
    assert len(lines) == labels + 2
    assert lines[0].startswith(f"english-basic: {labels} labels, Latn, en, ltr, NFC")
    assert "the blank" in lines[2]


def test_show_as_json_gives_the_charset_back() -> None:
    told = json.loads(charsets("show", "malayalam+english", "--json").stdout)

    registry = load_registry("none")
    assert Charset.from_dict(told) == registry.charset("malayalam") + registry.charset("english")


def test_a_text_that_can_be_spelled_passes(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeffcat\r\ndog\r\n".encode())

    shown = charsets("check", "english-basic", str(path))

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "spells all 2 lines" in shown.stderr


def test_what_cannot_be_spelled_is_counted_by_code_point(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("cat\nദദ dog\n€ദ\n", encoding="utf-8")

    shown = charsets("check", "english", str(path))

    rows = [line.split() for line in shown.stdout.splitlines()]
    assert shown.exit_code == 1
    assert rows[1:] == [
        ["3", "U+0D26", "ദ", "MALAYALAM", "LETTER", "DA", "2"],
        ["1", "U+20AC", "€", "EURO", "SIGN", "3"],
    ]
    assert "cannot spell 2 of 3 lines" in shown.stderr


def test_what_has_no_ink_is_named_and_is_no_fault() -> None:
    shown = charsets("check", "english", "-", given="a\xa0b\nc\u2060\u2060\n".encode())

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert shown.stderr.splitlines() == [
        r"read as a space: '\xa0' (U+00A0 NO-BREAK SPACE) 1x; "
        r"dropped, as nothing is seen of them: '\u2060' (U+2060 WORD JOINER) 2x",
        "charset 'english' spells all 2 lines",
    ]


def test_a_text_may_be_packed(tmp_path: Path) -> None:
    whole, cut = tmp_path / "text.gz", tmp_path / "cut.gz"
    whole.write_bytes(gzip.compress("abc é\n".encode()))
    cut.write_bytes(whole.read_bytes()[:-9])

    assert charsets("check", "english", str(whole)).exit_code == 0
    assert "cut.gz: a damaged gzip file" in charsets("check", "english", str(cut)).stderr


def test_a_text_comes_from_standard_input_too() -> None:
    assert charsets("check", "english", "-", given=b"cat\n").exit_code == 0


def test_an_empty_text_has_no_lines() -> None:
    assert "all 0 lines" in charsets("check", "english", "-", given=b"").stderr


def test_bytes_that_are_no_text_are_an_error_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"cat\n\xff\xfe\n")

    shown = charsets("check", "english", str(path))

    assert shown.exit_code == 1
    assert f"error: {path}:2: not UTF-8" in shown.stderr


@pytest.mark.parametrize(("path", "complaint"), [("missing.txt", "no file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, path: str, complaint: str) -> None:
    shown = charsets("check", "english", str(tmp_path / path))

    assert shown.exit_code == 1
    assert complaint in shown.stderr


def test_from_data_needs_data() -> None:
    shown = charsets("show", "from-data")

    assert shown.exit_code == 1
    assert "name a charset" in shown.stderr
