"""The charsets that ocrkit brings, by name."""

from __future__ import annotations

from ocrkit.text.charset import Charset
from ocrkit.text.shipped_files import SHIPPED_CHARSETS, shipped_file

__all__ = ["SHIPPED_CHARSETS", "shipped_charset"]


def shipped_charset(name: str) -> Charset:
    """Read one of ``SHIPPED_CHARSETS``; raises ``UnknownNameError`` for any other name."""
    return Charset.read(shipped_file(name))
