"""Words mended once they are read: the corrector ``spelling``, and the command ``ocrkit words``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrkit import CommandSpec, CorrectorSpec, hookimpl
from ocrkit_spelling.options import SpellingOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from ocrkit.plugin.corrector_specs import Corrector
    from ocrkit.text.charset import Charset

__version__ = "0.1.0"


@hookimpl
def ocrkit_correctors() -> Iterator[CorrectorSpec]:
    """The corrector ``spelling``."""
    summary = "Unknown words of low confidence, by a word list and by what the network saw."
    yield CorrectorSpec("spelling", summary, SpellingOptions, _build)


@hookimpl
def ocrkit_commands() -> Iterator[CommandSpec]:
    """The command ``words``."""
    yield CommandSpec("words", "Make a list of words with their frequencies from texts.", _load)


def _build(charset: Charset, options: Any) -> Corrector:
    from ocrkit_spelling.corrector import make_corrector

    return make_corrector(charset, options)


def _load() -> typer.Typer:
    from ocrkit_spelling.command import app

    return app
