"""Malayalam as a script: its characters, aksharas, digits and words, behind the role that every script has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocrkit.text.scripts.malayalam_letters import (
    CHARACTERS,
    CHILLU_CONSONANTS,
    CONSONANTS,
    DIGITS,
    DOT_REPH,
    NTA,
    VIRAMA,
    ZWNJ,
)
from ocrkit.text.scripts.script import Script

if TYPE_CHECKING:
    from ocrkit.text.scripts.script import WordSource

__all__ = ["MALAYALAM"]


def _words(symbols: frozenset[str]) -> WordSource | None:
    from ocrkit.text.scripts.malayalam_words import MalayalamWords

    return MalayalamWords(symbols) if MalayalamWords.suits(symbols) else None


MALAYALAM: Final = Script(
    name="malayalam",
    code="Mlym",
    summary="Aksharas, digits and words of modern and of old Malayalam.",
    characters=CHARACTERS,
    consonants=CONSONANTS,
    joiner=f"[{ZWNJ}\u200d]?{VIRAMA}(?:(?<![{CHILLU_CONSONANTS}]{VIRAMA})\u200d)?",
    onset=NTA,
    prefixes=DOT_REPH,
    digits=DIGITS,
    words=_words,
)
