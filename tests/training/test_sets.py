from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit import hookimpl
from ocrkit.config import from_table
from ocrkit.data.records import Sample
from ocrkit.errors import CharsetError, DataError, ModelError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.specs import SourceOptions, SourceSpec
from ocrkit.text.charset import Charset
from ocrkit.training import RunConfig
from ocrkit.training.sets import Sets, open_sets

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeConfig = Callable[..., RunConfig]
    DrawLines = Callable[..., Path]


def names(sets: Sets) -> tuple[list[str], list[str]]:
    return [sample.name for sample in sets.training], [
        sample.name for each in sets.validation.values() for sample in each
    ]


@pytest.fixture
def base(registry: Registry) -> Model:
    """A model that reads a, b, c and x."""
    parts = Architecture(options={"channels": [4], "pools": ["2x2"]}, head=HeadOptions(rnn=()))
    return Model.build(Charset("abcx", ("", *"abcx")), parts, registry=registry)


def test_a_share_of_the_lines_validates_and_the_rest_trains(make_config: MakeConfig, registry: Registry) -> None:
    training, validation = names(open_sets(make_config(), registry=registry))

    assert (len(training), len(validation)) == (32, 8)
    assert len({*training, *validation}) == 40
    assert training == sorted(training)


def test_a_share_goes_to_the_nearest_whole_number_of_lines(make_config: MakeConfig, registry: Registry) -> None:
    training, validation = names(open_sets(make_config(data={"validation_fraction": 0.09}), registry=registry))

    # 0.09 x 40 = 3.6.
    assert (len(training), len(validation)) == (36, 4)


def test_the_same_seed_splits_alike(make_config: MakeConfig, registry: Registry) -> None:
    one, other = (names(open_sets(make_config(), registry=registry)) for _ in range(2))

    assert one == other


def test_another_seed_splits_differently(make_config: MakeConfig, registry: Registry) -> None:
    one, other = (names(open_sets(make_config(training={"seed": seed}), registry=registry)) for seed in (5, 6))

    assert one != other


def test_without_a_share_nothing_validates(make_config: MakeConfig, registry: Registry) -> None:
    training, validation = names(open_sets(make_config(data={"validation_fraction": 0}), registry=registry))

    assert (len(training), validation) == (40, [])


def test_named_validation_lines_leave_all_others_to_training(
    make_config: MakeConfig, draw_lines: DrawLines, registry: Registry
) -> None:
    config = make_config(data={"evaluation": [str(draw_lines(6))]})

    training, validation = names(open_sets(config, registry=registry))

    assert (len(training), len(validation)) == (40, 6)


def test_too_few_lines_for_a_share_are_said_so(
    make_config: MakeConfig, draw_lines: DrawLines, registry: Registry
) -> None:
    config = make_config(data={"training": [str(draw_lines(2))]})

    with pytest.raises(DataError, match=r"2 lines are too few to set a share of 0.2 aside"):
        open_sets(config, registry=registry)


def test_a_share_that_leaves_nothing_to_train_on_is_refused(
    make_config: MakeConfig, draw_lines: DrawLines, registry: Registry
) -> None:
    config = make_config(data={"training": [str(draw_lines(1))], "validation_fraction": 0.9})

    with pytest.raises(DataError, match="1 line is too few"):
        open_sets(config, registry=registry)


def test_several_locations_add_up(make_config: MakeConfig, draw_lines: DrawLines, registry: Registry) -> None:
    config = make_config()
    places = [*config.data.training, str(draw_lines(10))]

    training, validation = names(open_sets(make_config(data={"training": places}), registry=registry))

    assert len(training) + len(validation) == 50


def test_from_data_is_the_characters_of_the_labels(make_config: MakeConfig, registry: Registry) -> None:
    assert open_sets(make_config(), registry=registry).charset.symbols == ("", *"abcd")


def test_from_data_joins_a_union(make_config: MakeConfig, registry: Registry) -> None:
    charset = open_sets(make_config(charset="english-basic+from-data"), registry=registry).charset

    assert charset.symbols == registry.charset("english-basic").symbols


def test_from_data_needs_data(make_config: MakeConfig, registry: Registry) -> None:
    with pytest.raises(CharsetError, match="'from-data' is made from training texts, and there are none here"):
        open_sets(make_config(data={"training": []}), registry=registry)


