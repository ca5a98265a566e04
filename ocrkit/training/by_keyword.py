"""Training as one call: the configuration of a run from keywords."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from ocrkit.config import Table, merge, read_toml, to_table
from ocrkit.errors import OptionError, UnknownNameError, unknown_name
from ocrkit.training.layering import configured
from ocrkit.training.recipes import read_recipe
from ocrkit.training.settings import BackboneChoice, DataSettings, RunConfig, TrainingSettings

if TYPE_CHECKING:
    from ocrkit.data.image import Preprocessing
    from ocrkit.nets.options import HeadOptions
    from ocrkit.plugin.registry import Registry
    from ocrkit.training.observer import Observer, Outcome

__all__ = ["RunKeywords", "config_of", "train"]

Locations = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class RunKeywords(TypedDict, total=False):
    """Every field of ``RunConfig``, and those of its tables ``data`` and ``training`` by their own names.

    The field ``training`` of ``data``, the locations of the training lines, is the first argument of ``train``.
    """

    charset: str
    load: str | os.PathLike[str]
    resize: str
    backbone: str | Table | BackboneChoice
    head: str | Table | HeadOptions
    preprocessing: Table | Preprocessing
    synthetic: Table
    augmentation: Mapping[str, float]
    training: Table | TrainingSettings
    evaluation: Locations | Mapping[str, Locations]
    format: str
    pattern: str
    validation_fraction: float
    validation_count: int
    unencodable: str
    max_bad: float
    cache: int
    epochs: int
    steps: int
    minutes: float
    batch_size: int
    optimizer: str
    lrate: float
    rates: Mapping[str, float]
    freeze: str | Iterable[str]
    freeze_epochs: int
    weight_decay: float
    schedule: str
    warmup: float
    clip: float
    precision: str
    device: str
    judge: str
    quit: str
    lag: int
    seed: int
    workers: int
    save_every: float
    tensorboard: bool
    threads: int
    deterministic: bool


def train(
    data: Locations | Table | DataSettings | None = None,
    *,
    config: RunConfig | Table | str | os.PathLike[str] | None = None,
    recipe: str | None = None,
    output: str | os.PathLike[str] | None = None,
    observer: Observer | None = None,
    registry: Registry | None = None,
    **settings: Unpack[RunKeywords],
) -> Outcome:
    """Train a model, and leave it with its log and pictures in a folder of its own.

    What is said by keyword is laid over ``config``, and that over the recipe. Torch's global generators are seeded.

    Args:
        data: a folder or a table of labelled lines, or several in a list; None draws lines from the charset. Or the
            whole table ``data`` of a configuration.
        config: a configuration: a ``RunConfig``, a table, or a TOML file.
        recipe: the name of a recipe to start from.
        output: the run's folder, made where it does not exist; None for the next free ``runs/<charset>-<n>``.
        observer: whom to tell of progress.
        registry: None for the default one.
        settings: see ``RunKeywords``; docs/recipes.md describes each.

    Returns:
        How the run ended, with the folder and the model file, which ``Recognizer.load`` takes.

    Raises:
        UnknownNameError: there is no setting of such a name.
        ConfigError: a value of the wrong type; or the folder holds a run already, or cannot be written.
        OcrkitError: whatever is wrong with data, charset, options or device.
    """
    from ocrkit.training.run import (
        train as run,  # torch takes seconds to load; what is wrong with settings is told first
    )

    chosen = config_of(data, config=config, recipe=recipe, settings=settings)
    return run(chosen, output=output, observer=observer, registry=registry)


def config_of(
    data: Locations | Table | DataSettings | None,
    *,
    config: RunConfig | Table | str | os.PathLike[str] | None = None,
    recipe: str | None = None,
    settings: RunKeywords,
) -> RunConfig:
    """The configuration that the arguments of ``train`` spell; see there."""
    if isinstance(data, RunConfig):
        raise OptionError("a RunConfig is no data; give it by keyword: train(config=...)")
    said = merge(_data_table(data), _tables(settings))
    recipe_table = read_recipe(recipe) if recipe else {}
    if isinstance(config, RunConfig):
        return configured(recipe_table, to_table(config), said, like=config)
    below = {} if config is None else read_toml(config) if isinstance(config, str | os.PathLike) else config
    if not isinstance(below, Mapping):
        raise OptionError(f"config is {config!r}; expected a RunConfig, a table, or the name of a TOML file")
    return configured(recipe_table, below, said)


_IN_DATA = {field.name for field in fields(DataSettings)} - {"training"}
_IN_TRAINING = {field.name for field in fields(TrainingSettings)}
_AT_THE_TOP = {field.name for field in fields(RunConfig) if field.init} - {"data"}


def _tables(settings: RunKeywords) -> dict[str, object]:
    """The settings in the tables that they belong to."""
    table: dict[str, object] = {}
    for name, value in settings.items():
        if name in _AT_THE_TOP:
            placed = {name: _at_the_top(name, value)}
        elif name in _IN_DATA:
            placed = {"data": {name: _places(value) if name == "evaluation" else value}}
        elif name in _IN_TRAINING:
            placed = {"training": {name: _listed(value) if name == "freeze" else value}}
        else:
            raise UnknownNameError(unknown_name("setting", name, _AT_THE_TOP | _IN_DATA | _IN_TRAINING))
        table = merge(table, placed)
    return table


def _at_the_top(name: str, value: object) -> object:
    if name == "charset" and hasattr(value, "symbols"):
        raise OptionError("charset is a Charset; a configuration holds its name, or the name of its file: give that")
    if name in ("backbone", "head") and isinstance(value, str):
        return {"name": value}
    return os.fspath(value) if isinstance(value, os.PathLike) else _plain(value)


def _data_table(data: object) -> dict[str, object]:
    if data is None:
        return {}
    if isinstance(data, Mapping | DataSettings):
        return {"data": _plain(data)}
    return {"data": {"training": _listed(data)}}


def _listed(places: object) -> object:
    """Locations as a configuration holds them."""
    if isinstance(places, str | os.PathLike):
        return [os.fspath(places)]
    if isinstance(places, Iterable):
        return [os.fspath(place) if isinstance(place, os.PathLike) else place for place in places]
    return places  # the configuration says what is wrong with it


def _places(value: object) -> object:
    """Locations, or a table of named ones, as a configuration holds them."""
    return {name: _listed(each) for name, each in value.items()} if isinstance(value, Mapping) else _listed(value)


def _plain(value: object) -> object:
    return to_table(value) if is_dataclass(value) and not isinstance(value, type) else value
