"""The promise of exact resume: a broken run ends with the weights that it would have had without the break."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from watching import log_of

from ocrkit.checkpoint import read_checkpoint
from ocrkit.config import to_table, write_toml
from ocrkit.model import Model
from ocrkit.training import EpochReport, Observer, Outcome, RunConfig, StepReport, loop, resume, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]

pytestmark = pytest.mark.slow

# The process that trains until it kills itself, with a state written after every step.
SUICIDE = """
import os, signal, sys, torch
from ocrkit.config import from_table, read_toml
from ocrkit.plugin.registry import load_registry
from ocrkit.training import Observer, RunConfig, train

class Killer(Observer):
    def stepped(self, report):
        if report.step == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

torch.set_num_threads(1)
config = from_table(RunConfig, read_toml(sys.argv[1]))
train(config, output=sys.argv[2], observer=Killer(), registry=load_registry("none"))
"""


class Signalling(Observer):
    """Sends a signal to this process after a step."""

    def __init__(self, step: int, number: signal.Signals) -> None:
        self.step = step
        self.number = number

    def stepped(self, report: StepReport) -> None:
        if report.step == self.step:
            os.kill(os.getpid(), self.number)


def weights(run: Path) -> dict[str, torch.Tensor]:
    """The run's last weights, which are not always the best ones."""
    tensors = read_checkpoint(run / "state" / "latest.safetensors").tensors
    return {name: torch.from_numpy(array.copy()) for name, array in tensors.items() if not name.startswith("random.")}


def assert_same_run(one: Outcome, other: Outcome) -> None:
    expected, found = weights(one.folder), weights(other.folder)
    assert expected.keys() == found.keys()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    first, second = (Model.load(outcome.model).network.state_dict() for outcome in (one, other))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert (one.reason, one.steps, one.epochs) == (other.reason, other.steps, other.epochs)
    assert one.best is not None
    assert other.best is not None
    assert (one.best.epoch, one.best.cer) == (other.best.epoch, other.best.cer)


@pytest.fixture(scope="module")
def whole(make_config: MakeConfig, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of three epochs, of four steps each, that nothing breaks."""
    return train(make_config(), output=tmp_path_factory.mktemp("whole"), registry=registry)


@pytest.mark.parametrize(
    ("step", "number"),
    [(2, signal.SIGINT), (4, signal.SIGINT), (6, signal.SIGTERM), (12, signal.SIGINT)],
    ids=["first epoch", "end of an epoch", "mid-epoch, SIGTERM", "very last step"],
)
def test_a_run_that_is_interrupted_and_resumed_ends_with_the_same_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome, step: int, number: signal.Signals
) -> None:
    broken = train(make_config(), output=tmp_path, observer=Signalling(step, number), registry=registry)
    resumed = resume(broken.folder, registry=registry)

    assert (broken.reason, broken.steps) == ("interrupted", step)
    assert_same_run(whole, resumed)


@pytest.mark.parametrize("step", [3, 6], ids=["first epoch", "second epoch"])
@pytest.mark.parametrize(("before", "after"), [(0, 2), (2, 0)])
def test_neither_pools_nor_workers_nor_what_is_kept_matter_to_a_resumed_run(
    make_config: MakeConfig,
    tmp_path: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    before: int,
    after: int,
) -> None:
    for bound in ("_FEWEST_BATCHES", "_MOST_BATCHES"):
        monkeypatch.setattr(f"ocrkit.training.feeding.order.{bound}", 2)  # two pools an epoch
    unbroken = train(make_config(training={"epochs": 2}), output=tmp_path / "whole", registry=registry)

    config = make_config(data={"cache": 0}, training={"epochs": 2, "workers": before})
    train(config, output=tmp_path / "broken", observer=Signalling(step, signal.SIGINT), registry=registry)
    changes = {"data": {"cache": 100}, "training": {"workers": after}}
    resumed = resume(tmp_path / "broken", changes=changes, registry=registry)

    assert_same_run(unbroken, resumed)


def test_a_run_may_be_broken_more_than_once(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome
) -> None:
    train(make_config(), output=tmp_path, observer=Signalling(1, signal.SIGINT), registry=registry)
    for step in (2, 7, 9):
        resume(tmp_path, observer=Signalling(step, signal.SIGTERM), registry=registry)
    resumed = resume(tmp_path, registry=registry)

    assert_same_run(whole, resumed)


@pytest.mark.parametrize("change", [{"optimizer": "adam"}, {"optimizer": "adadelta"}, {"precision": "bfloat16"}])
def test_other_optimisers_and_precisions_resume_exactly_too(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, change: dict[str, str]
) -> None:
    config = make_config(training={"epochs": 1, **change})
    unbroken = train(config, output=tmp_path / "whole", registry=registry)

    train(config, output=tmp_path / "broken", observer=Signalling(2, signal.SIGINT), registry=registry)
    resumed = resume(tmp_path / "broken", registry=registry)

    assert_same_run(unbroken, resumed)


def test_a_run_that_is_killed_goes_on_from_its_last_state(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome
) -> None:
    write_toml(tmp_path / "config.toml", to_table(make_config(training={"save_every": 0})))
    arguments = [str(tmp_path / "config.toml"), str(tmp_path / "killed"), "7"]

    killed = subprocess.run([sys.executable, "-c", SUICIDE, *arguments], check=False)
    resumed = resume(tmp_path / "killed", registry=registry)

    assert killed.returncode == -signal.SIGKILL
    assert resumed_at(tmp_path / "killed") == 6
    assert_same_run(whole, resumed)


class Dying(Observer):
    """Ends a run between its first best model and the state that counts it."""

    def validated(self, report: EpochReport) -> None:
        raise MemoryError


def test_an_end_between_the_best_model_and_its_state_loses_nothing(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome
) -> None:
    with pytest.raises(MemoryError):
        train(make_config(), output=tmp_path, observer=Dying(), registry=registry)
    resumed = resume(tmp_path, registry=registry)

    assert (tmp_path / "model.safetensors").exists()
    assert resumed_at(tmp_path) == 0
    assert_same_run(whole, resumed)


def test_a_state_is_left_before_a_validation_that_may_take_long(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_JUST_SAVED", 0.0)
    with pytest.raises(MemoryError):
        train(make_config(), output=tmp_path, observer=Dying(), registry=registry)
    resumed = resume(tmp_path, registry=registry)

    assert resumed_at(tmp_path) == 4
    assert_same_run(whole, resumed)


def test_the_same_seed_and_data_give_the_same_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome
) -> None:
    again = train(make_config(), output=tmp_path, registry=registry)

    assert_same_run(whole, again)


def test_another_seed_gives_other_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, whole: Outcome
) -> None:
    other = train(make_config(training={"seed": 6}), output=tmp_path, registry=registry)

    name = "network.output.weight"
    assert not torch.equal(weights(whole.folder)[name], weights(other.folder)[name])


def resumed_at(run: Path) -> int:
    """The step that the last resumption of a run began with."""
    [*_, last] = (entry for entry in log_of(run) if entry["event"] == "resume")
    return int(str(last["step"]))