def test_a_base_model_of_another_charset_is_refused(make_config: MakeConfig, registry: Registry, base: Model) -> None:
    with pytest.raises(ModelError, match=r"1 symbols are new \(d\), 1 would be lost \(x\)"):
        open_sets(make_config(), registry=registry, base=base)


def test_a_union_keeps_the_base_models_labels_first(make_config: MakeConfig, registry: Registry, base: Model) -> None:
    charset = open_sets(make_config(resize="union", load="base"), registry=registry, base=base).charset

    assert charset.symbols == ("", *"abcxd")


def test_a_union_with_labels_in_another_order_is_refused(
    registry: Registry, base: Model, draw_lines: DrawLines
) -> None:
    folder = draw_lines(4)
    (folder / "labels.tsv").write_text("000.png\tאב\n001.png\tבא\n", encoding="utf-8")
    old = Model.build(Charset("old", ("", "א", "ב"), direction="rtl", order="logical"), base.architecture)
    data = {"data": {"training": [str(folder)], "validation_fraction": 0.0}, "charset": "from-data"}
    data |= {"load": "old", "resize": "union"}

    with pytest.raises(ModelError, match="the model's labels stand in the order of the text"):
        open_sets(from_table(RunConfig, data), registry=registry, base=old)


def test_a_new_charset_takes_the_place_of_the_base_models(
    make_config: MakeConfig, registry: Registry, base: Model
) -> None:
    charset = open_sets(make_config(resize="new", load="base"), registry=registry, base=base).charset

    assert charset.symbols == ("", *"abcd")


def test_a_resumed_run_keeps_its_charset_whatever_the_expression_gives_by_now(
    make_config: MakeConfig, registry: Registry, base: Model
) -> None:
    assert open_sets(make_config(), registry=registry, base=base, resuming=True).charset == base.charset


class Telling:
    """A plugin with a format that notes the options that it is opened with."""

    def __init__(self) -> None:
        self.options: list[SourceOptions] = []

    @hookimpl
    def ocrkit_sources(self) -> list[SourceSpec]:
        return [SourceSpec("telling", "Notes its options.", recognises=lambda _: False, open=self.open)]

    def open(self, location: Path | None, options: SourceOptions) -> list[Sample]:
        self.options.append(options)
        return [Sample(str(number), Path(str(number)), "ab") for number in range(20)]


@pytest.mark.parametrize(
    ("charset", "told"), [("english", ["english"]), ("from-data", [None]), ("from-data+english", [None])]
)
def test_a_format_is_told_the_charset_where_it_is_known_before_the_data_are(
    make_config: MakeConfig, charset: str, told: list[str | None]
) -> None:
    plugin, registry = Telling(), load_registry("none")
    registry.register(plugin, distribution="telling")

    open_sets(make_config(charset=charset, data={"format": "telling"}), registry=registry)

    assert [options.charset and options.charset.name for options in plugin.options] == told
    assert [options.seed for options in plugin.options] == [5]


def test_lines_drawn_for_validation_are_others_than_those_for_training(
    make_config: MakeConfig,
) -> None:
    plugin, registry = Telling(), load_registry("none")
    registry.register(plugin, distribution="telling")
    config = make_config(charset="english", data={"training": [], "format": "telling", "validation_count": 7})

    open_sets(config, registry=registry)

    training, validation = plugin.options
    assert (training.seed, training.count) == (5, None)
    assert validation.count == 7
    assert validation.seed != training.seed


def test_without_a_charset_the_labels_are_those_of_the_loaded_model(
    make_config: MakeConfig, registry: Registry
) -> None:
    own = Model.build(Charset("own", ("", *"dcba")), Architecture(options={"channels": [8], "pools": ["2x2"]}))

    sets = open_sets(make_config(charset="", load="base"), registry=registry, base=own)

    assert sets.charset == own.charset


@pytest.mark.parametrize(
    ("said", "charset"),
    [
        ({}, "malayalam"),
        ({"load": "base"}, ""),
        ({"load": "base", "resize": "union"}, "malayalam"),
        ({"load": "base", "charset": "english"}, "english"),
    ],
)
def test_without_a_charset_malayalam_is_meant_unless_a_loaded_model_has_one(said: dict[str, str], charset: str) -> None:
    assert RunConfig(**said).charset == charset
