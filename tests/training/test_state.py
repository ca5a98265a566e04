from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from ocrkit.errors import CheckpointError, ConfigError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.text.charset import Charset
from ocrkit.training.observer import EpochReport
from ocrkit.training.optimisation import make_optimizer
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.state import Position, read_model, read_position, read_state, write_state
from ocrkit.training.stopping import check_unfinished, ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    BuildModel = Callable[..., Model]

BEST = EpochReport(epoch=1, step=8, loss=0.1, rate=0.01, seconds=3.5, best=True, cer=0.25, validation_loss=1 / 3)
# As a gradient scaler describes itself: of its numbers, two must stay whole.
SCALER = {"scale": 65536.0, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2000, "_growth_tracker": 3}


@pytest.fixture
def build(registry: Registry) -> BuildModel:
    def make(size: int = 6) -> Model:
        parts = Architecture(options={"channels": [4], "pools": ["2x2"]}, head=HeadOptions((LstmLayer(size),)))
        return Model.build(Charset("ab", ("", "a", "b")), parts, registry=registry)

    return make


def stepped(model: Model) -> torch.optim.Optimizer:
    """An optimiser that has taken a step with the model, and so remembers something."""
    optimizer = make_optimizer(model.network, TrainingSettings())
    log_probs, _ = model.network(torch.rand(1, 1, 32, 20), torch.tensor([20]))
    torch.autograd.backward(log_probs[..., 1].sum())
    optimizer.step()
    return optimizer


def test_a_state_comes_back_whole(build: BuildModel, tmp_path: Path, registry: Registry) -> None:
    model = build()
    optimizer = stepped(model)
    position = Position(2, 3, 11, 0.1 + 0.2, 1 / 7, 40, 1, BEST, "hash", SCALER)
    write_state(tmp_path, position, model, optimizer)
    drawn = torch.rand(5)

    other = read_model(tmp_path, registry=registry)
    memory = make_optimizer(other.network, TrainingSettings())
    found = read_state(tmp_path, other, memory)

    assert found == position == read_position(tmp_path)
    assert {key: type(value) for key, value in found.scaler.items()} == {k: type(v) for k, v in SCALER.items()}
    assert torch.equal(torch.rand(5), drawn)
    before, after = model.network.state_dict(), other.network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    remembered, restored = optimizer.state_dict()["state"], memory.state_dict()["state"]
    assert remembered.keys() == restored.keys()
    for index, entries in remembered.items():
        assert all(torch.equal(value, restored[index][key]) for key, value in entries.items())


def test_the_state_of_another_network_is_refused(build: BuildModel, tmp_path: Path) -> None:
    model, other = build(6), build(7)
    write_state(tmp_path, Position(), model, stepped(model))

    with pytest.raises(CheckpointError, match=r"latest.safetensors: is not the state of this run: "):
        read_state(tmp_path, other, make_optimizer(other.network, TrainingSettings()))


@pytest.mark.parametrize(
    ("position", "settings", "reason"),
    [
        (Position(epoch=3), TrainingSettings(epochs=3), "epochs"),
        (Position(epoch=2), TrainingSettings(epochs=3), ""),
        (Position(seconds=60), TrainingSettings(minutes=1), "time"),
        (Position(seconds=59), TrainingSettings(minutes=1), ""),
        (Position(seconds=1e9), TrainingSettings(minutes=0), ""),
        (Position(epoch=1, step=10), TrainingSettings(epochs=1, steps=10), "steps"),
        (Position(epoch=1, step=9), TrainingSettings(epochs=1, steps=10), ""),
        (Position(epoch=5, best=BEST), TrainingSettings(lag=3), "early"),
        (Position(epoch=4, best=BEST), TrainingSettings(lag=3), ""),
        (Position(epoch=5, best=BEST), TrainingSettings(lag=3, quit="fixed"), ""),
    ],
)
def test_a_run_is_over_when_its_settings_say_so(position: Position, settings: TrainingSettings, reason: str) -> None:
    assert ended(position, settings) == reason


def test_a_run_that_stopped_early_says_what_would_let_it_go_on(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing improved in 3 epochs; with a higher `training.lag`, or `training"):
        check_unfinished(Position(epoch=5, best=BEST), TrainingSettings(lag=3), tmp_path)
