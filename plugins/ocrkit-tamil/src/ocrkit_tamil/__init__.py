"""The charset of Tamil."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from ocrkit import Charset, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator


@hookimpl
def ocrkit_charsets() -> Iterator[Charset]:
    """The symbols of ``tamil.toml``."""
    yield Charset.read(files(__package__) / "tamil.toml")
