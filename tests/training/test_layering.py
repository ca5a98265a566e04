"""What is left of a recipe below what the user says."""

from __future__ import annotations

import pytest

from ocrkit.training.layering import lay_over
from ocrkit.training.recipes import read_recipe

RECIPE = {
    "backbone": {"name": "vgg", "options": {"channels": [8]}},
    "head": {"rnn": [{"size": 8}], "dropout": 0.2, "skip_frames": 1},
    "training": {"epochs": 3},
}


def test_tables_are_merged() -> None:
    laid = lay_over(RECIPE, {"head": {"dropout": 0.1}, "backbone": {"options": {"dense": 4}}})

    assert laid["head"] == {"rnn": [{"size": 8}], "dropout": 0.1, "skip_frames": 1}
    assert laid["backbone"] == {"name": "vgg", "options": {"channels": [8], "dense": 4}}
    assert laid["training"] == {"epochs": 3}


def test_another_head_takes_the_place_of_the_one_below_with_its_layers() -> None:
    laid = lay_over(RECIPE, {"head": {"name": "lean", "options": {"size": 5}}})

    assert laid["head"] == {"dropout": 0.2, "skip_frames": 1, "name": "lean", "options": {"size": 5}}


def test_another_backbone_takes_the_place_of_the_one_below_with_its_options() -> None:
    laid = lay_over(RECIPE, {}, {"backbone": {"name": "resnet"}}, {"training": {"epochs": 4}})

    assert laid["backbone"] == {"name": "resnet"}


@pytest.mark.parametrize("named", [{"name": "blstm"}, {}])
def test_the_head_that_stands_below_by_default_keeps_its_layers(named: dict[str, object]) -> None:
    assert lay_over(RECIPE, {"head": named})["head"] == {**RECIPE["head"], **named}  # type: ignore[dict-item]


def test_what_lies_below_is_not_changed() -> None:
    recipe = read_recipe("captcha")

    lay_over(recipe, {"head": {"name": "lean"}, "backbone": {"name": "resnet"}})

    assert recipe == read_recipe("captcha")
