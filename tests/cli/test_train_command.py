"""``ocrkit train``: what its flags come to, how it ends, how it goes on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest

import ocrkit
from ocrkit.model import Model

if TYPE_CHECKING:
    from command import RunOcrkit

WORDS = ("ab", "ca", "b", "cab", "bc", "acb", "c", "ba", "abc", "bb")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: 20 lines in ``lines``, 10 in ``other``, and ``tiny.toml``."""
    monkeypatch.chdir(tmp_path)
    bars.write(Path("lines"), {f"{n}.png": WORDS[n % 10] for n in range(20)})
    bars.write(Path("other"), {f"{n}.png": WORDS[n] for n in range(10)})
    Path("tiny.toml").write_text(bars.TINY)
    return tmp_path


def config_of(run: str) -> dict[str, dict[str, object]]:
    return tomllib.loads(Path(run, "config.toml").read_text("utf-8"))


def test_the_model_is_named_on_stdout_and_talk_is_on_stderr(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml")

    assert (ran.code, ran.out) == (0, "runs/from-data-1/model.safetensors\n")
    assert "epoch 1: loss" in ran.err
    assert "all epochs done after 1 steps; validation CER" in ran.err
    assert Model.load("runs/from-data-1/model.safetensors").charset.symbols == ("", "a", "b", "c")


def test_a_second_run_has_a_folder_of_its_own(place: Path, run_ocrkit: RunOcrkit) -> None:
    first = run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml")
    second = run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml")

    assert [ran.out.split("/")[1] for ran in (first, second)] == ["from-data-1", "from-data-2"]


def test_flags_win_over_settings_and_these_over_files(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("mine.toml").write_text(bars.TINY + "batch_size = 3\nlag = 7\nclip = 1.5\n")

    ran = run_ocrkit(
        *("train", "lines", "-c", "from-data", "--config", "mine.toml", "-o", "run"),
        *("--set", "training.lag=5", "--set", "training.batch_size=4", "-B", "5", "--seed", "9", "-q", "fixed"),
    )

    training = config_of("run")["training"]
    assert ran.code == 0
    assert (training["batch_size"], training["lag"], training["clip"]) == (5, 5, 1.5)
    assert (training["seed"], training["quit"]) == (9, "fixed")


def test_data_and_more_training_data_add_up(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit(
        *("train", "lines", "-t", "other", "-e", "other", "-c", "from-data", "--config", "tiny.toml", "-o", "run")
    )

    start = json.loads(Path("run/log.jsonl").read_text().splitlines()[0])
    assert ran.code == 0
    assert (start["training"], start["validation"]) == (30, 10)


def test_a_recipe_is_the_ground_that_flags_are_laid_on(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit(
        *("train", "lines", "--recipe", "captcha", "--config", "tiny.toml", "-N", "1", "-o", "run"),
        *("--set", "backbone.options.kernels=[3]", "--set", "preprocessing.width=40"),
    )

    assert ran.code == 0, ran.err
    assert config_of("run")["preprocessing"]["fit"] == "stretch"
    assert config_of("run")["training"]["schedule"] == "one-cycle"


def test_a_folder_with_a_run_is_not_trained_over(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", "-o", "run")

    ran = run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", "-o", "run")

    assert ran.code == 1
    assert "'run' holds a run already; --resume run goes on with it, --output names another" in ran.err


def test_a_run_goes_on_with_more_epochs(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", "-o", "run")

    ran = run_ocrkit("train", "--resume", "run", "-N", "3")

    assert (ran.code, ran.out) == (0, "run/model.safetensors\n")
    assert "epoch 1:" not in ran.err
    assert "epoch 3:" in ran.err


def test_a_model_of_another_charset_is_loaded_only_as_told(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", "-o", "run")
    bars.write(Path("more"), {f"{n}.png": "cba" for n in range(10)})
    table = Path("more/labels.tsv")
    table.write_text(table.read_text().replace("cba", "cbd"))
    again = ("train", "more", "-c", "from-data", "--config", "tiny.toml", "-i", "run")

    failed = run_ocrkit(*again, "-o", "second")
    union = run_ocrkit(*again, "--resize", "union", "-o", "third")

    assert failed.code == 1
    assert "--resize union keeps" in failed.err
    assert union.code == 0
    assert Model.load("third/model.safetensors").charset.symbols == ("", "a", "b", "c", "d")


def test_without_a_charset_a_loaded_model_keeps_its_own(place: Path, run_ocrkit: RunOcrkit) -> None:
    run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", "-o", "first")

    ran = run_ocrkit("train", "lines", "-i", "first", "--config", "tiny.toml")

    assert ran.code == 0, ran.err
    assert ran.out == "runs/from-data-1/model.safetensors\n"
    assert Model.load("runs/from-data-1/model.safetensors").charset == Model.load("first/model.safetensors").charset


@pytest.mark.usefixtures("no_plugins")
def test_an_unknown_model_to_load_is_named(place: Path, run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(place))

    ran = run_ocrkit("train", "lines", "-c", "from-data", "-i", "latin")

    assert ran.code == 1
    assert ran.err.startswith("error: no model file or folder 'latin'")


def test_labels_that_cannot_be_spelled_are_left_out_on_request(place: Path, run_ocrkit: RunOcrkit) -> None:
    table = Path("lines/labels.tsv")
    table.write_text(table.read_text().replace("2.png\tb\n", "2.png\tω\n"))

    ran = run_ocrkit(
        *("train", "lines", "-e", "other", "-c", "english-basic", "--config", "tiny.toml", "--unencodable", "skip")
    )

    assert ran.code == 0, ran.err
    assert any("left out" in line and "ω" in line for line in ran.err.splitlines())


def test_bad_images_are_named_and_left_out(place: Path, run_ocrkit: RunOcrkit) -> None:
    Path("lines/7.png").write_text("no image")

    ran = run_ocrkit(*("train", "lines", "-e", "other", "-c", "from-data", "--config", "tiny.toml", "--max-bad", "0.1"))

    assert ran.code == 0
    assert "7.png: it holds text, not an image" in ran.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_usable_models_and_the_way_to_go_on(place: Path, number: signal.Signals, code: int) -> None:
    command = ["train", "lines", "-e", "other", "-c", "from-data", "--config", "tiny.toml", "-N", "100000", "-o", "run"]
    with subprocess.Popen(
        [sys.executable, "-m", "ocrkit", *command, "-q", "fixed"],
        env={**os.environ, "PYTHONPATH": str(Path(ocrkit.__file__).parents[1]), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        next(line for line in running.stderr if line.startswith("epoch 1:"))
        running.send_signal(number)
        said = running.stderr.read()
        printed = running.stdout.read()

    assert running.returncode == code
    assert printed == "run/model.safetensors\n"
    assert said.splitlines()[-1] == "ocrkit train --resume run goes on"
    assert "; the last weights: run/last.safetensors\n" in said
    assert "Traceback" not in said
    assert Model.load("run/last.safetensors").charset.symbols == ("", "a", "b", "c")
    assert Model.load("run/model.safetensors").charset.symbols == ("", "a", "b", "c")


def test_several_validation_sets_are_told_by_name(place: Path, run_ocrkit: RunOcrkit) -> None:
    sets = ("-e", "some=other", "-e", "lines", "--judge", "lines")

    ran = run_ocrkit("train", "lines", "-c", "from-data", "--config", "tiny.toml", *sets, "-o", "run")

    figures = r"\d\.\d{3}, CER \d\.\d{4}, exact \d\.\d{4}"
    assert "note: validated on some (10 lines), lines (20 lines); the best model is the one that reads lines" in ran.err
    assert re.search(rf"epoch 1: loss .*, some {figures}; lines {figures}, .* \(best by lines\)", ran.err)
    assert re.search(r"; best by lines: some CER \d.*; lines CER \d", ran.err)
    assert config_of("run")["data"]["evaluation"] == ["some=other", "lines"]


def test_a_judge_that_is_no_set_offers_the_nearest(place: Path, run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("train", "lines", "-c", "from-data", "-e", "some=other", "--judge", "soem")

    assert ran.code == 1
    assert "no validation set 'soem'; did you mean 'some'? known: some; --evaluation-data names sets" in ran.err
