"""N-gram language models over characters or words, from ARPA files."""

from __future__ import annotations

import gzip
import logging
import os
import zlib
from typing import TYPE_CHECKING

import numpy as np

import ocrkit._ctc as _ctc
from ocrkit.ctc.ngram_units import UNKNOWN, Unit, label_units, normal_units, units_doubt, words_advice
from ocrkit.ctc.options import as_number
from ocrkit.ctc.symbols import as_symbol_table
from ocrkit.ctc.turning import reads_leftward, reordering
from ocrkit.errors import LanguageModelError, MissingFileError, OptionError, UnencodableText
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ocrkit.ctc.lexicon import Lexicon
    from ocrkit.ctc.symbols import Symbols
    from ocrkit.ctc.turning import ReorderingTable

__all__ = ["NgramModel", "Unit", "bound_model"]

_LOG = logging.getLogger(__name__)
_GZIP_MAGIC = b"\x1f\x8b"
_LARGEST_WEIGHT = 1e30


class NgramModel:
    """p(unit | units before), with back-off, for the labels of a charset or for words.

    What `beam_search` and `text_search` take as their ``language_model``. It is immutable, and may be used by several
    threads at once.
    """

    __slots__ = (
        "_backwards",
        "_charset",
        "_ngrams",
        "_numbers",
        "_offsets",
        "_units",
        "_words",
        "reads_leftward",
        "unit",
        "unknown_labels",
    )

    unit: Unit
    reads_leftward: bool
    """Whether the charset's lines are read from their right end, as those of Hebrew are."""
    unknown_labels: tuple[int, ...]
    """The labels, the blank aside, that the file has no units for: each is one unknown unit. Empty for words."""

    def __init__(self, arpa: bytes, charset: Symbols, *, unit: Unit = "character") -> None:
        """Read a model from the bytes of an ARPA file; see ``read``."""
        if unit not in ("character", "word"):
            raise OptionError(f"unit is {unit!r}; expected 'character' or 'word'")
        self.unit = unit
        self._ngrams = _ctc.NgramModel(arpa)
        self._numbers: dict[str, int] | None = None
        self._charset = as_symbol_table(charset)
        self._units, self._offsets = np.zeros(0, np.int32), np.zeros(1, np.int64)
        self.reads_leftward = reads_leftward(charset)
        self._words: tuple[_ctc.Lexicon, _ctc.WordUnits] | None = None
        self._backwards: tuple[_ctc.Lexicon, Lexicon] | None = None
        self.unknown_labels = ()
        if unit == "character":
            units = self._ngrams.units()
            spelled = label_units(units, self._charset)
            real = [label for label, symbol in enumerate(self._charset.symbols) if symbol]
            self.unknown_labels = tuple(label for label in real if spelled[label] == [UNKNOWN])
            if len(self.unknown_labels) == len(real):
                raise LanguageModelError(
                    f"none of its {len(units)} units is a label{words_advice(units, self._charset)}"
                )
            if self.reads_leftward and (table := reordering(charset)) is not None:
                read_as = dict(zip(table.symbols, spelled, strict=True))
                spelled = [read_as[symbol] for symbol in table.leftward_symbols]
            self._units = np.array([number for numbers in spelled for number in numbers], np.int32)
            self._offsets = np.cumsum([0, *map(len, spelled)], dtype=np.int64)

    @classmethod
    def read(cls, path: str | Path, charset: Symbols, *, unit: Unit = "character") -> NgramModel:
        """Read an ARPA file.

        Args:
            path: the file; it may be gzipped, whatever its name.
            charset: whose labels, or whose words, the units are; both are brought to its normal form first.
            unit: ``character``: units are labels, where the file has a unit for the label's text, or else the code
                points of that text; ``<space>`` and ``▁`` stand for the space, and ``|`` where it is no label.
                ``word``: units are lexicon entries.

        Labels that it has no units for, and a file that looks like one of the other unit, are logged as a warning.

        Raises:
            MissingFileError: there is no such file.
            LanguageModelError: it is no ARPA file, and the message says in which line, and what would be right; or no
                label is known to it.
            OptionError: ``unit`` is something else.
        """
        if not isinstance(path, str | os.PathLike):
            raise OptionError(f"path is {path!r}; expected the name of an ARPA file")
        try:
            content = read_plain(path, stream=True)
            if content.startswith(_GZIP_MAGIC):
                content = gzip.decompress(content)
        except FileNotFoundError as error:
            raise MissingFileError(f"no language model {str(path)!r}; expected a file in ARPA format") from error
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise LanguageModelError(f"{path}: a damaged gzip file: {error}") from error
        except OSError as error:
            raise LanguageModelError(f"{path}: cannot be read: {error.strerror}") from error
        try:
            model = cls(content, charset, unit=unit)
        except LanguageModelError as error:
            parting = "" if str(error)[0].isdigit() else " "  # before a line's number there is none
            raise LanguageModelError(f"{path}:{parting}{error}") from error
        doubt = units_doubt(model._ngrams.units(), model._charset, unit, model.unknown_labels)
        if doubt:
            _LOG.warning("language model %s %s", path, doubt)
        return model

    @property
    def order(self) -> int:
        """The number of units of its longest n-grams."""
        return self._ngrams.order()

    def __len__(self) -> int:
        """The number of n-grams."""
        return self._ngrams.size()

    def __repr__(self) -> str:
        return f"<NgramModel of {len(self)} n-grams of up to {self.order} {self.unit}s>"

    def log_prob(self, units: Iterable[str]) -> float:
        """Ln p of these units, spelled as in the file, from the start of a line to its end, in nats."""
        numbers = self._unit_numbers
        return self._ngrams.log_prob([numbers.get(unit, UNKNOWN) for unit in units])

    def __contains__(self, unit: str) -> bool:
        """Whether it has a unit that is spelled so in its file."""
        return unit in self._unit_numbers

    @property
    def _unit_numbers(self) -> dict[str, int]:
        if self._numbers is None:
            self._numbers = {unit: number for number, unit in enumerate(self._ngrams.units())}
        return self._numbers

    def _spelled_as_entries(self) -> list[str]:
        """The units by the symbols of an entry's labels, in the order in which a line's are read."""
        normal, table = normal_units(self._ngrams.units(), self._charset), reordering(self._charset)
        return normal if table is None else [self._spelled_as_entry(unit, table) for unit in normal]

    def _spelled_as_entry(self, unit: str, table: ReorderingTable) -> str:
        try:
            labels = table.encode(unit)
        except UnencodableText:
            return unit  # which no entry is
        return "".join(table.symbols[label] for label in (reversed(labels) if self.reads_leftward else labels))

    def turned(self, lexicon: Lexicon) -> Lexicon:
        """The lexicon as lines are read; the last one asked for is remembered."""
        if not self.reads_leftward:
            return lexicon
        if self._backwards is None or self._backwards[0] is not lexicon._trie:
            self._backwards = (lexicon._trie, lexicon.backwards())
        return self._backwards[1]

    def _bound(self, lexicon: Lexicon | None, weight: float, bonus: float) -> _ctc.TextModel:
        """What a native search takes."""
        factor = as_number("lm_weight", weight, least=0.0, most=_LARGEST_WEIGHT)
        nats = as_number("lm_bonus", bonus, least=-_LARGEST_WEIGHT, most=_LARGEST_WEIGHT)
        words = None
        if self.unit == "word":
            if lexicon is None:
                raise OptionError("beam search has no words; give text_search this language model, and a lexicon")
            words = self._words_of(lexicon)
        return _ctc.TextModel(self._ngrams, words, self._units, self._offsets, factor, nats)

    def _words_of(self, lexicon: Lexicon) -> _ctc.WordUnits:
        """The units of a lexicon's entries; those of the last lexicon asked for are remembered."""
        trie = lexicon._trie
        if self._words is None or self._words[0] is not trie:
            units, symbols = self._spelled_as_entries(), list(self._charset.symbols)
            if set(units).isdisjoint(_spelled(lexicon, symbols)):
                raise LanguageModelError(
                    f"none of the lexicon's {len(lexicon)} entries is among the {len(units)} units of the language "
                    "model, which is one of words; give a lexicon of the words that it knows, in the same case"
                )
            self._words = (trie, _ctc.WordUnits(self._ngrams, trie, "\n".join(units), symbols))
        return self._words[1]


def bound_model(
    language_model: NgramModel | None, lexicon: Lexicon | None, weight: float, bonus: float
) -> _ctc.TextModel | None:
    """A language model as a native search takes it, or None; ``OptionError`` for anything else."""
    if language_model is None:
        return None
    if not isinstance(language_model, NgramModel):
        raise OptionError(f"language_model is {language_model!r}; expected an NgramModel, as NgramModel.read gives")
    return language_model._bound(lexicon, weight, bonus)


def _spelled(lexicon: Lexicon, symbols: Sequence[str]) -> Iterator[str]:
    """The text of each entry; with labels of another charset it is no entry's, and the search says so."""
    for number in range(len(lexicon)):
        yield "".join(symbols[label] for label in lexicon.labels(number) if label < len(symbols))
