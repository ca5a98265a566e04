from __future__ import annotations

import math
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from watching import Watching

from ocrkit.checkpoint import read_checkpoint
from ocrkit.data.image import Preprocessing
from ocrkit.errors import OptionError
from ocrkit.model import Model
from ocrkit.nets.options import HeadOptions
from ocrkit.training import Outcome, RunConfig, resume, train
from ocrkit.training.by_keyword import config_of
from ocrkit.training.groups import part_of
from ocrkit.training.layering import configured

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

    MakeConfig = Callable[..., RunConfig]

ONE_EPOCH = {"epochs": 1}


def test_a_model_names_the_models_that_it_comes_from_back_to_the_first(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry
) -> None:
    second = train(
        make_config(load=str(finished.folder), training=ONE_EPOCH), output=tmp_path / "second", registry=registry
    )

    third = train(
        make_config(load=str(second.folder), training=ONE_EPOCH), output=tmp_path / "third", registry=registry
    )

    first_one = {"name": finished.folder.name, "sha256": sha256(finished.model.read_bytes()).hexdigest()}
    second_one = {"name": "second", "sha256": sha256(second.model.read_bytes()).hexdigest(), "base": first_one}
    assert Model.load(third.model, registry=registry).provenance["base"] == second_one


@pytest.mark.parametrize("freeze", [["backbone"], ["head"], ["backbone", "head"], ["output"]])
def test_what_is_frozen_stays_to_the_bit_and_the_rest_does_not(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry, freeze: list[str]
) -> None:
    config = make_config(load=str(finished.folder), training={"epochs": 1, "freeze": freeze})

    outcome = train(config, output=tmp_path, registry=registry)

    before, after = (Model.load(run.model, registry=registry).network.state_dict() for run in (finished, outcome))
    changed = {part_of(name) for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"backbone", "head", "output"} - set(freeze)


def test_a_part_with_a_rate_of_its_own_moves_by_as_much_less(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry
) -> None:
    # Adam's very first step moves each weight by the rate, whatever the gradient: 0.01 for all, a tenth for one part.
    training = {
        "epochs": 1, "batch_size": 40, "optimizer": "adam", "schedule": "constant", "warmup": 0,
        "rates": {"backbone": 0.1},
    }  # fmt: skip

    outcome = train(
        make_config(load=str(finished.folder), training=training, augmentation={"slant": 0.0}),
        output=tmp_path,
        registry=registry,
    )

    before, after = (Model.load(run.model, registry=registry).network for run in (finished, outcome))
    moved = dict.fromkeys(("backbone", "head", "output"), 0.0)
    for (name, one), other in zip(before.named_parameters(), after.parameters(), strict=True):
        moved[part_of(name)] = max(moved[part_of(name)], float((one - other).detach().abs().max()))
    assert moved == pytest.approx({"backbone": 0.001, "head": 0.01, "output": 0.01}, rel=0.01)


