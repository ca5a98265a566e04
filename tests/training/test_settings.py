from __future__ import annotations

import math

import pytest

from ocrkit.config import from_table, to_table
from ocrkit.errors import ConfigError, OptionError
from ocrkit.training import RunConfig, read_recipe, recipe_names


def test_the_defaults_train_malayalam_on_drawn_lines() -> None:
    config = RunConfig()

    assert config.charset == "malayalam"
    assert config.draws_lines


def test_settings_survive_the_way_through_a_table() -> None:
    config = RunConfig(charset="a+b", augmentation={"blur": 0.5}, synthetic={"count": 3})

    assert from_table(RunConfig, to_table(config)) == config


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"resize": "unoin"}, "resize is 'unoin'; did you mean 'union'? known: fail, union, new"),
        ({"augmentation": {"blur": 2}}, "augmentation.blur is 2.0; expected at least 0 and at most 1"),
        ({"data": {"unencodable": "skp"}}, "data: unencodable is 'skp'; did you mean 'skip'?"),
        ({"data": {"max_bad": 1.5}}, "data: max_bad is 1.5; expected at least 0 and at most 1"),
        ({"data": {"validation_fraction": 1}}, "data: validation_fraction is 1.0; expected at least 0 and at most 0.9"),
        ({"data": {"validation_count": 0}}, "data: validation_count is 0; expected at least 1"),
        ({"training": {"optimizer": "adadlta"}}, "training: optimizer is 'adadlta'; did you mean 'adadelta'?"),
        ({"training": {"schedule": "cosin"}}, "training: schedule is 'cosin'; did you mean 'cosine'?"),
        ({"training": {"precision": "float64"}}, "training: precision is 'float64'; did you mean"),
        ({"training": {"quit": "never"}}, "training: quit is 'never'; known: early, fixed"),
        ({"training": {"epochs": 0}}, "training: epochs is 0; expected at least 1"),
        ({"training": {"batch_size": 0}}, "training: batch_size is 0; expected at least 1"),
        ({"training": {"lag": 0}}, "training: lag is 0; expected at least 1"),
        ({"training": {"weight_decay": -0.1}}, "training: weight_decay is -0.1; expected at least 0"),
        ({"training": {"warmup": 1.1}}, "training: warmup is 1.1; expected at least 0 and at most 1"),
        ({"training": {"clip": -1}}, "training: clip is -1.0; expected at least 0"),
        ({"training": {"save_every": -1}}, "training: save_every is -1.0; expected at least 0"),
        ({"data": {"cache": -1}}, "data: cache is -1; expected at least 0"),
        ({"training": {"lrate": 0}}, "training: lrate is 0.0; expected a number above 0"),
        ({"training": {"lrate": math.nan}}, "training: lrate is nan; expected a number above 0"),
        ({"training": {"lrate": math.inf}}, "training: lrate is inf; expected a number above 0"),
        ({"training": {"minutes": math.inf}}, "training: minutes is inf; expected at least 0"),
        ({"training": {"workers": -2}}, "training: workers is -2; expected at least -1"),
        ({"training": {"seed": 2**63}}, "training: seed is 9223372036854775808; expected at least 0 and at most 4611"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_section(table: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        from_table(RunConfig, table)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"trainin": {}}, "no option 'trainin'; did you mean 'training'?"),
        ({"training": {"epoch": 3}}, "training: no option 'epoch'; did you mean 'epochs'?"),
        ({"preprocessing": {"hight": 32}}, "preprocessing: no option 'hight'; did you mean 'height'?"),
        ({"head": {"rnn": [{"sise": 3}]}}, "head: rnn[0]: no option 'sise'; did you mean 'size'?"),
    ],
)
def test_an_unknown_setting_offers_the_nearest(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_table(RunConfig, table)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_is_a_configuration(name: str) -> None:
    config = from_table(RunConfig, read_recipe(name), where=name)

    assert config.training.epochs >= 1
