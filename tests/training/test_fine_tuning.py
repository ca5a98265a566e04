from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ocrkit.model import Model
from ocrkit.training import Outcome, RunConfig, train

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
