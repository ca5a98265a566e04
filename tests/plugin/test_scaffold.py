"""``ocrkit plugins new``: what it writes works as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ocrkit
from ocrkit.errors import OptionError
from ocrkit.plugin.scaffold import write_plugin

SOURCES = Path(ocrkit.__file__).parents[1]


def files_of(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_a_new_plugin_passes_its_own_tests(tmp_path: Path) -> None:
    folder = write_plugin("old-tamil", tmp_path / "plugin")
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "passed" in run.stdout


@pytest.mark.parametrize("name", ["old-tamil", "ocrkit-old-tamil"])
def test_the_placeholder_is_renamed_everywhere(tmp_path: Path, name: str) -> None:
    written = files_of(write_plugin(name, tmp_path / "plugin"))

    project = tomllib.loads(written["pyproject.toml"])["project"]
    assert project["name"] == "ocrkit-old-tamil"
    assert project["entry-points"] == {"ocrkit": {"old-tamil": "ocrkit_old_tamil"}}
    assert "src/ocrkit_old_tamil/old-tamil.toml" in written
    assert not [path for path, text in written.items() if "example" in path + text]


def test_the_folder_is_named_after_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert write_plugin("runes") == Path("ocrkit-runes")
    assert (tmp_path / "ocrkit-runes" / "pyproject.toml").is_file()


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    assert (write_plugin("runes", tmp_path) / "Makefile").is_file()


@pytest.mark.parametrize(
    "name", ["", "Runes", "9lives", "old_tamil", "old--tamil", "-x", "x-", "../x", "രൂൺ", "ocrkit-"]
)
def test_a_name_that_could_not_be_a_distribution_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OptionError, match="expected lower-case letters, digits and single hyphens"):
        write_plugin(name, tmp_path / "plugin")


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(OptionError, match="is there already"):
        write_plugin("runes", tmp_path)
    assert files_of(tmp_path) == {"notes.txt": "mine"}


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(OptionError, match="cannot be written: Not a directory"):
        write_plugin("runes", tmp_path / "file" / "below")
