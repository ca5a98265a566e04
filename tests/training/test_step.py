from __future__ import annotations

import copy
import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.training.batches import Batch, make_batch
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.step import Stepper
from ocrkit.training.underway import Underway

if TYPE_CHECKING:
    from collections.abc import Callable

CPU = torch.device("cpu")


@pytest.fixture
def network() -> Crnn:
    """A small network with batch norm, whose running statistics a forward pass changes."""
    torch.manual_seed(0)
    backbone = Vgg(VggOptions(height=16, channels=(4,), pools=("2x2",)))
    return Crnn(backbone, HeadOptions((LstmLayer(4),)), labels=4).train()


@pytest.fixture
def batch() -> Batch:
    """Three lines of noise."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (16, width), np.uint8) for width in (20, 24, 30)]
    return make_batch(images, [np.array(label, np.int64) for label in ([1, 2], [3], [2, 1, 2])])


def stepper_of(network: Crnn, optimizer: str = "adamw", **settings: object) -> Stepper:
    chosen = {"optimizer": optimizer, "precision": "float32", "lrate": 0.01, **settings}
    return Stepper(network, TrainingSettings(**chosen), CPU)  # type: ignore[arg-type]


def memory_of(stepper: Stepper) -> dict[str, torch.Tensor]:
    """All that a step changes: weights, running statistics, and what the optimiser remembers."""
    remembered = stepper.optimizer.state_dict()["state"]
    flat = {f"{index}.{key}": value for index, entries in remembered.items() for key, value in entries.items()}
    return copy.deepcopy({**flat, **stepper.network.state_dict()})


def changed(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    """The names of what differs, but for the count of batches, which nothing reads."""
    assert before.keys() == after.keys()
    names = {name for name in before if not name.endswith("num_batches_tracked")}
    return {name for name in names if not torch.equal(before[name], after[name])}


def spoil_the_loss(network: Crnn) -> None:
    """Give a forward pass no numbers from the first layer on, as the running statistics see it."""
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d))
    first.register_forward_hook(lambda _module, _inputs, output: output * math.nan)


def spoil_the_gradient(network: Crnn) -> None:
    """Leave the loss as it is, and make one weight's gradient infinite."""
    network.output.bias.register_hook(lambda gradient: gradient * math.inf)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "adadelta"])
@pytest.mark.parametrize("spoil", [spoil_the_loss, spoil_the_gradient])
def test_a_step_that_is_not_finite_changes_nothing(
    network: Crnn, batch: Batch, optimizer: str, spoil: Callable[[Crnn], None]
) -> None:
    stepper = stepper_of(network, optimizer)
    [good] = stepper.take([batch], number=1, progress=0.5)
    before = memory_of(stepper)

    spoil(network)
    [bad] = stepper.take([batch], number=2, progress=0.5)

    assert (good.taken, bad.taken) == (True, False)
    assert changed(before, memory_of(stepper)) == set()
    assert math.isnan(bad.loss)


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "adadelta"])
def test_a_very_first_step_that_is_left_out_leaves_a_good_start(network: Crnn, batch: Batch, optimizer: str) -> None:
    spoiled, plain = copy.deepcopy(network), copy.deepcopy(network)
    handle = spoiled.output.bias.register_hook(lambda gradient: gradient * math.nan)
    late, early = stepper_of(spoiled, optimizer), stepper_of(plain, optimizer)

    late.take([batch], number=1, progress=0.5)
    handle.remove()
    late.take([batch], number=2, progress=0.5)
    early.take([batch], number=1, progress=0.5)

    assert changed(dict(plain.state_dict()), dict(spoiled.state_dict())) == set()


def test_a_good_step_changes_weights_and_statistics(network: Crnn, batch: Batch) -> None:
    stepper = stepper_of(network)
    before = copy.deepcopy(network.state_dict())

    stepper.take([batch], number=1, progress=0.5)

    found = changed(dict(before), dict(network.state_dict()))
    assert "output.weight" in found
    assert any(name.endswith("running_var") for name in found)


def test_numbers_that_come_late_are_those_that_come_at_once(network: Crnn, batch: Batch) -> None:
    other = copy.deepcopy(network)
    prompt, late = stepper_of(network), stepper_of(other)
    late._underway = Underway(CPU, ahead=3)

    expected = [step for number in range(1, 8) for step in prompt.take([batch], number=number, progress=0.5)]
    read = [late.take([batch], number=number, progress=0.5) for number in range(1, 8)]

    assert [len(steps) for steps in read] == [0, 0, 0, 1, 1, 1, 1]
    assert [*itertools.chain(*read), *late.settle()] == expected
    assert late.settle() == []
    assert [step.number for step in expected] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("name", ["adamw", "adam"])
def test_what_a_plain_optimiser_remembers_serves_a_fused_one(network: Crnn, batch: Batch, name: str) -> None:
    fused = stepper_of(network, name)
    plain = stepper_of(copy.deepcopy(network), name)
    plain.optimizer = type(fused.optimizer)(
        [{**group, "params": mine["params"], "fused": False} for group, mine in _groups(fused, plain)], lr=0.01
    )
    plain.optimizer.defaults["fused"] = False

    fused.take([batch], number=1, progress=0.5)
    remembered = copy.deepcopy(fused.optimizer.state_dict()["state"])
    plain.optimizer.load_state_dict({"state": remembered, "param_groups": plain.optimizer.state_dict()["param_groups"]})
    plain.network.load_state_dict(fused.network.state_dict())
    for number in (2, 3):
        fused.take([batch], number=number, progress=0.5)
        plain.take([batch], number=number, progress=0.5)

    before, after = memory_of(fused), memory_of(plain)
    assert before.keys() == after.keys()
    for key, value in before.items():
        torch.testing.assert_close(after[key], value, rtol=1e-4, atol=1e-6)


def _groups(one: Stepper, other: Stepper) -> list[tuple[dict[str, object], dict[str, object]]]:
    return list(zip(one.optimizer.param_groups, other.optimizer.param_groups, strict=True))
