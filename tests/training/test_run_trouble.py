"""Runs that meet each other, a full disk, or what a killed run left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from watching import Watching

from ocrkit.errors import CheckpointError, ConfigError
from ocrkit.files import holding
from ocrkit.model import Model
from ocrkit.training import RunConfig, StepReport, resume, train

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
