"""Runs that meet each other, a full disk, or what a killed run left."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from watching import Watching, log_of

from ocrkit.errors import CheckpointError, ConfigError, WorkerLostError
from ocrkit.files import holding
from ocrkit.model import Model
from ocrkit.training import EpochReport, RunConfig, StepReport, resume, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]

ONE_EPOCH = {"epochs": 1}


class Filling(Watching):
    """Lets the disk be full after a step."""

    def __init__(self, step: int, fill: Callable[[], None]) -> None:
        super().__init__()
        self._step, self._fill = step, fill

    def stepped(self, report: StepReport) -> None:
        super().stepped(report)
        if report.step == self._step:
            self._fill()


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_second_run_in_a_folder_is_refused(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    with holding(tmp_path), pytest.raises(ConfigError, match="another run is under way in"):
        train(make_config(training=ONE_EPOCH), output=tmp_path, registry=registry)

    assert names(tmp_path) == []


def test_a_second_resume_of_a_run_is_refused_and_harms_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    refused = []

    class Resuming(Watching):
        def stepped(self, report: StepReport) -> None:
            super().stepped(report)
            with pytest.raises(ConfigError, match="another run is under way in") as raised:
                resume(tmp_path, registry=registry)
            refused.append(raised)

    outcome = train(make_config(training=ONE_EPOCH), output=tmp_path, observer=Resuming(), registry=registry)

    assert len(refused) == outcome.steps
    assert outcome.reason == "epochs"


def test_a_run_that_has_no_room_to_begin_leaves_the_folder_free(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, largest_file: Callable[[int], None]
) -> None:
    largest_file(8192)
    with pytest.raises(CheckpointError, match=r"latest.safetensors: cannot be written: File too large$"):
        train(make_config(training=ONE_EPOCH), output=tmp_path, registry=registry)

    assert names(tmp_path) == []


def test_a_run_whose_configuration_has_no_room_says_so(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, largest_file: Callable[[int], None]
) -> None:
    largest_file(64)
    with pytest.raises(ConfigError, match=r"config.toml: cannot be written: File too large$"):
        train(make_config(training=ONE_EPOCH), output=tmp_path, registry=registry)

    assert names(tmp_path) == []


def test_a_disk_that_fills_up_ends_the_run_with_the_reason_and_a_way_on(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, largest_file: Callable[[int], None]
) -> None:
    observer = Filling(4, lambda: largest_file(8192))  # the last step of the first epoch

    with pytest.raises(
        CheckpointError, match=r"cannot be written: File too large; once it can be, `resume=.*` goes on$"
    ):
        train(make_config(), output=tmp_path, observer=observer, registry=registry)
    largest_file(1 << 30)
    resumed = resume(tmp_path, registry=registry)

    assert not [name for name in names(tmp_path) if os.path.basename(name).startswith(".")]
    assert resumed.reason == "epochs"


def test_a_log_that_has_no_room_ends_the_run_with_the_reason(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, largest_file: Callable[[int], None]
) -> None:
    observer = Filling(4, lambda: largest_file(100_000))
    config = make_config(training=ONE_EPOCH)
    log = tmp_path / "run" / "log.jsonl"
    fat = Filling(3, lambda: log.write_text('{"event": "note"}\n' * 6000, encoding="utf-8"))

    class Both(Watching):
        def stepped(self, report: StepReport) -> None:
            fat.stepped(report)
            observer.stepped(report)

    with pytest.raises(ConfigError, match=r"log.jsonl: cannot be written: File too large"):
        train(config, output=tmp_path / "run", observer=Both(), registry=registry)

    assert Model.load(tmp_path / "run" / "model.safetensors", registry=registry).provenance["steps"] == 4


def test_a_worker_that_is_killed_ends_the_run_with_a_way_on(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    class Killing(Watching):
        def stepped(self, report: StepReport) -> None:
            super().stepped(report)
            for child in multiprocessing.active_children() if report.step == 2 else ():
                child.kill()

    config = make_config(training={"workers": 2, "save_every": 1e6})

    with pytest.raises(
        WorkerLostError,
        match=r"a process that makes batches died; with workers = 0 .*; `resume=.*` goes on with the run$",
    ):
        train(config, output=tmp_path, observer=Killing(), registry=registry)
    resumed = resume(tmp_path, changes={"training": {"workers": 0}}, registry=registry)

    [again] = (entry for entry in log_of(tmp_path) if entry["event"] == "resume")
    assert again["step"] >= 2
    assert (resumed.reason, resumed.steps) == ("epochs", 12)


def test_what_a_killed_run_left_half_written_is_gone_after_the_next(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    train(make_config(), output=tmp_path, observer=Watching(stop_after=2), registry=registry)
    (tmp_path / ".config.toml.new").touch()
    (tmp_path / "state" / ".latest.safetensors.abc").touch()

    resume(tmp_path, registry=registry)

    assert not [name for name in names(tmp_path) if os.path.basename(name).startswith(".")]


def test_a_picture_that_cannot_be_written_is_noted_and_ends_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    run = tmp_path / "run"

    class Blocking(Watching):
        def stepped(self, report: StepReport) -> None:
            (run / "samples.png").mkdir(exist_ok=True)

    observer = Blocking()
    outcome = train(make_config(training=ONE_EPOCH), output=run, observer=observer, registry=registry)

    assert outcome.reason == "epochs"
    assert observer.notes == ["samples.png is not drawn, since it cannot be written: Is a directory"]


class Doing(Watching):
    """Does something after a step."""

    def __init__(self, step: int, task: Callable[[], object], *, stop_after: int = 0) -> None:
        super().__init__(stop_after=stop_after)
        self._step, self._task = step, task

    def stepped(self, report: StepReport) -> None:
        if report.step == self._step:
            self._task()
        super().stepped(report)


def test_a_log_that_is_removed_on_the_way_is_begun_again(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    observer = Doing(6, (tmp_path / "log.jsonl").unlink)

    train(make_config(training={"epochs": 2}), output=tmp_path, observer=observer, registry=registry)

    assert [entry["event"] for entry in log_of(tmp_path)] == ["epoch", "end"]


def test_a_folder_in_the_place_of_the_log_ends_the_run_and_loses_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    log = tmp_path / "log.jsonl"
    observer = Doing(6, lambda: (log.unlink(), log.mkdir()))

    with pytest.raises(ConfigError, match=r"log.jsonl: cannot be written: Is a directory; once it can be, `resume="):
        train(make_config(), output=tmp_path, observer=observer, registry=registry)
    log.rmdir()

    assert resume(tmp_path, registry=registry).reason == "epochs"


def test_a_run_whose_folder_is_removed_makes_it_again(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    run = tmp_path / "run"
    observer = Doing(2, lambda: shutil.rmtree(run))

    outcome = train(make_config(training={"epochs": 1}), output=run, observer=observer, registry=registry)
    more = resume(run, changes={"training": {"epochs": 2}}, registry=registry)

    assert outcome.last.exists()
    assert (more.reason, more.steps) == ("epochs", 8)


def test_a_clock_that_goes_back_harms_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = itertools.count(500_000, -1)
    monkeypatch.setattr(time, "time", lambda: 3600.0 * next(hours))

    train(make_config(), output=tmp_path, observer=Watching(stop_after=6), registry=registry)
    outcome = resume(tmp_path, registry=registry)

    assert outcome.reason == "epochs"
    assert outcome.best is not None
    assert outcome.best.seconds < 600
    assert [entry["epoch"] for entry in log_of(tmp_path) if entry["event"] == "epoch"] == [0, 1, 2]


def test_a_run_goes_on_wherever_its_folder_is_copied(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(make_config(), output=tmp_path / "whole", registry=registry)
    train(make_config(), output=tmp_path / "here", observer=Watching(stop_after=6), registry=registry)
    (tmp_path / "elsewhere").mkdir()
    shutil.copytree(tmp_path / "here", tmp_path / "elsewhere" / "run")
    shutil.rmtree(tmp_path / "here")
    monkeypatch.chdir(tmp_path / "elsewhere")

    resumed = resume("run", registry=registry)

    assert resumed.best is not None
    assert whole.best is not None
    assert (resumed.steps, resumed.best.validation_loss) == (whole.steps, whole.best.validation_loss)


def test_a_picture_that_fails_for_whatever_reason_ends_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = pytest.importorskip("matplotlib.figure")
    monkeypatch.setattr(figure, "Figure", lambda **_: 1 / 0)
    observer = Watching()

    outcome = train(make_config(training=ONE_EPOCH), output=tmp_path, observer=observer, registry=registry)

    assert outcome.reason == "epochs"
    assert observer.notes == ["metrics.png is not drawn: ZeroDivisionError: division by zero"]


def test_a_best_model_that_is_removed_is_stood_in_for_by_the_last_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    class Removing(Watching):
        def validated(self, report: EpochReport) -> None:
            (tmp_path / "model.safetensors").unlink()

    outcome = train(make_config(training=ONE_EPOCH), output=tmp_path, observer=Removing(), registry=registry)

    assert Model.load(outcome.model, registry=registry).provenance["steps"] == outcome.steps
    assert outcome.last.exists()
