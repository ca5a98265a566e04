"""Files of fortune(6): sayings parted by lines of a lone %, with their authors, beside signs that draw pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["are_sayings", "saying_paragraphs"]

_PARTED = re.compile(r"^%$", re.MULTILINE)
_BLANK = re.compile(r"\n\s*\n")
_AUTHOR = re.compile(r"\n\s*(?=--)")
_DRAWN = re.compile(r"\S[ \t]{4,}\S[^\n]*\S[ \t]{4,}\S|[\x00-\x08\x0e-\x1f\x7f]|[-_=~.*]{5}|\\\\|//\s|[|/\\]{2}")


def are_sayings(text: str) -> bool:
    """Whether a text is such a file: it has a line of a lone %."""
    return _PARTED.search(text) is not None


def saying_paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of the sayings, an author's lines by themselves; tables and pictures of signs are left out."""
    for saying in _PARTED.split(text):
        for block in _BLANK.split(saying):
            for part in _AUTHOR.split("\n" + block):
                if not _DRAWN.search(part.strip()):
                    yield part
