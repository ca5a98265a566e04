from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ocrkit.cli.listing import print_json, print_table

if TYPE_CHECKING:
    import pytest


def test_columns_line_up_and_nothing_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "summary"), [("a", "x" * 500), ("longer", "y")])

    assert capsys.readouterr().out == f"NAME    SUMMARY\na       {'x' * 500}\nlonger  y\n"


def test_a_row_is_one_line_whatever_its_cells_hold(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "summary"), [("a", "first\n second\tthird")])

    assert capsys.readouterr().out.splitlines()[1] == "a     first second third"


def test_no_row_leaves_the_header(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "summary"), [])

    assert capsys.readouterr().out == "NAME  SUMMARY\n"


def test_a_terminal_gets_the_same_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    print_table(("name", "summary"), [("a", "[bold] is not markup")])

    assert "[bold] is not markup" in capsys.readouterr().out


def test_json_keeps_scripts_readable(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": "മലയാളം"})

    printed = capsys.readouterr().out
    assert "മലയാളം" in printed
    assert json.loads(printed) == {"text": "മലയാളം"}
