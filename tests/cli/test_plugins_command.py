"""``ocrkit plugins``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import ocrkit
from ocrkit.cli.app import app
from ocrkit.plugin.registry import default_registry

Distribute = Callable[..., Path]

RUNES = """
    @hookimpl
    def ocrkit_charsets():
        yield Charset("runes", ("", "a", "b"), script="Runr")
"""
LONG = "RuntimeError: " + " ".join(f"reason-{number}" for number in range(80))


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    default_registry.cache_clear()
    yield
    default_registry.cache_clear()


def plugins(*arguments: str, only: str) -> Result:
    return CliRunner(env={"OCRKIT_PLUGINS": only}).invoke(app, ["plugins", *arguments])


def test_the_list_has_a_line_for_every_name(distribute: Distribute) -> None:
    distribute("ocrkit-runes", RUNES, version="0.3")

    lines = plugins("list", only="ocrkit-runes").stdout.splitlines()

    rows = [line.split(maxsplit=4) for line in lines]
    assert rows[0] == ["KIND", "NAME", "DISTRIBUTION", "VERSION", "SUMMARY"]
    assert ["charset", "runes", "ocrkit-runes", "0.3", "Runr, und; 3 labels"] in rows
    assert ["decoder", "greedy", "ocrkit", ocrkit.__version__] in [row[:4] for row in rows]


def test_the_list_has_a_line_for_every_failure_with_its_whole_reason(distribute: Distribute) -> None:
    distribute("ocrkit-bad", f"raise RuntimeError({LONG.removeprefix('RuntimeError: ')!r})", version="0.2")

    shown = plugins("list", only="ocrkit-bad")

    (line,) = (line for line in shown.stdout.splitlines() if line.startswith("broken"))
    assert shown.exit_code == 0
    assert line.split(maxsplit=4) == ["broken", "import", "ocrkit-bad", "0.2", LONG]


def test_a_reason_of_several_lines_takes_one(distribute: Distribute) -> None:
    distribute("ocrkit-bad", "raise RuntimeError('first\\nsecond')")

    assert "RuntimeError: first second\n" in plugins("list", only="ocrkit-bad").stdout


def test_the_list_is_also_json(distribute: Distribute) -> None:
    distribute("ocrkit-runes", RUNES, version="0.3")
    distribute("ocrkit-bad", "1 / 0", version="0.2")

    told = json.loads(plugins("list", "--json", only="ocrkit-runes,ocrkit-bad").stdout)

    assert {
        "kind": "charset",
        "name": "runes",
        "distribution": "ocrkit-runes",
        "version": "0.3",
        "summary": "Runr, und; 3 labels",
    } in told["offers"]
    assert told["broken"] == [
        {
            "distribution": "ocrkit-bad",
            "version": "0.2",
            "where": "import",
            "reason": "ZeroDivisionError: division by zero",
        }
    ]


@pytest.mark.parametrize("name", ["ocrkit-runes", "Ocrkit_Runes"])
def test_a_plugin_that_keeps_its_contract_passes_the_check(distribute: Distribute, name: str) -> None:
    distribute("ocrkit-runes", RUNES)

    shown = plugins("check", name, only="ocrkit-runes")

    assert shown.exit_code == 0
    assert shown.stdout == "ok      charset runes\n"


def test_what_fails_its_check_is_told(distribute: Distribute) -> None:
    distribute(
        "ocrkit-table",
        """
        @hookimpl
        def ocrkit_renderers():
            yield RendererSpec("table", "A table.", "txt", lambda predictions: iter(()))
        """,
    )

    shown = plugins("check", "ocrkit-table", only="ocrkit-table")

    assert shown.exit_code == 1
    assert shown.stdout.startswith("failed  renderer table: renderer 'table' has the suffix 'txt'")


def test_a_broken_plugin_fails_its_check(distribute: Distribute) -> None:
    distribute("ocrkit-bad", "1 / 0")

    shown = plugins("check", "ocrkit-bad", only="ocrkit-bad")

    assert shown.exit_code == 1
    assert shown.stdout == "failed  import: ZeroDivisionError: division by zero\n"


def test_checking_a_plugin_that_is_not_there_offers_the_nearest(distribute: Distribute) -> None:
    distribute("ocrkit-runes", RUNES)

    shown = plugins("check", "ocrkit-runs", only="ocrkit-runes")

    assert shown.exit_code == 1
    assert "error: no plugin 'ocrkit-runs'; did you mean 'ocrkit-runes'?" in shown.stderr


def test_new_prints_the_folder_that_it_wrote(tmp_path: Path) -> None:
    shown = plugins("new", "runes", "-o", str(tmp_path / "mine"), only="none")

    assert shown.exit_code == 0
    assert shown.stdout == f"{tmp_path / 'mine'}\n"
    assert (tmp_path / "mine" / "src" / "ocrkit_runes" / "__init__.py").is_file()


def test_new_refuses_a_name_that_cannot_be_one() -> None:
    shown = plugins("new", "Old Runes", only="none")

    assert shown.exit_code == 1
    assert "error: plugin name 'Old Runes'; expected" in shown.stderr
