"""What a line says, as formats need it: on one line, and word by word."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.layout.records import Line, Word

__all__ = ["is_spelt_by_words", "one_line", "probability", "words_of"]

_BREAKS = re.compile("[\r\n]+")


def one_line(text: str) -> str:
    """A text without line breaks, nor white space at its ends."""
    return _BREAKS.sub(" ", text).strip()


def is_spelt_by_words(line: Line) -> bool:
    """Whether a line's words, with a space between two, are its text."""
    return bool(line.words) and " ".join(word.text for word in line.words) == line.text


def words_of(line: Line) -> tuple[Word, ...]:
    """The words of a line where they spell its text, else none."""
    return line.words if is_spelt_by_words(line) else ()


def probability(number: float | None) -> float | None:
    """A confidence between 0 and 1; None where nobody said one that is a number."""
    if number is None or not math.isfinite(number):
        return None
    return min(max(float(number), 0.0), 1.0)
