"""From texts to the units of a language model: one row of numbers, line after line."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from ocrkit.errors import DataError, LanguageModelError, OptionError
from ocrkit.text.corpus import counted_line, read_texts
from ocrkit.text.encoding import LabelMatcher
from ocrkit.text.language_model.words import WordCutter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrkit.text.charset import Charset

__all__ = ["END", "SPACE", "SPECIAL", "START", "UNKNOWN", "LineReader", "Unit", "UnitRow", "read_units"]

Unit = Literal["character", "word"]

UNKNOWN, START, END = range(3)
SPECIAL = ("<unk>", "<s>", "</s>")
SPACE = "<space>"
"""How a file in which spaces part the units spells the one that is a space."""

# Code points that no text in UTF-8 can hold: they stand for the ends of a line while a text is one array.
_START, _END = "\ud800", "\udc00"
_CODE_POINTS = 0x110000
_MOST_TIMES = 1 << 40


@dataclass(frozen=True, slots=True)
class UnitRow:
    """All lines of some texts, as units.

    Attributes:
        symbols: each unit as a file spells it; the first three are ``<unk>``, ``<s>`` and ``</s>``.
        numbers: (N,) of all lines, one after another, each between its ``START`` and its ``END``.
        times: (N,) how often the line that it is in counts; None where each counts once.
        lines: how many there are.
        unknown: how many units are ``<unk>``.
    """

    symbols: tuple[str, ...]
    numbers: NDArray[np.int32]
    times: NDArray[np.int64] | None
    lines: int
    unknown: int


def read_units(
    paths: Sequence[Path],
    *,
    unit: Unit = "character",
    charset: Charset | None = None,
    vocabulary: Sequence[str] | None = None,
    line_words: tuple[int, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> UnitRow:
    """The units of texts in UTF-8, plain or gzipped; a line ``text<TAB>count`` counts that often.

    Args:
        paths: the files.
        unit: ``character``: the charset's labels, or code points where there is no charset; ``word``: what white space
            parts, without the punctuation marks, symbols and digits around it.
        charset: how texts are spelled, and which labels there are: each is a unit, whether or not a text has it, and
            what none spells is ``<unk>``. Where it has no space, each word is a line.
        vocabulary: the words that are units, others being ``<unk>``; None for all that there are.
        line_words: the fewest and the most words of the pieces that a line is cut into; None leaves it whole.
        progress: told how many bytes of how many are read.

    Raises:
        OptionError: a vocabulary of characters, or a range of words that is none.
        MissingFileError: there is no such file.
        DataError: one cannot be read, or there is nothing in all of them.
        LanguageModelError: the charset has a label that no such file can spell.
    """
    if vocabulary is not None and unit != "word":
        raise OptionError("a `vocabulary` is one of words; give it with `unit='word'`, and characters a `charset`")
    reader = LineReader(charset, line_words)
    collector: _Characters | _Words
    collector = _Characters(charset) if unit == "character" else _Words(WordCutter(vocabulary, reader.normalize))
    for text in read_texts(paths, progress=progress):
        collector.add(*reader.lines(text))
    row = collector.row()
    if not row.lines:
        raise DataError(f"no {unit} in {', '.join(map(str, paths))}; give a text in UTF-8")
    return row


class LineReader:
    """Spells text as a charset does, and cuts it into lines: each a sequence of words with one space between two."""

    def __init__(self, charset: Charset | None, line_words: tuple[int, int] | None) -> None:
        """Read by ``charset``, or in NFC; pieces have ``line_words`` words, in turn from the fewest to the most."""
        self.normalize = _composed if charset is None else charset.normalize
        spaceless = charset is not None and not charset.has_space
        self._cut = (1, 1) if spaceless else line_words
        if self._cut is not None and not 1 <= self._cut[0] <= self._cut[1]:
            raise OptionError(f"`line_words` is {self._cut[0]}-{self._cut[1]}; expected a range such as 1-8")
        self._length = 0 if self._cut is None else self._cut[0]

    def lines(self, text: str) -> tuple[list[str], list[int] | None]:
        """The lines that are not empty, and how often each counts, or None where each counts once."""
        written, times = _with_counts(text.replace("\r\n", "\n").split("\n"))
        lines: list[str] = []
        counts: list[int] | None = None if times is None else []
        for number, line in enumerate(self.normalize("\n".join(written)).split("\n")):
            pieces = list(self._pieces(line.split(" ")))
            lines += pieces
            if times is not None and counts is not None:
                counts += [times[number]] * len(pieces)
        return lines, counts

    def _pieces(self, words: list[str]) -> Iterator[str]:
        words = list(filter(None, words))
        if self._cut is None:
            if words:
                yield " ".join(words)
            return
        at = 0
        while at < len(words):
            yield " ".join(words[at : at + self._length])
            at += self._length
            self._length = self._cut[0] if self._length == self._cut[1] else self._length + 1


def _composed(text: str) -> str:
    """NFC, with spaces for white space of all kinds."""
    lines = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join([" ".join(line.split()) for line in lines])


def _with_counts(lines: list[str]) -> tuple[list[str], list[int] | None]:
    """Lines without their counts, and the counts; lines that count no times are left out."""
    if not any("\t" in line for line in lines):
        return lines, None
    counted = [counted_line(line) or (line, 1) for line in lines]
    kept = [(line, times) for line, times in counted if times]
    if any(times > _MOST_TIMES for _, times in kept):
        raise DataError(f"a line counts {max(times for _, times in kept)} times; expected at most {_MOST_TIMES}")
    return [line for line, _ in kept], [times for _, times in kept]


class _Row:
    """Gathers the numbers of lines."""

    def __init__(self) -> None:
        self._numbers: list[NDArray[np.int32]] = []
        self._times: list[NDArray[np.int64] | None] = []
        self._lines = 0

    def add(self, numbers: NDArray[np.int32], times: list[int] | None) -> None:
        """Some lines, and how often each counts."""
        starts = np.flatnonzero(numbers == START)
        self._lines += len(starts)
        self._numbers.append(numbers)
        lengths = np.diff(starts, append=len(numbers))
        self._times.append(None if times is None else np.repeat(np.array(times, np.int64), lengths))

    def finish(self, symbols: Sequence[str]) -> UnitRow:
        numbers = np.concatenate([np.zeros(0, np.int32), *self._numbers])
        unknown = int(np.count_nonzero(numbers == UNKNOWN))
        return UnitRow(tuple(symbols), numbers, self._all_times(), self._lines, unknown)

    def _all_times(self) -> NDArray[np.int64] | None:
        """How often each unit counts; None, which takes no memory, where no line has a count."""
        if all(times is None for times in self._times):
            return None
        pairs = zip(self._numbers, self._times, strict=True)
        return np.concatenate([np.ones(len(one), np.int64) if times is None else times for one, times in pairs])


class _Characters:
    """Units that are labels, or code points as they come."""

    def __init__(self, charset: Charset | None) -> None:
        self._row = _Row()
        labels = [] if charset is None else [symbol for symbol in charset.symbols if symbol]
        self._matcher = LabelMatcher(("", *labels)) if any(len(label) > 1 for label in labels) else None
        self._open = charset is None
        self._symbols = [*SPECIAL, *map(_spelled, labels)]
        self._number_of = np.full(_CODE_POINTS, -1 if self._open else UNKNOWN, np.int32)
        self._number_of[ord(_START)], self._number_of[ord(_END)] = START, END
        for number, label in enumerate(labels, len(SPECIAL)):
            if len(label) == 1:
                self._number_of[ord(label)] = number

    def add(self, lines: list[str], times: list[int] | None) -> None:
        numbers = self._by_code_point(lines) if self._matcher is None else self._by_label(lines, self._matcher)
        self._row.add(numbers, times)

    def row(self) -> UnitRow:
        return self._row.finish(self._symbols)

    def _by_code_point(self, lines: list[str]) -> NDArray[np.int32]:
        text = "".join([f"{_START}{line}{_END}" for line in lines])
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        numbers: NDArray[np.int32] = self._number_of[points]
        if self._open and (fresh := np.unique(points[numbers < 0])).size:
            self._number_of[fresh] = np.arange(len(self._symbols), len(self._symbols) + len(fresh))
            self._symbols += [_spelled(chr(point)) for point in fresh]
            numbers = self._number_of[points]
        return numbers

    @staticmethod
    def _by_label(lines: list[str], matcher: LabelMatcher) -> NDArray[np.int32]:
        shift = len(SPECIAL) - 1  # the matcher counts labels from 1
        numbers: list[int] = []
        for line in lines:
            numbers.append(START)
            numbers += [UNKNOWN if label is None else label + shift for _, label in matcher.matches(line)]
            numbers.append(END)
        return np.array(numbers, np.int32)


class _Words:
    """Units that are words."""

    def __init__(self, cutter: WordCutter) -> None:
        self._row = _Row()
        self._cutter = cutter
        self._numbers = {word: number for number, word in enumerate([*SPECIAL, *cutter.vocabulary])}

    def add(self, lines: list[str], times: list[int] | None) -> None:
        numbers: list[int] = []
        kept: list[int] = []
        known = self._numbers
        for place, line in enumerate(lines):
            words = self._cutter.words(line)
            if words:
                kept.append(place)
                # One that is in no vocabulary is None, which is ``<unk>``.
                numbers += [START, *[UNKNOWN if word is None else known.setdefault(word, len(known)) for word in words]]
                numbers.append(END)
        self._row.add(np.array(numbers, np.int32), None if times is None else [times[place] for place in kept])

    def row(self) -> UnitRow:
        return self._row.finish(tuple(self._numbers))


@cache
def _spelled(symbol: str) -> str:
    """A label as the name of a unit.

    Raises:
        LanguageModelError: a file could not hold it.
    """
    if symbol == " ":
        return SPACE
    if " " in symbol or "\t" in symbol or "\n" in symbol or symbol in (*SPECIAL, SPACE):
        raise LanguageModelError(
            f"label {symbol!r} cannot be a unit of an ARPA file, in which spaces part units and {', '.join(SPECIAL)} "
            f"and {SPACE} have meanings; take a charset without it"
        )
    return symbol
