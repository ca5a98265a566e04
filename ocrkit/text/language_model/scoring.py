"""How well a language model foretells a text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import NgramModel
from ocrkit.text.language_model.units import END, SPACE, SPECIAL, START, UNKNOWN, read_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrkit.text.charset import Charset
    from ocrkit.text.language_model.units import Unit, UnitRow

__all__ = ["TextScore", "score_texts"]

_SPACES = (SPACE, "▁", "|")  # what the space may be called


@dataclass(frozen=True, slots=True)
class TextScore:
    """The probability of a text.

    Attributes:
        lines: how many it has, or pieces of lines.
        units: how many characters or words, the ends of lines not counted.
        unknown: how many of them the model does not know.
        log_prob: ln p of all lines, nats.
        bits: -log2 p for each unit, the ends of lines counted as units.
    """

    lines: int
    units: int
    unknown: int
    log_prob: float

    @property
    def bits(self) -> float:
        """-log2 p for each unit, the ends of lines counted as units."""
        return -self.log_prob / math.log(2) / (self.units + self.lines)

    @property
    def perplexity(self) -> float:
        """Among how many equally likely units the model would be as unsure."""
        return math.exp(-self.log_prob / (self.units + self.lines))


def score_texts(
    model: Path,
    texts: Sequence[Path],
    *,
    unit: Unit = "character",
    charset: Charset | None = None,
    line_words: tuple[int, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TextScore:
    """What an ARPA file says of texts, which are read as ``build_language_model`` reads them.

    Raises:
        MissingFileError: there is no such file.
        LanguageModelError: the model cannot be read, or knows none of the units.
        DataError: a text cannot be read, or there is nothing in all of them.
    """
    row = read_units(texts, unit=unit, charset=charset, line_words=line_words)
    ngrams = NgramModel.read(model, charset or _Seen(row), unit=unit)
    names = _names(row, ngrams)
    known = np.array([name in ngrams for name in names])
    known[UNKNOWN] = False
    starts = np.flatnonzero(row.numbers == START).tolist()
    total = []
    for done, (start, end) in enumerate(zip(starts, [*starts[1:], len(row.numbers)], strict=True), 1):
        times = 1 if row.times is None else int(row.times[start])
        total.append(times * ngrams.log_prob([names[number] for number in row.numbers[start + 1 : end - 1].tolist()]))
        if progress and done % 1000 == 0:
            progress(done, len(starts))
    return _summed(row, known[row.numbers], math.fsum(total))


class _Seen:
    """The characters of a text, as a charset."""

    def __init__(self, row: UnitRow) -> None:
        self.symbols = ("", *(" " if symbol == SPACE else symbol for symbol in row.symbols[len(SPECIAL) :]))

    def normalize(self, text: str) -> str:
        return text


def _names(row: UnitRow, ngrams: NgramModel) -> list[str]:
    """How the model's file spells each unit."""
    space = next((name for name in _SPACES if name in ngrams), SPACE)
    return [space if symbol == SPACE else symbol for symbol in row.symbols]


def _summed(row: UnitRow, known: NDArray[np.bool_], log_prob: float) -> TextScore:
    times = np.ones(len(row.numbers), np.int64) if row.times is None else row.times
    lines = int(times[row.numbers == START].sum())
    inside = (row.numbers != START) & (row.numbers != END)
    return TextScore(lines, int(times[inside].sum()), int(times[inside & ~known].sum()), log_prob)
