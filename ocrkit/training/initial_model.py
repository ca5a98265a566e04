"""The model that training begins with: fresh weights, or those of another model, for its charset or a wider one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.checkpoint import read_metadata
from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.model_files import find_model
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ocrkit.plugin.registry import Registry
    from ocrkit.text.charset import Charset

__all__ = ["charset_name", "initial_model", "load_base"]

_STANDARD = RunConfig()


def load_base(config: RunConfig, *, registry: Registry) -> Model | None:
    """The model that ``config.load`` names: a file, a run's folder or an installed one; None where it names none.

    What has no weights is as the configuration says: dropout, ``skip_frames``, and the width, fit, contrast, rows and
    foot of lines.

    Raises:
        OptionError: the configuration asks for another network, or lines of another height, than that model's; or it
            names none, and says what is to become of its charset or parts.
        OcrkitError: there is no such model, or it is damaged.
    """
    if not config.load:
        _check_nothing_to_load(config)
        return None
    base = Model.load(find_model(config.load, runtime="torch", registry=registry).path, registry=registry)
    for name, said, own in _said_and_own(config, base.architecture):
        if said != own:
            raise OptionError(
                f"{name} is {said!r}, and the weights of the model {config.load!r} are for {own!r}; leave {name} out, "
                "or train without `load`"
            )
    return _without_other_weights(base, config, registry)


def charset_name(config: RunConfig) -> str:
    """What the charset is called that a configuration names, or that the model has whose charset it keeps."""
    if not config.keeps_charset:
        return config.charset
    record = read_metadata(find_model(config.load, runtime="torch").path).get("charset")
    return str(record.get("name", "")) if isinstance(record, dict) else ""


def initial_model(config: RunConfig, charset: Charset, base: Model | None, registry: Registry) -> Model:
    """``base`` for that charset, or without one a model with fresh weights from torch's generator."""
    if base is None:
        head = replace(config.head, dropout=config.head.dropout or 0.0)
        parts = Architecture(config.backbone.name, config.backbone.options, head, config.preprocessing)
        return Model.build(charset, parts, registry=registry)
    return base if charset == base.charset else base.with_charset(charset, registry=registry)


def _check_nothing_to_load(config: RunConfig) -> None:
    """Refuse what only makes sense for a model that is loaded."""
    if config.resize != "fail":
        raise OptionError(
            f"resize is {config.resize!r}, and there is no model whose charset that could be done to; "
            "name one with `load`"
        )
    if config.training.freeze:
        raise OptionError(
            f"training.freeze is {list(config.training.freeze)!r}, and there is no model to keep that of; "
            "name one with `load`, or train every part"
        )


def _said_and_own(config: RunConfig, own: Architecture) -> Iterator[tuple[str, object, object]]:
    """What the configuration says of the network, as far as weights depend on it, beside what the model has."""
    for part, said, options in (
        ("backbone", config.backbone.name, own.options),
        ("head", config.head.name, own.head.options),
    ):
        if _is_said(config, f"{part}.name"):
            yield f"{part}.name", said, own.backbone if part == "backbone" else own.head.name
        chosen = config.backbone.options if part == "backbone" else config.head.options
        for key, value in _without_dropout(chosen).items():
            yield f"{part}.options.{key}", _plain(value), _plain(options.get(key))
    if config.head.rnn is not None:
        yield "head.rnn", config.head.rnn, own.head.rnn
    if _is_said(config, "preprocessing.height"):
        yield "preprocessing.height", config.preprocessing.height, own.preprocessing.height


def _without_other_weights(base: Model, config: RunConfig, registry: Registry) -> Model:
    """The model with what the configuration says of things that have no weights; what it does not say stays."""
    parts, head = base.architecture, config.head
    changed = replace(
        parts,
        options=_with_dropout_of(parts.options, config.backbone.options),
        head=replace(
            parts.head,
            dropout=parts.head.dropout if head.dropout is None else head.dropout,
            skip_frames=head.skip_frames if _is_said(config, "head.skip_frames") else parts.head.skip_frames,
            options=_with_dropout_of(parts.head.options, head.options),
        ),
        preprocessing=replace(
            parts.preprocessing,
            **{
                key: getattr(config.preprocessing, key)
                for key in ("width", "fit", "contrast", "aspect", "rows", "foot")
                if _is_said(config, f"preprocessing.{key}")
            },
        ),
    )
    return base if changed == parts else base.with_architecture(changed, registry=registry)


def _is_said(config: RunConfig, name: str) -> bool:
    """Whether the configuration says it, in so many words or by another value than what stands anyway."""
    section, key = name.split(".")
    return name in config.said or getattr(getattr(config, section), key) != getattr(getattr(_STANDARD, section), key)


def _plain(value: object) -> object:
    """Options as TOML and as Python has them alike."""
    return list(value) if isinstance(value, tuple) else value


def _with_dropout_of(options: Mapping[str, object], said: Mapping[str, object]) -> dict[str, object]:
    return {**options, **{key: said[key] for key in said.keys() - _without_dropout(said)}}


def _without_dropout(options: Mapping[str, object]) -> dict[str, object]:
    """A network's options but for those named for dropout, as ``dropout`` and ``dense_dropout`` are."""
    return {key: value for key, value in options.items() if key.split("_")[-1] != "dropout"}
