from __future__ import annotations

import math
from typing import cast

import pytest
import torch
from torch import nn

from ocrkit.errors import OptionError
from ocrkit.training.optimisation import autocast_dtype, make_optimizer, rate_factor
from ocrkit.training.settings import TrainingSettings

CPU = torch.device("cpu")


def factors(schedule: str, *progress: float, warmup: float = 0.1) -> list[float]:
    settings = TrainingSettings(schedule=schedule, warmup=warmup)
    return [rate_factor(share, settings) for share in progress]


def test_the_warm_up_rises_in_a_straight_line() -> None:
    assert factors("cosine", 0.05, 0.025, 0.1) == pytest.approx([0.5, 0.25, 1.0])


def test_the_very_first_step_has_a_rate_above_zero() -> None:
    assert factors("cosine", 0.0) == [0.001]


def test_a_cosine_falls_to_a_hundredth() -> None:
    # Half way down, the cosine is at 0.01 + 0.99 / 2; a quarter of the way at 0.01 + 0.99 (1 + cos(pi/4)) / 2.
    quarter = 0.01 + 0.99 * (1 + math.sqrt(0.5)) / 2

    assert factors("cosine", 0.55, 0.325, 1.0) == pytest.approx([0.505, quarter, 0.01])


def test_a_line_falls_to_nothing() -> None:
    assert factors("linear", 0.05, 0.1, 0.325, 0.55, 1.0) == pytest.approx([0.5, 1.0, 0.75, 0.5, 0.0])


def test_without_a_warm_up_a_cosine_begins_at_the_top() -> None:
    assert factors("cosine", 0.0, 0.5, warmup=0) == pytest.approx([1.0, 0.505])


def test_a_constant_rate_stays_after_the_warm_up() -> None:
    assert factors("constant", 0.05, 0.1, 0.5, 1.0) == pytest.approx([0.5, 1, 1, 1])


def test_one_cycle_rises_for_three_tenths_and_falls_for_the_rest() -> None:
    found = factors("one-cycle", 0.0, 0.15, 0.3, 0.65, 1.0)

    assert found == pytest.approx([0.04, 0.52, 1.0, 0.505, 0.01])


@pytest.mark.parametrize("schedule", ["cosine", "one-cycle", "constant"])
def test_a_warm_up_as_long_as_the_training_is_borne(schedule: str) -> None:
    assert all(0 < factor <= 1 for factor in factors(schedule, 0.0, 0.5, 1.0, warmup=1))


@pytest.fixture
def network() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2))


def test_weights_decay_and_biases_and_norms_do_not(network: nn.Module) -> None:
    optimizer = make_optimizer(network, TrainingSettings(weight_decay=0.25))

    decays = {parameter: group["weight_decay"] for group in optimizer.param_groups for parameter in group["params"]}
    assert {name: decays[parameter] for name, parameter in network.named_parameters()} == {
        "0.weight": 0.25, "0.bias": 0, "1.weight": 0, "1.bias": 0, "2.weight": 0.25, "2.bias": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("adadelta", torch.optim.Adadelta)],
)
def test_an_optimiser_of_each_name_trains_every_parameter(network: nn.Module, name: str, kind: type) -> None:
    optimizer = make_optimizer(network, TrainingSettings(optimizer=name, lrate=0.125))

    trained = {parameter for group in optimizer.param_groups for parameter in group["params"]}
    assert type(optimizer) is kind
    assert trained == set(network.parameters())
    assert {group["lr"] for group in optimizer.param_groups} == {0.125}


@pytest.mark.parametrize(("name", "dtype"), [("float32", None), ("bfloat16", torch.bfloat16)])
def test_a_named_precision_is_taken(name: str, dtype: torch.dtype | None) -> None:
    assert autocast_dtype(name, CPU) == dtype


def test_float16_on_a_cpu_is_refused_with_a_way_out() -> None:
    with pytest.raises(OptionError, match="'float16' needs a CUDA device, not 'cpu'; try bfloat16 or float32"):
        autocast_dtype("float16", CPU)


@pytest.mark.parametrize(
    ("avx512", "amx", "dtype"),
    [(True, False, torch.bfloat16), (False, True, torch.bfloat16), (False, False, None)],
)
def test_a_cpu_with_instructions_for_bfloat16_uses_them(
    monkeypatch: pytest.MonkeyPatch, avx512: bool, amx: bool, dtype: torch.dtype | None
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)

    assert autocast_dtype("auto", CPU) == dtype


def test_a_torch_that_cannot_tell_of_bfloat16_trains_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)

    assert autocast_dtype("auto", CPU) is None


def test_another_device_than_cpu_and_cuda_trains_in_float32() -> None:
    assert autocast_dtype("auto", torch.device("meta")) is None


@pytest.mark.parametrize(
    ("capability", "dtype"),
    [((8, 0), torch.bfloat16), ((9, 0), torch.bfloat16), ((7, 5), torch.float16)],
)
def test_cuda_takes_bfloat16_where_it_is_fast_and_float16_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)

    assert cast("torch.dtype", autocast_dtype("auto", torch.device("cuda"))) == dtype
