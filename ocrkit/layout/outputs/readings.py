"""What a line says, as formats need it: on one line, and word by word."""

from __future__ import annotations

import math
import re
from itertools import accumulate, pairwise
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from ocrkit.layout.outputs.places import box_around
from ocrkit.layout.records import Word

if TYPE_CHECKING:
    from ocrkit.layout.records import Line, Points

__all__ = ["cut_words", "file_name", "is_spelt_by_words", "one_line", "probability", "words_of"]

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


def cut_words(line: Line) -> tuple[Word, ...]:
    """The words of a line where they spell its text; else its text cut at spaces, each word with its share of room."""
    if is_spelt_by_words(line):
        return line.words
    pieces = re.split(r"(\s+)", (line.text or "").strip())
    ends = [0, *accumulate(map(len, pieces))]
    shares = [(start / max(ends[-1], 1), end / max(ends[-1], 1)) for start, end in pairwise(ends)]
    return tuple(
        Word(piece, _slice(line, *share), line.confidence)
        for piece, share in zip(pieces, shares, strict=True)
        if piece.strip()
    )


def _slice(line: Line, start: float, end: float) -> Points:
    """The part of a line's box between two shares of its length, in the order of its text."""
    box = box_around(line.outline)
    (x0, y0), (x1, y1) = (line.baseline[0], line.baseline[-1]) if line.baseline else ((0, 0), (1, 0))
    upright = abs(y1 - y0) > abs(x1 - x0)
    if ((y1 < y0) if upright else (x1 < x0)) != (line.direction == "rtl"):
        start, end = 1 - end, 1 - start
    left, top, right, bottom = box
    if upright:
        top, bottom = box.top + round(start * (box.height - 1)), box.top + round(end * (box.height - 1))
    else:
        left, right = box.left + round(start * (box.width - 1)), box.left + round(end * (box.width - 1))
    return (left, top), (right, top), (right, bottom), (left, bottom)


def file_name(image: str) -> str:
    """An image's name without folders, by which other programs know it, whichever slash they are parted by."""
    return PureWindowsPath(image).name or image


def probability(number: float | None) -> float | None:
    """A confidence between 0 and 1; None where nobody said one that is a number."""
    if number is None or not math.isfinite(number):
        return None
    return min(max(float(number), 0.0), 1.0)
