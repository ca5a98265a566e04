"""How many threads a network takes on a CPU."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
import torch
from watching import Watching

from ocrkit.nets.crnn import Crnn
from ocrkit.nets.options import HeadOptions, LstmLayer, VggOptions
from ocrkit.nets.vgg import Vgg
from ocrkit.training import RunConfig, resume, train
from ocrkit.training.state import read_position
from ocrkit.training.threads import candidates, fastest, measured, on_threads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]


@pytest.mark.parametrize(
    ("most", "tried"), [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (4, [1, 2, 3, 4]), (16, [1, 4, 8, 15, 16])]
)
def test_all_threads_one_less_and_halves_are_tried(most: int, tried: list[int]) -> None:
    assert candidates(most) == tried


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [({1: 2.0, 2: 1.0}, 2), ({1: 1.0, 2: 3.0}, 1), ({1: 2.0, 8: 1.0, 15: 1.1, 16: 1.9}, 16), ({1: 1.0, 2: 2.1}, 1)],
)
def test_fewer_threads_than_all_are_chosen_only_where_all_are_clearly_slower(
    seconds: dict[int, float], chosen: int
) -> None:
    assert fastest(seconds) == chosen


def test_a_measurement_changes_neither_network_nor_chance_nor_threads() -> None:
    backbone = Vgg(VggOptions(height=16, channels=(4,), pools=("2x2",), dropout=(0.5,)))
    network = Crnn(backbone, HeadOptions((LstmLayer(4),)), labels=4).train()
    images = torch.rand(2, 1, 16, 24)
    before = copy.deepcopy(network.state_dict()), torch.get_rng_state(), torch.get_num_threads()

    with on_threads(2):
        found = measured(network, images, torch.tensor([24, 24]), nullcontext)

    assert set(found) == {1, 2}
    assert min(found.values()) > 0
    assert all(torch.equal(value, before[0][name]) for name, value in network.state_dict().items())
    assert torch.equal(torch.get_rng_state(), before[1])
    assert torch.get_num_threads() == before[2]
    assert all(parameter.grad is None for parameter in network.parameters())


def test_threads_come_back_after_an_error() -> None:
    before = torch.get_num_threads()

    during: list[int] = []

    def failing() -> None:
        with on_threads(before + 1):
            during.append(torch.get_num_threads())
            raise KeyError

    with pytest.raises(KeyError):
        failing()

    assert during == [before + 1]
    assert torch.get_num_threads() == before


def test_a_run_goes_on_with_as_many_threads_as_it_began_with(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    class Looking(Watching):
        def stepped(self, report: object) -> None:
            super().stepped(report)  # type: ignore[arg-type]
            threads.add(torch.get_num_threads())

    threads: set[int] = set()
    config = make_config(training={"epochs": 2, "threads": 2})
    train(config, output=tmp_path, observer=Looking(stop_after=2), registry=registry)
    stored = read_position(tmp_path).threads
    resume(tmp_path, observer=Looking(), registry=registry)

    assert stored == 2
    assert threads == {2}
    assert torch.get_num_threads() == 1


def test_a_long_run_measures_and_keeps_what_it_has_found(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(training={"epochs": 1000})

    with on_threads(2):
        train(config, output=tmp_path, observer=Watching(stop_after=1), registry=registry)

    assert read_position(tmp_path).threads in (1, 2)
