"""The weights that a run ends with, kept beside the best ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from watching import Watching

from ocrkit.checkpoint import read_checkpoint, read_metadata
from ocrkit.errors import ConfigError
from ocrkit.model import Model
from ocrkit.training import Outcome, RunConfig, resume, train

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]

PREFIX = "network."


def assert_last_weights(outcome: Outcome, registry: Registry) -> None:
    """The file of the last weights holds those of the state."""
    state = read_checkpoint(outcome.folder / "state" / "latest.safetensors").tensors
    expected = {name.removeprefix(PREFIX): array for name, array in state.items() if name.startswith(PREFIX)}
    found = Model.load(outcome.last, registry=registry).network.state_dict()
    assert outcome.last == outcome.folder / "last.safetensors"
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], torch.from_numpy(expected[name].copy())) for name in found)


def said_of(path: Path) -> dict[str, object]:
    provenance = read_metadata(path)["provenance"]
    assert isinstance(provenance, dict)
    return provenance


@pytest.mark.parametrize(
    ("training", "reason"),
    [
        ({"epochs": 2}, "epochs"),
        ({"minutes": 1e-9}, "time"),
        ({"lrate": 1e-12, "lag": 1, "epochs": 9}, "early"),
    ],
    ids=["epochs", "time", "early"],
)
def test_every_end_leaves_the_last_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, training: dict[str, object], reason: str
) -> None:
    outcome = train(make_config(training=training), output=tmp_path, registry=registry)

    assert outcome.reason == reason
    assert_last_weights(outcome, registry)
    assert said_of(outcome.last)["steps"] == outcome.steps


@pytest.mark.parametrize("step", [2, 6], ids=["in the first epoch", "in the second"])
def test_an_interrupted_run_leaves_its_last_weights(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, step: int
) -> None:
    outcome = train(make_config(), output=tmp_path, observer=Watching(stop_after=step), registry=registry)

    assert_last_weights(outcome, registry)
    assert said_of(outcome.last)["steps"] == step
    assert said_of(outcome.last)["metrics"] == {}


def test_the_last_weights_carry_the_judgement_of_their_epoch(finished: Outcome) -> None:
    [_, last] = [line for line in said_of(finished.last).items() if line[0] in ("epoch", "metrics")]

    assert said_of(finished.last)["epoch"] == 1
    assert isinstance(last[1], dict)
    assert last[1].keys() >= {"cer", "exact", "validation_loss"}


def test_a_run_that_goes_on_has_no_last_weights_meanwhile(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    there = []

    class Looking(Watching):
        def stepped(self, report: object) -> None:
            there.append((tmp_path / "last.safetensors").exists())

    train(make_config(training={"epochs": 1}), output=tmp_path, observer=Watching(stop_after=2), registry=registry)
    outcome = resume(tmp_path, observer=Looking(), registry=registry)

    assert there == [False, False]
    assert_last_weights(outcome, registry)


def test_an_end_that_was_cut_short_is_made_up_for(make_config: MakeConfig, tmp_path: Path, registry: Registry) -> None:
    whole = train(make_config(training={"epochs": 1}), output=tmp_path, registry=registry)
    whole.last.unlink()

    again = resume(tmp_path, registry=registry)

    assert (again.reason, again.steps) == ("epochs", whole.steps)
    assert_last_weights(again, registry)
    with pytest.raises(ConfigError, match="has done all its 1 epochs"):
        resume(tmp_path, registry=registry)
