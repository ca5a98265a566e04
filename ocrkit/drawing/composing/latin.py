"""Pronounceable words in Latin letters, and words of any other letters."""

from __future__ import annotations

import string
import unicodedata
from typing import TYPE_CHECKING

from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["LatinWords", "LetterWords"]

_ONSETS = """
-:120 s:60 t:70 r:60 c:55 d:50 m:55 l:55 p:50 b:45 f:40 n:55 h:45 w:35 g:35 v:25 k:18 j:12 y:12 th:30 st:25 pr:22 ch:18
sh:18 tr:15 br:12 gr:12 cl:10 pl:10 fr:9 cr:9 dr:9 bl:8 fl:8 sp:10 sc:8 sl:6 gl:5 wh:8 qu:8 kn:4 str:6 z:6 ph:5 wr:3
"""
_NUCLEI = "a:160 e:190 i:150 o:140 u:60 ea:20 ee:15 oo:15 ou:20 ai:14 ie:8 oa:6 ei:5 y:18 io:18 au:5 ue:4"
_CODAS = """
-:420 n:70 r:65 s:55 t:50 l:45 d:40 m:25 nt:20 st:18 ng:20 ck:12 ll:12 ss:12 nd:18 rt:10 p:15 c:10 g:10 k:8 b:8 ct:8 x:5
rd:7 rs:6 ns:10 nts:4 ts:8 tion:10 sh:8 th:8 w:8 y:14 ff:4 tt:4 z:4 rm:4 lt:4 ld:5 mp:5 ve:15 te:12 se:10 re:12 le:14
"""
_LENGTHS = Weighted([(1, 340), (2, 370), (3, 210), (4, 80)])
_LETTERS = frozenset(string.ascii_lowercase)
# So often one letter of a word is drawn evenly from all, lest the rarest never appear.
_RARE = 0.12
# Of those letters, so many keep their own case within a word, as in "McAdam" or a product's name.
_MIXED = 0.2


class LatinWords:
    """Draws words of the Latin letters among a charset's labels: small, capitalised, or all capitals."""

    def __init__(self, symbols: Iterable[str]) -> None:
        """Take the cases that ``symbols`` has in full, and the accented letters beside them."""
        given = frozenset(symbols)
        self._small = given >= _LETTERS
        self._capital = given >= frozenset(string.ascii_uppercase)
        self._onsets = Weighted.parse(_ONSETS, _LETTERS)
        self._nuclei = Weighted.parse(_NUCLEI, _LETTERS)
        self._codas = Weighted.parse(_CODAS, _LETTERS)
        self.covered = frozenset(
            symbol for symbol in given if len(symbol) == 1 and symbol.isalpha() and _is_latin(symbol)
        )
        self.endings: tuple[str, ...] = ()
        self._evenly = sorted(self.covered)

    @staticmethod
    def suits(symbols: frozenset[str]) -> bool:
        """Whether all small letters a to z, or all capitals, are among ``symbols``."""
        return symbols >= _LETTERS or symbols >= frozenset(string.ascii_uppercase)

    def word(self, rng: np.random.Generator) -> str:
        """One word of one to four syllables, about six letters long in the mean."""
        word = "".join(
            self._onsets.draw(rng) + self._nuclei.draw(rng) + self._codas.draw(rng) for _ in range(_LENGTHS.draw(rng))
        )
        style = rng.random()
        if not self._small or (self._capital and style < 0.1):
            word = word.upper()
        elif self._capital and style < 0.35:
            word = word.capitalize()
        if rng.random() < _RARE:
            place = int(rng.integers(len(word)))
            word = word[:place] + self._any_letter(rng, like=word[place]) + word[place + 1 :]
        return word

    def _any_letter(self, rng: np.random.Generator, *, like: str) -> str:
        letter = self._evenly[rng.integers(len(self._evenly))]
        if rng.random() < _MIXED:
            return letter
        cased = letter.upper() if like.isupper() else letter.lower()
        return cased if cased in self.covered else letter


class LetterWords:
    """Draws rows of letters, evenly: for a charset whose script has no rules here, such as one from data."""

    def __init__(self, symbols: Iterable[str]) -> None:
        """Part ``symbols`` into those that can begin a word and the marks that follow one."""
        ordered = sorted(symbols)
        self._letters = [symbol for symbol in ordered if unicodedata.category(symbol[0])[0] not in "MZC"]
        self._marks = [symbol for symbol in ordered if unicodedata.category(symbol[0])[0] == "M"]
        self._bearers = [symbol for symbol in self._letters if unicodedata.category(symbol[-1])[0] in "LM"]
        if not self._bearers:
            self._marks = []
        self.covered = frozenset((*self._letters, *self._marks))
        self.endings: tuple[str, ...] = ()

    def word(self, rng: np.random.Generator) -> str:
        """One word of two to eight letters, about half of them with a mark where the script has marks."""
        pieces = []
        for _ in range(int(rng.integers(2, 9))):
            marked = bool(self._marks) and rng.random() < 0.5
            bases = self._bearers if marked else self._letters
            pieces.append(bases[rng.integers(len(bases))])
            if marked:
                pieces.append(self._marks[rng.integers(len(self._marks))])
        return "".join(pieces)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN ")
