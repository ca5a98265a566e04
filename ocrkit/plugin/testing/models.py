"""Whether a model that a distribution brings is whole, and is what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.checkpoint import read_checkpoint
from ocrkit.errors import OcrkitError, PluginError
from ocrkit.plugin.testing.verdict import require, require_summary
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocrkit.plugin.specs import ModelSpec

__all__ = ["check_model"]

_TASKS = ("recognition", "segmentation")


def check_model(spec: ModelSpec) -> str:
    """Check a model's file as far as it goes without a network, its languages, its licence and its card.

    Returns:
        The size of the file, in a few words.

    Raises:
        PluginError: the file is missing, is no model or is damaged, holds a number that is none, or reads other
            languages than are said; or there is no licence; or there is to be a card, and none that can be read.
    """
    what = f"model {spec.name!r}"
    require_summary(what, spec.summary)
    require(isinstance(spec.path, Path), f"{what} has the path {spec.path!r}; expected a Path")
    require(
        isinstance(spec.licence, str) and bool(spec.licence.strip()),
        f"{what} has the licence {spec.licence!r}; expected that of its weights as SPDX names it, such as 'Apache-2.0'",
    )
    require(spec.task in _TASKS, f"{what} has the task {spec.task!r}; expected {' or '.join(map(repr, _TASKS))}")
    if spec.task == "segmentation":
        return _check_segmenter(what, spec)
    charset = _check_file(what, spec.path)
    languages = spec.languages
    require(
        isinstance(languages, tuple) and bool(languages) and all(isinstance(each, str) and each for each in languages),
        f"{what} has the languages {languages!r}; expected a tuple of BCP 47 names, such as ('ml', 'en')",
    )
    other, known = ", ".join(each for each in languages if each not in charset.languages), ", ".join(charset.languages)
    require(not other or known == "und", f"{what} is said to read {other}; its charset {charset.name!r} is for {known}")
    _check_card(what, spec.card)
    return f"{spec.path.stat().st_size / 1e6:.1f} MB, charset {charset.name}"


def _check_segmenter(what: str, spec: ModelSpec) -> str:
    """Check the file and the card of a model that finds lines, and say how large it is."""
    from ocrkit.segmentation.net import check_file

    try:
        check_file(spec.path)
    except OcrkitError as error:
        raise PluginError(f"{what}: {error}") from error
    _check_card(what, spec.card)
    return f"{spec.path.stat().st_size / 1e6:.1f} MB, finds lines"


def _check_file(what: str, path: Path) -> Charset:
    """The charset of a model file, all of whose tensors can be read and hold numbers."""
    import numpy as np

    try:
        checkpoint = read_checkpoint(path)
        kind, table = checkpoint.metadata.get("kind"), checkpoint.metadata.get("charset")
        require(kind == "model", f"{what}: {path.name} holds a {kind!r}, not a model")
        charset = Charset.from_dict(_table(what, table))
    except PluginError:
        raise
    except OcrkitError as error:
        raise PluginError(f"{what}: {error}") from error
    for name, tensor in checkpoint.tensors.items():
        require(
            tensor.dtype.kind != "f" or bool(np.isfinite(tensor).all()),
            f"{what}: {path.name} holds numbers in {name} that are not finite",
        )
    return charset


def _table(what: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise PluginError(f"{what}: its file has no charset")
    return value


def _check_card(what: str, card: Path | None) -> None:
    if card is None:
        return
    require(isinstance(card, Path), f"{what} has the card {card!r}; expected the Path of a Markdown file, or None")
    try:
        text = card.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PluginError(f"{what}: its card {card.name!r} cannot be read: {error}") from error
    require(text.startswith("# "), f"{what}: its card {card.name!r} begins with no heading '# …'; expected Markdown")
