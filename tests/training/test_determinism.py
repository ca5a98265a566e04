"""Training that gives the same weights each time, and torch as it was afterwards."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import torch
from watching import Watching

from ocrkit.checkpoint import read_checkpoint
from ocrkit.errors import ModelError
from ocrkit.training import RunConfig, StepReport, train
from ocrkit.training.determinism import cost_of, lacks_a_fixed_order, reproducible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]


def settings_of_torch() -> tuple[object, ...]:
    """All that a deterministic run sets."""
    return (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.utils.deterministic.fill_uninitialized_memory,
        torch.backends.cudnn.deterministic,
        torch.backends.cudnn.benchmark,
        os.environ.get("CUBLAS_WORKSPACE_CONFIG"),
    )


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_torch_is_as_it_was_after_a_deterministic_run(device: str) -> None:
    before = settings_of_torch()

    during: list[tuple[object, ...]] = []

    def failing() -> None:
        with reproducible(torch.device(device), wanted=True):
            during.append(settings_of_torch())
            raise KeyError

    with pytest.raises(KeyError):
        failing()

    assert during[0] == (True, False, False, True, False, ":4096:8" if device == "cuda" else before[-1])
    assert settings_of_torch() == before


def test_a_workspace_that_the_user_has_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")

    with reproducible(torch.device("cuda"), wanted=True):
        during = os.environ["CUBLAS_WORKSPACE_CONFIG"]

    assert during == os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"


def test_nothing_is_set_unless_it_is_wanted() -> None:
    before = settings_of_torch()

    with reproducible(torch.device("cuda"), wanted=False):
        assert settings_of_torch() == before


def test_a_deterministic_run_trains_says_what_it_costs_and_repeats_itself(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(training={"epochs": 1, "deterministic": True})
    seen: list[bool] = []

    class Looking(Watching):
        def stepped(self, report: StepReport) -> None:
            seen.append(torch.are_deterministic_algorithms_enabled())

    observer = Looking()
    one = train(config, output=tmp_path / "one", observer=observer, registry=registry)
    other = train(config, output=tmp_path / "other", registry=registry)

    assert seen == [True] * 4
    assert observer.notes == [cost_of(torch.device("cpu"))]
    first, second = (read_checkpoint(outcome.last).tensors for outcome in (one, other))
    assert all((first[name] == second[name]).all() for name in first)
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_cost_on_cuda_is_told() -> None:
    assert cost_of(torch.device("cuda")).startswith(
        "deterministic: the CTC loss is taken on the CPU, the two directions"
    )


def test_an_operation_in_no_fixed_order_is_refused_with_a_way_out(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    def refusing(_module: torch.nn.Module, _inputs: object, _output: object) -> None:
        # What torch says of such operations, all of which need CUDA.
        raise RuntimeError("foo_cuda does not have a deterministic implementation, but you set 'torch.use_…'")

    handle = torch.nn.modules.module.register_module_forward_hook(refusing)
    config = make_config(training={"epochs": 1, "deterministic": True})
    try:
        with pytest.raises(ModelError, match=r"foo_cuda does not have a determ.*; train without `training.determ"):
            train(config, output=tmp_path, registry=registry)
    finally:
        handle.remove()

    assert not lacks_a_fixed_order(RuntimeError("out of memory"))
