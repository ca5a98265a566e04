from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ocrkit.config import from_table, merge, parse_set, read_toml, to_table, write_toml
from ocrkit.errors import ConfigError, MissingFileError, OptionError
from ocrkit.training.settings import TrainingSettings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layer:
    size: int = 8

    def __post_init__(self) -> None:
        if self.size < 1:
            raise OptionError(f"size is {self.size}; expected at least 1")


@dataclass(frozen=True, slots=True)
class Network:
    name: str
    rate: float = 0.5
    fast: bool = False
    width: int | None = None
    amount: int | float = 0
    channels: tuple[int, ...] = ()
    corner: tuple[int, str] = (0, "")
    layers: tuple[Layer, ...] = ()
    layer: Layer = field(default_factory=Layer)
    options: Mapping[str, object] = field(default_factory=dict)
    strengths: Mapping[str, float] = field(default_factory=dict)


def test_a_table_becomes_an_instance_with_defaults_for_what_it_leaves_out() -> None:
    table = {"name": "vgg", "channels": [1, 2], "layers": [{"size": 3}, {}], "layer": {"size": 4}}

    network = from_table(Network, table)

    assert network == Network("vgg", channels=(1, 2), layers=(Layer(3), Layer(8)), layer=Layer(4))


def test_a_whole_number_will_do_for_a_float() -> None:
    network = from_table(Network, {"name": "vgg", "rate": 1, "strengths": {"blur": 1}})

    assert (network.rate, type(network.rate)) == (1.0, float)
    assert type(network.strengths["blur"]) is float


@pytest.mark.parametrize("amount", [3, 3.5])
def test_a_union_takes_each_of_its_types_as_it_is(amount: float) -> None:
    network = from_table(Network, {"name": "vgg", "amount": amount})

    assert (network.amount, type(network.amount)) == (amount, type(amount))


def test_none_is_taken_where_a_type_allows_it() -> None:
    assert from_table(Network, {"name": "vgg", "width": None}).width is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"nane": "vgg"}, "no option 'nane'; did you mean 'name'? known: name, rate"),
        ({}, "the option 'name' is required"),
        ({"name": 3}, "name is 3; expected a string"),
        ({"name": "v", "rate": "fast"}, "rate is 'fast'; expected a number"),
        ({"name": "v", "rate": True}, "rate is True; expected a number"),
        ({"name": "v", "fast": 1}, "fast is 1; expected true or false"),
        ({"name": "v", "width": 1.5}, "width is 1.5; expected a whole number"),
        ({"name": "v", "width": "wide"}, "width is 'wide'; expected a whole number"),
        ({"name": "v", "amount": "much"}, "amount is 'much'; expected a whole number or a number"),
        ({"name": "v", "channels": 3}, "channels is 3; expected a list"),
        ({"name": "v", "channels": [1, "b"]}, "channels[1] is 'b'; expected a whole number"),
        ({"name": "v", "corner": [1]}, "corner has 1 items; expected 2"),
        ({"name": "v", "layer": 3}, "layer is 3; expected a table"),
        ({"name": "v", "layers": [{"sise": 3}]}, "layers[0]: no option 'sise'; did you mean 'size'? known: size"),
        ({"name": "v", "layer": {"size": "big"}}, "layer: size is 'big'; expected a whole number"),
        ({"name": "v", "strengths": {"blur": "a"}}, "strengths.blur is 'a'; expected a number"),
        ({"name": "v", "strengths": [1]}, "strengths is [1]; expected a table"),
    ],
)
def test_a_wrong_table_is_named_with_its_place(table: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_table(Network, table, where="net.toml")

    assert str(caught.value).startswith(f"net.toml: {message}")


def test_what_a_dataclass_refuses_is_named_with_its_place() -> None:
    with pytest.raises(OptionError, match=r"^net.toml: layers\[1\]: size is 0; expected at least 1$"):
        from_table(Network, {"name": "v", "layers": [{}, {"size": 0}]}, where="net.toml")


def test_an_instance_survives_the_way_through_a_file(tmp_path: Path) -> None:
    network = Network(
        "vgg",
        0.25,
        True,
        None,
        2,
        (1, 2),
        (3, "x"),
        (Layer(1),),
        Layer(2),
        {"a": [1, "b"], "c": {"d": 1.5}},
        {"e": 1.0},
    )

    write_toml(tmp_path / "net.toml", to_table(network))

    assert from_table(Network, read_toml(tmp_path / "net.toml")) == network


def test_writing_leaves_nothing_but_the_file(tmp_path: Path) -> None:
    write_toml(tmp_path / "net.toml", {"a": 1})
    write_toml(tmp_path / "net.toml", {"b": 2})

    assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]
    assert read_toml(tmp_path / "net.toml") == {"b": 2}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no configuration file '.*net.toml'"):
        read_toml(tmp_path / "net.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = = 1", "not TOML: .*line 1"),
        (b"\xff", "cannot be read as a TOML"),
        (b"a = " + b"[" * 50_000, "nested over 100 deep"),
        (b"a = " + b"9" * 5_000, "a whole number has more than 64 bits"),
    ],
    ids=["twice equal", "no UTF-8", "deep", "long"],
)
def test_what_is_no_toml_is_said_so(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "net.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=message):
        read_toml(tmp_path / "net.toml")


def test_later_tables_lie_on_top_of_earlier_ones_key_by_key() -> None:
    merged = merge({"a": {"x": 1, "y": 2}, "b": 1}, {"a": {"y": 3}}, {"b": {"z": 4}})

    assert merged == {"a": {"x": 1, "y": 3}, "b": {"z": 4}}


def test_merging_leaves_the_tables_as_they_were() -> None:
    below = {"a": {"x": 1}}

    merge(below, {"a": {"x": 2}})

    assert below == {"a": {"x": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ('"3"', "3"),
        ("adamw", "adamw"),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_a_set_value_is_toml_or_else_a_string(text: str, value: object) -> None:
    assert parse_set([f"training.x={text}"]) == {"training": {"x": value}}


def test_several_sets_make_one_table_and_the_last_of_equals_counts() -> None:
    assert parse_set(["a.x=1", "a.y=2", "a.x=3"]) == {"a": {"x": 3, "y": 2}}


@pytest.mark.parametrize("assignment", ["epochs", "=3", "training.=3", ".epochs=3", ""])
def test_a_set_without_key_or_value_is_refused(assignment: str) -> None:
    with pytest.raises(ConfigError, match=r"is not of the form section.key=value"):
        parse_set([assignment])


def test_a_pipe_is_no_configuration(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")

    with pytest.raises(ConfigError, match=r"pipe.toml: cannot be read as a TOML file: it is a pipe"):
        read_toml(tmp_path / "pipe.toml")


@pytest.mark.parametrize("text", ["9" * 5_000, "[" * 50_000])
def test_a_setting_that_is_no_toml_is_a_string(text: str) -> None:
    assert parse_set([f"a={text}"]) == {"a": text}


@pytest.mark.parametrize("given", [True, False])
def test_true_and_false_are_no_numbers(given: bool) -> None:
    with pytest.raises(ConfigError, match=f"epochs is {given}; expected a whole number"):
        from_table(TrainingSettings, {"epochs": given})
