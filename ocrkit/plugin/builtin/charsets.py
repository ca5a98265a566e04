"""The charsets that ocrkit brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.hookspec import hookimpl
from ocrkit.text.shipped import SHIPPED_CHARSETS, shipped_charset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.text.charset import Charset

__all__ = ["ocrkit_charsets"]


@hookimpl
def ocrkit_charsets() -> Iterator[Charset]:
    """Malayalam, ASCII and English, each also as the smaller alphabet that it begins with."""
    yield from map(shipped_charset, SHIPPED_CHARSETS)
