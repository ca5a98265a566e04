from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from watching import Watching

from ocrkit.errors import DependencyError
from ocrkit.training import RunConfig, resume, train
from ocrkit.training.run_log import add_record
from ocrkit.training.tensorboard_events import Events, check_tensorboard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]

needs_tensorboard = pytest.mark.skipif(importlib.util.find_spec("tensorboard") is None, reason="needs tensorboard")
SETS = {"old": {"loss": 2.0, "cer": 0.5, "exact": 0.25}, "new": {"loss": 1.0, "cer": 0.125, "exact": 0.5}}
EPOCH = {"event": "epoch", "time": 7.0, "epoch": 0, "step": 2, "loss": 1.0, "validation_loss": 2.0, "cer": 0.5,
         "exact": 0.25, "judge": "old", "sets": SETS}  # fmt: skip


def read_events(folder: Path) -> Any:
    """What TensorBoard itself reads in a folder."""
    event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = event_accumulator.EventAccumulator(str(folder))
    found.Reload()
    return found


def curve(events: Any, name: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in events.Scalars(name)]


@needs_tensorboard
def test_what_the_log_holds_becomes_curves(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    add_record(log, {"event": "start", "time": 5.0, "step": 0})
    add_record(log, {"event": "step", "time": 6.0, "step": 1, "loss": 3.0, "rate": 0.5, "speed": 8.0, "waited": 0.25})
    add_record(log, {"event": "step", "time": 6.0, "step": 2, "loss": float("nan"), "rate": 0.25})
    events = Events(tmp_path, log)
    events.add(EPOCH)

    read = read_events(tmp_path)
    assert set(read.Tags()["scalars"]) == {
        "training/loss", "training/epoch loss", "training/rate", "speed/lines", "speed/waited",
        "validation/loss", "validation/CER", "validation/exact",
        *(f"validation {name}/{key}" for name in SETS for key in ("loss", "CER", "exact")),
    }  # fmt: skip
    assert curve(read, "training/loss") == [(1, 3.0)]
    assert curve(read, "training/rate") == [(1, 0.5), (2, 0.25)]
    assert curve(read, "validation/CER") == [(2, 0.5)]
    assert curve(read, "validation new/CER") == [(2, 0.125)]
    assert [point.wall_time for point in read.Scalars("validation/CER")] == [7.0]


@needs_tensorboard
def test_events_begun_again_are_those_of_the_log_alone(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    add_record(log, {"event": "step", "time": 6.0, "step": 1, "loss": 3.0})
    Events(tmp_path, log).add({"event": "step", "time": 7.0, "step": 2, "loss": 9.0})

    Events(tmp_path, log).add({"event": "step", "time": 3.0, "step": 2, "loss": 2.0})  # the clock has been put back

    assert curve(read_events(tmp_path), "training/loss") == [(1, 3.0), (2, 2.0)]
    assert len(list(tmp_path.glob("*tfevents*"))) == 1


@needs_tensorboard
def test_a_picture_is_shown(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), "red").save(tmp_path / "sheet.png")

    Events(tmp_path, tmp_path / "log.jsonl").add_picture("readings", tmp_path / "sheet.png", 4)

    [shown] = read_events(tmp_path).Images("readings")
    assert (shown.step, shown.width, shown.height) == (4, 30, 20)
    assert shown.encoded_image_string == (tmp_path / "sheet.png").read_bytes()


@needs_tensorboard
def test_the_curves_of_a_broken_run_go_on(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    config = make_config(training={"epochs": 3, "tensorboard": True})

    train(config, output=tmp_path, observer=Watching(stop_after=6), registry=registry)
    resume(tmp_path, registry=registry)

    read = read_events(tmp_path)
    assert [step for step, _ in curve(read, "validation/CER")] == [4, 8, 12]
    assert read.Images("readings")


@needs_tensorboard
def test_a_run_that_goes_on_may_be_shown_from_its_beginning(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    train(make_config(), output=tmp_path, observer=Watching(stop_after=6), registry=registry)
    resume(tmp_path, changes={"training": {"tensorboard": True}}, registry=registry)

    assert [step for step, _ in curve(read_events(tmp_path), "validation/CER")] == [4, 8, 12]


@needs_tensorboard
def test_events_that_cannot_be_written_are_noted_and_end_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    class Blocking(Watching):
        def stepped(self, report: object) -> None:
            for path in (tmp_path / "run").glob("*tfevents*"):
                if path.is_file():
                    path.unlink()
                    path.mkdir()

    observer = Blocking()
    config = make_config(training={"epochs": 1, "tensorboard": True})
    outcome = train(config, output=tmp_path / "run", observer=observer, registry=registry)

    assert outcome.reason == "epochs"
    assert observer.notes == ["the events for TensorBoard end here, since they cannot be written: Is a directory"]


def test_a_run_without_events_leaves_none_and_does_not_load_tensorboard(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)

    train(make_config(training={"epochs": 1}), output=tmp_path, registry=registry)

    assert not list(tmp_path.glob("*tfevents*"))
    assert "tensorboard" not in sys.modules


def test_a_package_that_is_missing_is_told_before_the_training(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorboard" else find(name))

    with pytest.raises(DependencyError, match=r"pip install 'ocrkit\[tensorboard\]'"):
        check_tensorboard()
    with pytest.raises(DependencyError):
        train(make_config(training={"tensorboard": True}), output=tmp_path / "run", registry=registry)
    assert not (tmp_path / "run").exists()
