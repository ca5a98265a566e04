from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from ocrkit.config import from_table
from ocrkit.drawing.options import SyntheticOptions
from ocrkit.errors import UnknownNameError
from ocrkit.model import Architecture, Model
from ocrkit.text.charset import Charset
from ocrkit.training import RunConfig, read_recipe, recipe_names
from ocrkit.training.layering import configured

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


@pytest.mark.parametrize("name", [name for name in recipe_names() if name not in ("captcha", "fine-tune")])
def test_recipes_name_a_charset_but_for_captchas_and_fine_tuning(name: str) -> None:
    config = from_table(RunConfig, read_recipe(name), where=name)

    assert "from-data" not in config.charset


def test_the_recipe_of_words_draws_lone_words_on_signs() -> None:
    options = from_table(SyntheticOptions, read_recipe("words")["synthetic"], where="synthetic")  # type: ignore[arg-type]

    parts = options.each_part()

    assert sorted(parts) == ["capitals", "words"]
    assert {(part.line_words, part.scene) for part in parts.values()} == {((1, 1), 1)}


def test_the_recipe_of_english_hands_carries_on_any_model_that_is_loaded() -> None:
    config = configured(read_recipe("english-hand"), {"load": "other.safetensors"})

    assert read_recipe("english-hand")["load"] == "english"
    assert config.said == {"head.dropout"}
