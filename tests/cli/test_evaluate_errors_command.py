"""``ocrkit evaluate --errors``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from PIL import Image

if TYPE_CHECKING:
    from command import RunOcrkit


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, and four lines, in three of which another text stands than is drawn."""
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    bars.write(Path("lines"), {"1.png": "bb", "2.png": "cb", "3.png": "c", "4.png": "abc"})
    Path("lines/labels.tsv").write_text("1.png\taa\n2.png\tca\n3.png\tb\n4.png\tabc\n")
    return tmp_path


def test_the_commonest_errors_are_printed_with_a_line_that_shows_each(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--errors", "5")

    lines = ran.out.splitlines()
    assert lines[lines.index("errors (count, text, read, lines with it, such as)") + 1 :] == [
        "     3  a  b  2  lines/2.png",
        "     1  b  c  1  lines/3.png",
    ]


def test_as_many_are_shown_as_are_asked_for(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--errors", "1", "--json")

    assert json.loads(ran.out)["errors"] == [
        {
            "reference": "a",
            "read": "b",
            "count": 3,
            "lines": 2,
            "examples": [
                {"name": "lines/2.png", "text": "ca", "read": "cb"},
                {"name": "lines/1.png", "text": "aa", "read": "bb"},
            ],
        }
    ]


def test_a_sheet_shows_the_lines_of_each_error_and_the_worst(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--sheet", "first.png")
    run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--errors", "2", "--sheet", "errors.png")

    # Of a line that is wrong the picture is 4 px high, with two captions of 26 px and margins of 16; a heading takes 26
    # more. Two lines and one show the errors, below a heading each; two are the worst, below one.
    with Image.open("errors.png") as sheet, Image.open("first.png") as first:
        assert sheet.height == 5 * (4 + 2 * 26 + 16) + 3 * 26 + 8
        assert first.height == 3 * (4 + 2 * 26 + 16) + (4 + 26 + 16) + 8


def test_a_sheet_of_lines_without_errors_shows_the_first(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("lines/labels.tsv").write_text("4.png\tabc\n")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "lines", "--errors", "2", "--sheet", "errors.png")

    assert ran.code == 0
    assert "errors (" not in ran.out
    with Image.open("errors.png") as sheet:
        assert sheet.height == 4 + 26 + 16 + 8
