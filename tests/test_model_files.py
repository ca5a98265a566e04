"""Which model is taken, with a name and without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import bars
import pytest

from ocrkit.errors import MissingFileError, UnknownNameError
from ocrkit.model_files import find_model, installed_models, models_folder
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "model.safetensors"
OTHER = Charset("other", ("", "x", "y"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an empty folder of installed models."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    models_folder().mkdir(parents=True)
    return tmp_path / "work"


def install(name: str, charset: Charset = bars.ABC) -> Path:
    path = models_folder() / f"{name}.safetensors"
    bars.reader(charset).save(path)
    return path


def run(folder: Path, name: str, *, age: float, charset: Charset = bars.ABC) -> Path:
    """A run's model that was written ``age`` seconds ago."""
    path = folder / "runs" / name / MODEL
    path.parent.mkdir(parents=True)
    bars.reader(charset).save(path)
    written = path.stat().st_mtime - age
    os.utime(path, (written, written))
    return path


def test_a_name_may_be_a_file(home: Path) -> None:
    bars.reader().save(home / "m.safetensors")

    found = find_model(str(home / "m.safetensors"))

    assert (found.path, found.why) == (home / "m.safetensors", "")


def test_a_name_may_be_the_folder_of_a_run(home: Path) -> None:
    path = run(home, "abc-1", age=0)

    assert find_model("runs/abc-1").path.resolve() == path


def test_a_name_may_be_that_of_an_installed_model() -> None:
    path = install("latin")

    assert installed_models() == {"latin": path}
    assert find_model("latin").path == path


def test_a_folder_without_a_model_says_so(home: Path) -> None:
    (home / "empty").mkdir()

    with pytest.raises(MissingFileError, match=r"the folder 'empty' holds no model\.safetensors"):
        find_model("empty")


@pytest.mark.parametrize("name", ["gone.safetensors", "runs/gone"])
def test_a_path_that_leads_nowhere_is_a_missing_file(name: str) -> None:
    with pytest.raises(MissingFileError, match=f"no model file '{name}'"):
        find_model(name)


def test_an_unknown_name_names_the_nearest() -> None:
    install("latin")

    with pytest.raises(UnknownNameError, match="no model 'latn'; did you mean 'latin'"):
        find_model("latn")


def test_a_name_where_nothing_is_installed_says_where_it_looked() -> None:
    with pytest.raises(UnknownNameError, match="no model file or folder 'latin', and no model is installed in"):
        find_model("latin")


def test_without_a_name_the_newest_run_is_taken(home: Path) -> None:
    run(home, "abc-1", age=100)
    newest = run(home, "abc-2", age=10)
    run(home, "abc-3", age=50)
    install("latin")

    found = find_model(None)

    assert (found.path.resolve(), found.why) == (newest, "the newest run")


def test_a_charset_takes_the_newest_run_that_reads_it(home: Path) -> None:
    fitting = run(home, "abc-1", age=100)
    run(home, "other-1", age=10, charset=OTHER)

    found = find_model(None, charset="abc")

    assert (found.path.resolve(), found.why) == (fitting, "the newest run for charset 'abc'")


def test_a_charset_that_no_run_reads_takes_the_installed_model_that_does(home: Path) -> None:
    run(home, "other-1", age=10, charset=OTHER)
    fitting = install("latin")

    assert find_model(None, charset="abc").path == fitting


def test_a_charset_that_nothing_reads_takes_the_newest_run_and_says_so(home: Path) -> None:
    path = run(home, "other-1", age=10, charset=OTHER)

    found = find_model(None, charset="abc")

    assert found.path.resolve() == path
    assert found.why == "the newest run, though none is for charset 'abc'"


def test_without_runs_the_only_installed_model_is_taken() -> None:
    path = install("latin")

    found = find_model(None)

    assert (found.path, found.why) == (path, "the installed model 'latin'")


def test_of_several_installed_models_the_charset_chooses() -> None:
    fitting = install("latin")
    install("other", OTHER)

    assert find_model(None, charset="abc").path == fitting


def test_a_union_is_chosen_by_what_it_begins_with() -> None:
    union = install("both", bars.ABC + OTHER)
    install("other", OTHER)

    assert find_model(None, charset="abc").path == union


def test_several_that_would_do_are_listed() -> None:
    install("one")
    install("two")

    with pytest.raises(UnknownNameError, match="several models are installed: one, two; say which with `model`"):
        find_model(None)


def test_a_damaged_installed_model_is_no_choice_for_a_charset() -> None:
    fitting = install("latin")
    install("damaged").write_bytes(b"nothing")

    assert find_model(None, charset="abc").path == fitting


def test_no_model_at_all_says_where_they_come_from() -> None:
    with pytest.raises(MissingFileError, match="no model: there is no run below 'runs' and none is installed in"):
        find_model(None)
