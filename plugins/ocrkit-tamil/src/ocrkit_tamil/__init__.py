"""The charset of Tamil, and what words for drawn lines are made of."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit import Charset, Script, hookimpl
from ocrkit.text.scripts import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit_tamil.words import TamilWords


@hookimpl
def ocrkit_charsets() -> Iterator[Charset]:
    """The symbols of ``tamil.toml``."""
    yield Charset.read(files(__package__) / "tamil.toml")


@hookimpl
def ocrkit_scripts() -> Iterator[Script]:
    """Tamil as ocrkit knows it, pulli and digits, with words."""
    known = next(script for script in SCRIPTS if script.code == "Taml")
    yield replace(known, summary="Aksharas, digits and words of Tamil.", words=_words)


def _words(symbols: frozenset[str]) -> TamilWords | None:
    from ocrkit_tamil.words import tamil_words

    return tamil_words(symbols)
