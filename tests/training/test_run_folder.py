from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from ocrkit.errors import ConfigError, MissingFileError
from ocrkit.files import holding
from ocrkit.training.folder import abandon, check_free, check_resumable, claimed, held
from ocrkit.training.observer import StepReport
from ocrkit.training.run_writer import RunWriter
from ocrkit.training.settings import RunConfig


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def claim(output: str | None, charset: str) -> Path:
    with claimed(output, charset) as folder:
        return folder


def test_the_first_run_of_a_charset_is_number_one() -> None:
    assert claim(None, "malayalam") == Path("runs/malayalam-1")
    assert Path("runs/malayalam-1").is_dir()


def test_the_next_run_comes_after_the_last_whatever_was_removed() -> None:
    for name in ("malayalam-2", "malayalam-9", "malayalam-old", "malayalam+english-30", "english-50"):
        Path("runs", name).mkdir(parents=True)

    assert claim(None, "malayalam") == Path("runs/malayalam-10")


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("malayalam+english", "malayalam+english-1"),
        ("some/where/mine.toml", "mine-1"),
        ("ocrkit:english", "ocrkit_english-1"),
    ],
)
def test_the_folder_is_named_for_the_charset(charset: str, name: str) -> None:
    assert claim(None, charset).name == name


def test_a_named_folder_is_made_with_those_above_it() -> None:
    claim("a/b/c", "malayalam")

    assert Path("a/b/c").is_dir()


@pytest.mark.parametrize("output", [None, "new", "a/b/new", "."])
def test_a_folder_that_there_is_not_or_that_holds_other_things_is_free(output: str | None) -> None:
    Path("notes.txt").touch()

    check_free(output)


def test_a_folder_with_a_run_is_not_free() -> None:
    Path("run").mkdir()
    Path("run/config.toml").touch()

    with pytest.raises(ConfigError, match="holds a run already; `resume='run'` goes on with it, `output` names an"):
        check_free("run")


@pytest.mark.parametrize("name", ["model.safetensors", "last.safetensors", "log.jsonl", "samples.png"])
def test_a_folder_with_a_file_that_the_run_would_overwrite_is_not_free(name: str) -> None:
    Path(name).touch()

    with pytest.raises(ConfigError, match=rf"'\.' holds {name}, which a run would overwrite"):
        check_free(".")


@pytest.mark.parametrize("output", ["file", "file/run"])
def test_a_file_is_no_folder(output: str) -> None:
    Path("file").touch()

    with pytest.raises(ConfigError, match="file' is no folder; a run needs one of its own"):
        check_free(output)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_so() -> None:
    Path("locked").mkdir(mode=0o500)

    with pytest.raises(ConfigError, match="locked' cannot be written; name another with `output`"):
        check_free("locked/run")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_run_whose_folder_cannot_be_written_cannot_be_resumed() -> None:
    Path("run/state").mkdir(parents=True)
    for name in ("config.toml", "state/latest.safetensors"):
        Path("run", name).touch()
    Path("run").chmod(0o500)

    with pytest.raises(ConfigError, match="the folder 'run' cannot be written, so its run cannot go on"):
        check_resumable(Path("run"))


def test_a_folder_without_a_run_cannot_be_resumed() -> None:
    with pytest.raises(MissingFileError, match=r"'gone' holds no run to resume: there is no config.toml in it"):
        check_resumable(Path("gone"))


def test_a_folder_without_a_state_cannot_be_resumed() -> None:
    for name in ("config.toml", "model.safetensors"):
        Path(name).touch()

    with pytest.raises(MissingFileError, match=r"there is no state/latest.safetensors in it"):
        check_resumable(Path())


def test_a_folder_that_another_run_holds_is_refused_until_that_ends() -> None:
    with (
        claimed("run", "malayalam"),
        pytest.raises(ConfigError, match="another run is under way in 'run'; wait until it has ended, or name another"),
        claimed("run", "malayalam"),
    ):
        pass

    assert claim("run", "malayalam") == Path("run")


def test_a_folder_that_another_run_took_since_it_was_looked_at_is_refused() -> None:
    check_free("run")
    claim("run", "malayalam")
    Path("run/config.toml").touch()

    with pytest.raises(ConfigError, match="'run' holds a run already"), claimed("run", "malayalam"):
        pass


def test_what_a_killed_run_left_half_written_is_removed_and_nothing_else() -> None:
    Path("run/state").mkdir(parents=True)
    left = [".config.toml.new", ".model.safetensors.x1.new", "state/.latest.safetensors.ab"]
    kept = [".hidden", "config.toml", "state/latest.safetensors", ".config.tomlet"]
    for name in left + kept:
        Path("run", name).touch()

    with held(Path("run")):
        assert not [name for name in left if Path("run", name).exists()]
        assert all(Path("run", name).exists() for name in kept)


def test_a_run_that_was_killed_before_its_first_step_can_be_resumed() -> None:
    Path("config.toml").touch()

    check_resumable(Path())


def test_an_error_before_the_first_step_frees_the_folder() -> None:
    def begin() -> None:
        with claimed("run", "malayalam") as folder:
            (folder / "config.toml").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin()

    assert os.listdir("run") == []


def test_an_error_after_the_first_step_leaves_the_run() -> None:
    folder = Path("run")

    def begin() -> None:
        with claimed("run", "malayalam"):
            (folder / "state").mkdir()
            (folder / "state" / "latest.safetensors").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin()

    assert (folder / "state" / "latest.safetensors").exists()


def test_a_run_that_could_not_begin_leaves_its_folder_free() -> None:
    Path("run/state").mkdir(parents=True)
    for name in ("config.toml", "log.jsonl", "notes.txt"):
        Path("run", name).touch()

    abandon(Path("run"))

    check_free("run")
    assert [path.name for path in Path("run").iterdir()] == ["notes.txt"]


def test_a_held_folder_is_free_for_reading() -> None:
    Path("run").mkdir()

    with holding("run"):
        Path("run/model.safetensors").touch()
        assert Path("run/model.safetensors").is_file()


def test_steps_are_logged_now_and_then_and_each_that_was_left_out(tmp_path: Path) -> None:
    nobody: Any = None  # neither model, lines nor images are needed
    writer = RunWriter(tmp_path, RunConfig(), nobody, nobody, image_of=nobody, provenance={})

    for step in range(1, 121):
        writer.stepped(StepReport(step, 120, 0, 1, math.nan if step == 7 else 1.0, 0.1, 1.0, 4))

    logged = [json.loads(line) for line in writer.log_file.read_text("utf-8").splitlines()]
    assert [(line["step"], line["loss"]) for line in logged] == [(7, None), (50, 1.0), (100, 1.0)]
