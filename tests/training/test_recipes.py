from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from ocrkit.config import from_table
from ocrkit.errors import UnknownNameError
from ocrkit.model import Architecture, Model
from ocrkit.text.charset import Charset
from ocrkit.training import RunConfig, read_recipe, recipe_names

if TYPE_CHECKING:
    from ocrkit.plugin.registry import Registry


def test_an_unknown_recipe_offers_the_nearest_and_a_way_out() -> None:
    with pytest.raises(UnknownNameError, match=r"no recipe 'captha'; did you mean 'captcha'\?.*`config` reads a file"):
        read_recipe("captha")


def test_recipes_are_found_by_name() -> None:
    assert {"captcha", "demo"} <= set(recipe_names())


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_makes_a_network_that_reads(name: str, registry: Registry) -> None:
    config = from_table(RunConfig, read_recipe(name), where=name)
    parts = Architecture(config.backbone.name, config.backbone.options, config.head, config.preprocessing)
    model = Model.build(Charset("letters", ("", *"abc")), parts, registry=registry)
    model.network.eval()
    width = config.preprocessing.width or 128

    with torch.inference_mode():
        log_probs, lengths = model.network(torch.rand(1, 1, config.preprocessing.height, width), torch.tensor([width]))

    assert log_probs.shape == (1, model.frames(width), 4)
    assert lengths.tolist() == [model.frames(width)]


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_names_augmentations_that_there_are(name: str, registry: Registry) -> None:
    config = from_table(RunConfig, read_recipe(name), where=name)

    for augmentation in config.augmentation:
        registry.augmentation(augmentation)
