"""A corrector: a word that only looks like a known one is taken for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocrkit import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrkit import LineReading

_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = (("rn", "m"), ("vv", "w"), ("ii", "u"), ("cl", "d"))


class LookAlikes:
    """Knows words, and what their letters are mistaken for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)

    def correct(self, reading: LineReading) -> list[Change]:
        """The changes to make in a line; a word that may be two known ones is left alone."""
        changes = []
        for found in _WORD.finditer(reading.text):
            meant = [word for word in self._words if _shape(word) == _shape(found[0])]
            if len(meant) == 1 and meant != [found[0]]:
                changes.append(Change(*found.span(), found[0], meant[0], gain=1.0))
        return changes


def _shape(word: str) -> str:
    for letters, seen in _ALIKE:
        word = word.replace(letters, seen)
    return word
