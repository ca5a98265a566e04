"""The model that training begins with: fresh weights, or those of another model, for its charset or a wider one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.model_files import find_model
from ocrkit.nets.options import HeadOptions
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.plugin.registry import Registry
    from ocrkit.text.charset import Charset

__all__ = ["initial_model", "load_base"]


def load_base(config: RunConfig, *, registry: Registry) -> Model | None:
    """The model that ``config.load`` names: a file, a run's folder or an installed one; None where it names none.

    Raises:
        OptionError: the configuration asks for another network, or other inputs, than that model's.
        OcrkitError: there is no such model, or it is damaged.
    """
    if not config.load:
        return None
    base = Model.load(find_model(config.load).path, registry=registry)
    parts, standard = base.architecture, RunConfig()
    structure = _without_dropout(config.backbone.options)
    for name, said, agrees in (
        (
            "backbone",
            bool(structure) or config.backbone.name != standard.backbone.name,
            config.backbone.name == parts.backbone
            and all(parts.options.get(key) == value for key, value in structure.items()),
        ),
        ("head", _structure(config.head) != standard.head, _is_within(config.head, parts.head)),
        ("preprocessing", config.preprocessing != standard.preprocessing, config.preprocessing == parts.preprocessing),
    ):
        if said and not agrees:
            raise OptionError(
                f"{name} is not that of the model {config.load!r}, whose network is taken as it is but for dropout; "
                f"leave {name} out, or train without `load`"
            )
    return _with_dropout(base, config, registry)


def initial_model(config: RunConfig, charset: Charset, base: Model | None, registry: Registry) -> Model:
    """``base`` for that charset, or without one a model with fresh weights from torch's generator."""
    if base is None:
        head = replace(config.head, dropout=config.head.dropout or 0.0)
        parts = Architecture(config.backbone.name, config.backbone.options, head, config.preprocessing)
        return Model.build(charset, parts, registry=registry)
    return base if charset == base.charset else base.with_charset(charset, registry=registry)


def _with_dropout(base: Model, config: RunConfig, registry: Registry) -> Model:
    """The model with the shares of dropout that the configuration names; those that it does not name stay."""
    parts = base.architecture
    dropout = parts.head.dropout if config.head.dropout is None else config.head.dropout
    head_options = _with_dropout_of(parts.head.options, config.head.options)
    changed = replace(
        parts,
        options=_with_dropout_of(parts.options, config.backbone.options),
        head=replace(parts.head, dropout=dropout, options=head_options),
    )
    return base if changed == parts else base.with_architecture(changed, registry=registry)


def _structure(head: HeadOptions) -> HeadOptions:
    """A head without what has no weights."""
    return replace(head, dropout=None, options=_without_dropout(head.options))


def _is_within(head: HeadOptions, own: HeadOptions) -> bool:
    """Whether a head that a configuration names is the model's own, as far as it says."""
    said = _structure(head)
    return (
        said.name == own.name
        and said.rnn in (None, own.rnn)
        and all(own.options.get(key) == value for key, value in said.options.items())
        and (said.skip_frames == own.skip_frames or said == HeadOptions(name=said.name))
    )


def _with_dropout_of(options: Mapping[str, object], said: Mapping[str, object]) -> dict[str, object]:
    return {**options, **{key: said[key] for key in said.keys() - _without_dropout(said)}}


def _without_dropout(options: Mapping[str, object]) -> dict[str, object]:
    """A network's options but for those named for dropout, as ``dropout`` and ``dense_dropout`` are."""
    return {key: value for key, value in options.items() if key.split("_")[-1] != "dropout"}
