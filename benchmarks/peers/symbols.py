"""A workload's symbols as ocrkit's lexicons and models take them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbols:
    """The text of each label; texts stand as they are."""

    symbols: tuple[str, ...]

    def normalize(self, text: str) -> str:
        """The same text."""
        return text

    def separators(self) -> list[int]:
        """The labels that part words: spaces, punctuation and signs. Digits do not: numbers are entries here."""
        return [label for label, text in enumerate(self.symbols) if text and unicodedata.category(text)[0] in "ZPS"]
