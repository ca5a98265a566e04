"""N-gram language models over characters or words, from ARPA files."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ocrkit import _ctc
from ocrkit.ctc.options import as_number
from ocrkit.ctc.symbols import as_symbol_table
from ocrkit.errors import LanguageModelError, MissingFileError, OptionError
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocrkit.ctc.lexicon import Lexicon
    from ocrkit.ctc.symbols import Symbols

__all__ = ["NgramModel", "Unit", "bound_model"]

Unit: TypeAlias = Literal["character", "word"]

_GZIP_MAGIC = b"\x1f\x8b"
_SPACES = ("<space>", "▁")  # an ARPA file has spaces between its units, and so another name for a unit that is one
_LARGEST_WEIGHT = 1e30
_UNKNOWN = -1


class NgramModel:
    """p(unit | units before), with back-off, for the labels of a charset or for words.

    What `beam_search` and `text_search` take as their ``language_model``. It is immutable, and may be used by several
    threads at once.
    """

    __slots__ = ("_charset", "_ngrams", "_offsets", "_units", "_words", "unit")

    def __init__(self, arpa: bytes, charset: Symbols, *, unit: Unit = "character") -> None:
        """Read a model from the bytes of an ARPA file; see ``read``."""
        if unit not in ("character", "word"):
            raise OptionError(f"unit is {unit!r}; expected 'character' or 'word'")
        self.unit = unit
        self._ngrams = _ctc.NgramModel(arpa)
        self._charset = as_symbol_table(charset)
        self._units, self._offsets = np.zeros(0, np.int32), np.zeros(1, np.int64)
        self._words: tuple[_ctc.Lexicon, _ctc.WordUnits] | None = None
        if unit == "character":
            known = self._known()
            spelled = [_spelled(symbol, known) for symbol in self._charset.symbols]
            self._units = np.array([number for numbers in spelled for number in numbers], np.int32)
            self._offsets = np.cumsum([0, *map(len, spelled)], dtype=np.int64)

    @classmethod
    def read(cls, path: str | Path, charset: Symbols, *, unit: Unit = "character") -> NgramModel:
        """Read an ARPA file.

        Args:
            path: the file; it may be gzipped, whatever its name.
            charset: whose labels, or whose words, the units are; both are brought to its normal form first.
            unit: ``character``: units are labels, where the file has a unit for the label's text, or else the code
                points of that text; ``<space>`` and ``▁`` stand for the space. ``word``: units are lexicon entries.

        Raises:
            MissingFileError: there is no such file.
            LanguageModelError: it is no ARPA file; the message says in which line, and what would be right.
            OptionError: ``unit`` is something else.
        """
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
            return cls(content, charset, unit=unit)
        except LanguageModelError as error:
            raise LanguageModelError(f"{path}:{error}") from error

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
        numbers = {unit: number for number, unit in enumerate(self._ngrams.units())}
        return self._ngrams.log_prob([numbers.get(unit, _UNKNOWN) for unit in units])

    def _known(self) -> dict[str, int]:
        """Units by their text in the charset's normal form; of two alike, the first counts."""
        known: dict[str, int] = {}
        for number, text in enumerate(self._normal().split("\n")):
            known.setdefault(" " if text in _SPACES else text, number)
        return known

    def _normal(self) -> str:
        """The units, a line each, as the charset spells them."""
        units = self._ngrams.units()
        text = self._charset.normalize("\n".join(units))
        count = text.count("\n") + 1
        if count != len(units):
            raise LanguageModelError(f"normalisation made {count} units of {len(units)}; it must keep line feeds")
        return text

    def _bound(self, lexicon: Lexicon | None, weight: float, bonus: float) -> _ctc.TextModel:
        """What a native search takes."""
        factor = as_number("lm_weight", weight, least=0.0, most=_LARGEST_WEIGHT)
        nats = as_number("lm_bonus", bonus, least=-_LARGEST_WEIGHT, most=_LARGEST_WEIGHT)
        words = None
        if self.unit == "word":
            if lexicon is None:
                raise OptionError("beam search has no words; give text_search this language model, and a lexicon")
            words = self._words_of(lexicon._trie)
        return _ctc.TextModel(self._ngrams, words, self._units, self._offsets, factor, nats)

    def _words_of(self, trie: _ctc.Lexicon) -> _ctc.WordUnits:
        """The units of a lexicon's entries; those of the last lexicon asked for are remembered."""
        if self._words is None or self._words[0] is not trie:
            words = _ctc.WordUnits(self._ngrams, trie, self._normal(), list(self._charset.symbols))
            self._words = (trie, words)
        return self._words[1]


def bound_model(
    language_model: NgramModel | None, lexicon: Lexicon | None, weight: float, bonus: float
) -> _ctc.TextModel | None:
    """A language model as a native search takes it, or None; ``OptionError`` for what is none."""
    if language_model is None:
        return None
    if not isinstance(language_model, NgramModel):
        raise OptionError(f"language_model is {language_model!r}; expected an NgramModel, as NgramModel.read gives")
    return language_model._bound(lexicon, weight, bonus)


def _spelled(symbol: str, known: dict[str, int]) -> list[int]:
    """The units of a label's text: the one that is all of it, or else its code points."""
    if symbol in known or not symbol:
        return [known.get(symbol, _UNKNOWN)]
    parts = [known.get(character, _UNKNOWN) for character in symbol]
    return [_UNKNOWN] if _UNKNOWN in parts else parts
