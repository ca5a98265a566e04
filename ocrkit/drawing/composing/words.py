"""Texts for drawn lines: composed by the rules of a charset's scripts, or taken from a file of words or of text."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Protocol

from ocrkit.drawing.composing.latin import LatinWords, LetterWords
from ocrkit.drawing.composing.numbers import NumberWords
from ocrkit.errors import DataError
from ocrkit.text.scripts import SCRIPTS, one_each
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from ocrkit.text.charset import Charset
    from ocrkit.text.scripts import Script, WordSource

__all__ = ["Composer", "TextSource"]

_NUMBER = 0.06
_END, _ENCLOSED, _SIGN, _JOINED = 0.16, 0.03, 0.03, 0.015
# Of what ends a word so often a mark parted from it by a space, as old print has it.
_PARTED = 0.06
# So often a line of two words or more has quotes or brackets about some of them, or begins with the number of an item.
_SPAN, _ITEM = 0.05, 0.02
_ENDING = 0.25
_ENDS = {
    ".": 70,
    ",": 32,
    "?": 4,
    "!": 3,
    ";": 3,
    ":": 4,
    "…": 1,
    "...": 1,
    "....": 0.3,
    ":-": 0.7,
    "?!": 0.2,
    "’": 0.4,
}
_PAIRS = ("()", "[]", "{}", "<>", '""', "''", "‘’", "“”")
_JOINTS = "-/–"
_TRIES = 100


class TextSource(Protocol):
    """What gives the texts of drawn lines."""

    def line(self, rng: np.random.Generator, count: int) -> str:
        """A text of about ``count`` words that the charset spells, normalised."""
        ...


class Composer:
    """Composes lines as print has them: words of the charset's scripts, some numbers, some punctuation.

    Each label of the charset appears now and then, unless ``without`` names it.
    """

    def __init__(self, charset: Charset, *, without: Iterable[str] = (), scripts: Sequence[Script] = SCRIPTS) -> None:
        """Sort the charset's labels into letters by script, digits, and signs; ``scripts`` say what is known of each.

        Raises:
            DataError: no label is left that could be drawn.
        """
        self._charset = charset
        symbols = frozenset(charset.symbols[1:]) - frozenset(without)
        visible = frozenset(symbol for symbol in symbols if _leaves_ink(symbol))
        if not visible:
            raise DataError(
                f"charset {charset.name!r} has no label to compose a text of; give texts with 'words' or 'text'"
            )
        known = one_each(scripts)
        self._scripts = _script_sources(symbols, visible, known)
        numbers = NumberWords(symbols, (script.digits for script in known))
        self._numbers = numbers if len(numbers) else None
        covered = frozenset().union(*(source.covered for source in self._scripts.items))
        self._signs = sorted(
            symbol
            for symbol in visible - covered
            if unicodedata.category(symbol[0])[0] != "M" and not symbol.isdecimal()
        )
        self._ends = Weighted((end, weight) for end, weight in _ENDS.items() if set(end) <= set(self._signs))
        self._pairs = [pair for pair in _PAIRS if set(pair) <= set(self._signs)]
        self._joints = [joint for joint in _JOINTS if joint in self._signs]

    def line(self, rng: np.random.Generator, count: int) -> str:
        """A text of ``count`` words, each perhaps with punctuation about it, parted by spaces.

        Raises:
            DataError: what was composed is never something that the charset spells.
        """
        for _ in range(_TRIES):
            text = self._charset.normalize(" ".join(self._tokens(rng, count)))
            if text and self._charset.spells(text):
                return text
        raise DataError(
            f"no text composed for charset {self._charset.name!r} can be spelled by it, such as {text!r}; "
            "give texts with 'words' or 'text'"
        )

    def _tokens(self, rng: np.random.Generator, count: int) -> list[str]:
        tokens = [self._token(rng) for _ in range(count)]
        if count > 1 and self._pairs and rng.random() < _SPAN:
            pair = self._pairs[rng.integers(len(self._pairs))]
            start = int(rng.integers(count - 1))
            end = int(rng.integers(start + 1, count))
            tokens[start] = pair[0] + tokens[start]
            tokens[end] += pair[1] + (self._ends.draw(rng) if len(self._ends) and rng.random() < 0.3 else "")
        if count > 1 and self._numbers and "." in self._signs and rng.random() < _ITEM:
            tokens[0] = f"{self._numbers.item(rng)}."
        return tokens

    def _token(self, rng: np.random.Generator) -> str:
        token = self._word(rng)
        choice = rng.random()
        if self._joints and choice < _JOINED:
            return token + self._joints[rng.integers(len(self._joints))] + self._word(rng)
        choice -= _JOINED
        if self._signs and 0 <= choice < _SIGN:
            return self._signed(rng, token)
        choice -= _SIGN
        if self._pairs and 0 <= choice < _ENCLOSED:
            pair = self._pairs[rng.integers(len(self._pairs))]
            return pair[0] + token + pair[1]
        choice -= _ENCLOSED
        if not len(self._ends) or not 0 <= choice < _END:
            return token
        parted = self._charset.has_space and choice < _PARTED * _END
        return f"{token}{' ' if parted else ''}{self._ends.draw(rng)}"

    def _word(self, rng: np.random.Generator) -> str:
        if self._numbers and (not len(self._scripts) or rng.random() < _NUMBER):
            number, source = self._numbers.word(rng), self._scripts.draw(rng)
            # 1995-ൽ, 10-ന്: a case ending at a number.
            endings = source.endings if number[-1].isdecimal() else ()
            return f"{number}-{endings[rng.integers(len(endings))]}" if endings and rng.random() < _ENDING else number
        return self._scripts.draw(rng).word(rng)

    def _signed(self, rng: np.random.Generator, token: str) -> str:
        sign = self._signs[rng.integers(len(self._signs))]
        place = rng.integers(5)
        return sign + token if place < 2 else token + sign if place < 4 else sign


def _script_sources(
    symbols: frozenset[str], visible: frozenset[str], scripts: Iterable[Script]
) -> Weighted[WordSource]:
    """The scripts' words, those of the charset's own script far more often than Latin beside it."""
    sources: list[tuple[WordSource, float]] = []
    rest = visible
    for script in scripts:
        source = script.words(symbols) if script.words is not None else None
        if source is not None:
            sources.append((source, 1.0))
            rest -= source.covered
    latin = LatinWords(symbols) if LatinWords.suits(symbols) else None
    if latin is not None:
        rest -= latin.covered
    letters = frozenset(
        symbol for symbol in rest if unicodedata.category(symbol[0])[0] in "LM" and symbol[0].isprintable()
    )
    if len(letters) >= 8 and any(symbol[0].isalpha() for symbol in letters):
        sources.append((LetterWords(letters), 1.0))
    if latin is not None:
        sources.append((latin, 0.08 if sources else 1.0))
    if not sources:
        # Nothing is known of how such labels follow each other, as in captchas: every order is as likely.
        sources.append((LetterWords(visible), 1.0))
    return Weighted(sources)


def _leaves_ink(symbol: str) -> bool:
    return not all(unicodedata.category(character)[0] in "ZC" for character in symbol)