@pytest.mark.parametrize(
    ("training", "step"),
    [
        ({"freeze": ["backbone"]}, 6),
        ({"freeze": ["backbone"], "freeze_epochs": 1}, 4),
        ({"freeze": ["backbone"], "freeze_epochs": 1}, 6),
        ({"freeze": ["head"], "rates": {"output": 0.5, "backbone": 2.0}, "optimizer": "adadelta"}, 2),
    ],
)
def test_a_broken_fine_tuning_resumes_exactly(
    make_config: MakeConfig,
    finished: Outcome,
    tmp_path: Path,
    registry: Registry,
    training: dict[str, object],
    step: int,
) -> None:
    config = make_config(load=str(finished.folder), training={"epochs": 2, **training})
    whole = train(config, output=tmp_path / "whole", registry=registry)

    broken = train(config, output=tmp_path / "broken", observer=Watching(stop_after=step), registry=registry)
    resumed = resume(broken.folder, registry=registry)

    expected, found = (read_checkpoint(run.folder / "state" / "latest.safetensors").tensors for run in (whole, resumed))
    assert broken.reason == "interrupted"
    assert expected.keys() == found.keys()
    assert [name for name in expected if not np.array_equal(expected[name], found[name])] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training": {"freeze": ["backbon"]}}, "freeze holds 'backbon'; did you mean 'backbone'. known: backbone, "),
        ({"training": {"freeze": ["output", "head", "backbone"]}}, "freeze is .*: nothing is left to train; leave a"),
        ({"training": {"freeze_epochs": 2}}, "freeze_epochs is 2, and no part is frozen; name one with"),
        ({"training": {"freeze_epochs": -1}}, "freeze_epochs is -1; expected at least 0"),
        ({"training": {"rates": {"heed": 1}}}, "rates has 'heed'; did you mean 'head'. known: backbone, head, output"),
        ({"training": {"rates": {"head": 0}}}, "rates.head is 0.0; expected a number above 0, .* keeps a part as it"),
        ({"training": {"rates": {"head": -1}}}, "rates.head is -1.0; expected a number above 0"),
        ({"training": {"rates": {"head": math.inf}}}, "rates.head is inf; expected a number above 0"),
    ],
)
def test_what_cannot_be_tuned_is_said_so(make_config: MakeConfig, changes: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make_config(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resize": "union"}, "resize is 'union', and there is no model .*; name one with `load`"),
        ({"resize": "new"}, "resize is 'new', and there is no model .*; name one with `load`"),
        ({"training": {"freeze": ["head"]}}, r"training.freeze is \['head'\], and there is no model .* `load`"),
    ],
)
def test_without_a_model_to_load_nothing_can_become_of_it(
    make_config: MakeConfig, tmp_path: Path, registry: Registry, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        train(make_config(**changes), output=tmp_path / "run", registry=registry)
    assert not (tmp_path / "run").exists()


def test_what_has_no_weights_can_be_another(
    make_config: MakeConfig, finished: Outcome, tmp_path: Path, registry: Registry
) -> None:
    config = make_config(
        load=str(finished.folder),
        preprocessing={"width": 90, "fit": "stretch"},
        head={"skip_frames": 1},
        augmentation={"slant": 0.0},
        training={"epochs": 1, "lrate": 1e-20},
    )

    outcome = train(config, output=tmp_path, registry=registry)

    before, after = (Model.load(run.model, registry=registry) for run in (finished, outcome))
    assert after.architecture.preprocessing == Preprocessing(16, 90, "stretch")
    assert after.architecture.head.skip_frames == 1
    # Half of 90 px in frames, of which the first is dropped.
    assert after.frames(90) == 44
    assert torch.equal(before.network.output.weight, after.network.output.weight)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"preprocessing": {"height": 32}}, "preprocessing.height is 32, and the weights of the model .* are for 16"),
        ({"backbone": {"name": "vgg", "options": {"kernels": [5]}}}, r"kernels is \[5\], .* are for \[3\]; leave"),
        ({"head": {"rnn": [{"size": 256}]}}, "head.rnn is .*256.*, and the weights of the model .* are for .*12.*;"),
    ],
)
def test_what_stands_anyway_counts_where_it_is_said(
    finished: Outcome, lines_folder: Path, tmp_path: Path, registry: Registry, said: dict[str, object], message: str
) -> None:
    table = {"load": str(finished.folder), "charset": "from-data", "data": {"training": [str(lines_folder)]}}

    with pytest.raises(OptionError, match=message):
        train(configured(table, said), output=tmp_path / "run", registry=registry)


def test_a_fit_that_stands_anyway_can_be_said(
    finished: Outcome, lines_folder: Path, tmp_path: Path, registry: Registry
) -> None:
    table = {
        "load": str(finished.folder), "charset": "from-data", "data": {"training": [str(lines_folder)]},
        "training": {"epochs": 1, "workers": 0, "device": "cpu"},
    }  # fmt: skip
    stretching = configured(table, {"preprocessing": {"fit": "stretch", "width": 90}})
    stretched = train(stretching, output=tmp_path / "one", registry=registry)
    again = {**table, "load": str(stretched.folder)}

    kept = train(configured(again), output=tmp_path / "two", registry=registry)
    padded = train(configured(again, {"preprocessing": {"fit": "pad"}}), output=tmp_path / "three", registry=registry)

    fits = [Model.load(run.model, registry=registry).architecture.preprocessing.fit for run in (kept, padded)]
    assert fits == ["stretch", "pad"]


def test_a_configuration_as_an_object_says_what_is_not_standard(finished: Outcome, lines_folder: Path) -> None:
    config = RunConfig(load=str(finished.folder), head=HeadOptions(dropout=0.5))

    found = config_of([str(lines_folder)], config=config, settings={"preprocessing": {"fit": "pad"}})

    assert found.said == {"preprocessing.fit"}
    assert found.head.dropout == 0.5
