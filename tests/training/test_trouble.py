"""Runs that go wrong: what is kept of them, and the way out that is told."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from watching import Watching, log_of

from ocrkit.errors import ModelError
from ocrkit.nets.crnn import Crnn
from ocrkit.training import RunConfig, resume, train
from ocrkit.training.state import read_position

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]


def test_a_run_that_diverges_is_stopped_and_goes_on_from_before_with_a_lower_rate(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrkit.training.divergence._PATIENCE", 30)
    config = make_config(training={"epochs": 70, "quit": "fixed", "save_every": 0}, augmentation={})
    asked = 0

    def spoil(module: torch.nn.Module, _inputs: object, output: tuple[torch.Tensor, torch.Tensor]) -> object:
        """From the 161st step on, when the lines are learnt, make the network certain of what is wrong, for good."""
        nonlocal asked
        if not isinstance(module, Crnn) or not module.training:
            return output
        asked += 1
        wrong = torch.log_softmax(20 * output[0].detach().flip(2), 2) + 0 * output[0]
        return (wrong, output[1]) if asked > 160 else output

    handle = torch.nn.modules.module.register_module_forward_hook(spoil)
    with pytest.raises(ModelError, match=r"the training diverges, from step 1[67]") as raised:
        train(config, output=tmp_path, registry=registry)
    handle.remove()

    message = str(raised.value)
    [kept] = (tmp_path / "trouble").iterdir()
    saved = read_position(tmp_path).step
    assert f"whose batch lies in {str(kept)!r}; go on from step {saved} (`resume={str(tmp_path)!r}`)" in message
    assert "with a lower `training.lrate` than 0.01" in message
    # Until the median of 25 losses has risen, states are written.
    assert 160 <= saved <= 175
    changes = {"training": {"lrate": 1e-3, "epochs": saved // 4 + 1}}
    assert resume(tmp_path, changes=changes, registry=registry).reason == "epochs"


def test_the_batch_of_steps_that_are_not_finite_can_be_looked_at(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(training={"lrate": 1e30, "batch_size": 1, "warmup": 0})

    with pytest.raises(ModelError, match="not finite in 20 steps in a row, from step 2 on"):
        train(config, output=tmp_path, registry=registry)

    kept = tmp_path / "trouble" / "step-2"
    [head, line] = (kept / "lines.tsv").read_text(encoding="utf-8").splitlines()
    name, text, source, width, labels = line.split("\t")
    assert head == "image\ttext\tname\twidth\tlabels"
    assert re.fullmatch(r"\d{3}\.png", source.rpartition("/")[2])
    assert len(text) == int(labels)
    with Image.open(kept / name) as picture:
        assert picture.size == (int(width), 16)
        # Dark ink on light paper, as it was drawn.
        assert np.asarray(picture).mean() > 128
    assert log_of(tmp_path)[-1]["event"] != "end"
    assert read_position(tmp_path).step == 0


@pytest.mark.parametrize(("precision", "offered"), [("float32", False), ("auto", True)])
def test_another_precision_is_offered_where_there_is_a_finer_one(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, precision: str, offered: bool
) -> None:
    config = make_config(training={"lrate": 1e30, "batch_size": 1, "warmup": 0, "precision": precision})

    with pytest.raises(ModelError, match="with a lower `training") as raised:
        train(config, output=tmp_path, registry=registry)

    assert ("or with `training.precision='float32'`" in str(raised.value)) is offered


def test_steps_tell_how_many_lines_a_second_and_what_is_waited(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    observer = Watching()

    train(make_config(training={"epochs": 1}), output=tmp_path, observer=observer, registry=registry)

    assert all(report.speed > 0 for report in observer.steps)
    assert all(0 <= report.waited <= 1 for report in observer.steps)
    assert all(math.isfinite(report.speed) for report in observer.steps)


def test_a_batch_that_memory_does_not_hold_names_itself_and_a_size(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    # The memory is asked for in the loop, as a step asks for it.
    def hungry(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return torch.empty(1 << 46)

    handle = torch.nn.modules.module.register_module_forward_hook(hungry)
    try:
        with pytest.raises(ModelError, match=r"a batch of 8 lines, the widest of \d+ px, does not fit memory; begin"):
            train(make_config(training={"epochs": 1}), output=tmp_path, registry=registry)
    finally:
        handle.remove()


def test_a_validation_that_memory_does_not_hold_names_the_way_out(
    make_config: MakeConfig, tmp_path: Path, registry: Registry
) -> None:
    def hungry(module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return output if module.training else torch.empty(1 << 46)

    handle = torch.nn.modules.module.register_module_forward_hook(hungry)
    try:
        with pytest.raises(ModelError, match="validation in batches of 8 lines does not fit the memory; begin anew"):
            train(make_config(training={"epochs": 1}), output=tmp_path, registry=registry)
    finally:
        handle.remove()
