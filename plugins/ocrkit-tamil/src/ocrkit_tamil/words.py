"""Tamil words for drawn lines: syllables of a consonant with a vowel sign, closed by one with a pulli now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["TamilWords", "tamil_words"]

PULLI = "்"
# As often as print has them, roughly: what stands here twice is drawn twice as often.
_VOWELS = "அஅஅஆஇஇஈஉஉஊஎஎஏஐஒஓஔ"
_CONSONANTS = "ககககககதததததபபபபமமமமவவவவநநநசசசயயரரரலலலளளறறணணனனனடடடழஞஙஜஷஸஹஶ"
_SIGNS = "ாாாிிிிிீுுுுுூெெேைைொோௌ"
# What closes a syllable within a word stands before any consonant, or doubles it.
_CLOSING = "னரலளமணடயநழற"
_LAST = "மனலரளண"
_AYTHAM = "ஃ"
_OPEN, _CLOSED, _DOUBLED, _CLOSED_END, _EVENLY = 0.35, 0.2, 0.5, 0.5, 0.15


class TamilWords:
    """Words of the labels given.

    Attributes:
        covered: the labels that they can show.
        endings: none is known that print joins to numbers.
    """

    def __init__(self, symbols: frozenset[str]) -> None:
        self._vowels, self._consonants, self._signs, self._closing, self._last = (
            [letter for letter in letters if letter in symbols]
            for letters in (_VOWELS, _CONSONANTS, _SIGNS, _CLOSING, _LAST)
        )
        self.covered = frozenset((*self._vowels, *self._consonants, *self._signs, PULLI, _AYTHAM)) & symbols
        self.endings: tuple[str, ...] = ()
        self._evenly = sorted(self.covered)

    def word(self, rng: np.random.Generator) -> str:
        """One word of two to five syllables."""
        count = int(rng.integers(2, 6))
        forced = int(rng.integers(count)) if rng.random() < _EVENLY else -1
        word = ""
        for k in range(count):
            letter = self._evenly[rng.integers(len(self._evenly))] if k == forced else ""
            word += self._syllable(rng, letter, first=k == 0)
        if self._last and rng.random() < _CLOSED_END:
            word += _drawn(rng, self._last) + PULLI
        return word

    def _syllable(self, rng: np.random.Generator, letter: str, *, first: bool) -> str:
        """A syllable, with ``letter`` in it where one is given."""
        if letter == _AYTHAM:
            return _drawn(rng, self._consonants) + letter
        if letter in self._vowels or (first and not letter and self._vowels and rng.random() < _OPEN):
            return letter or _drawn(rng, self._vowels)
        consonant = letter if letter in self._consonants else _drawn(rng, self._consonants)
        sign = letter if letter in self._signs else _drawn(rng, ["", *self._signs])
        closes = letter == PULLI or (not first and rng.random() < _CLOSED)
        if closes and PULLI in self.covered:
            other = consonant if rng.random() < _DOUBLED or not self._closing else _drawn(rng, self._closing)
            return f"{other}{PULLI}{consonant}{sign}"
        return consonant + sign


def tamil_words(symbols: frozenset[str]) -> TamilWords | None:
    """The words of a charset with enough of Tamil's letters, or None."""
    return TamilWords(symbols) if len(symbols.intersection(_CONSONANTS)) >= 10 and PULLI in symbols else None


def _drawn(rng: np.random.Generator, letters: list[str]) -> str:
    return letters[rng.integers(len(letters))]
