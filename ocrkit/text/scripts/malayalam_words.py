"""Malayalam words composed of orthographic syllables, with the frequencies of running text.

A syllable is an onset (a consonant or a conjunct, or at a word's start an independent vowel), a vowel sign or none,
and a coda (anusvara, visarga, a chillu) or none; a word may end in a virama.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocrkit.text.scripts import malayalam_tables as tables
from ocrkit.text.scripts.malayalam_letters import (
    BARS,
    CHARACTERS,
    CODAS,
    CONSONANTS,
    DOT_REPH,
    MODERN_CONSONANTS,
    SIGNS,
    VIRAMA,
    VOWELS,
    ZWNJ,
)
from ocrkit.text.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["MalayalamWords"]

_CONSONANTS = "".join(chr(point) for point in range(ord(CONSONANTS[0]), ord(CONSONANTS[-1]) + 1))
_DOUBLED = "കങചഞടണതദനപമയലവള"
_AVAGRAHA = "ഽ"

_LENGTHS = Weighted([(1, 40), (2, 255), (3, 256), (4, 216), (5, 125), (6, 64), (7, 28), (8, 10), (9, 4)])
_VOWEL_FIRST = 0.19
# ൃ stands so often in place of another sign, with an onset of its own.
_VOCALIC = 0.0035
# So often a word shows one label drawn evenly from all, lest the rarest never appear, one conjunct so drawn, or one
# consonant with ു, ൂ or ൃ, which traditional type joins to each consonant in another way, or a syllable of loans, or one
# label of several code points.
_RARE, _RARE_CONJUNCT, _RARE_JOINED, _RARE_WHOLE = 0.06, 0.1, 0.04, 0.08
# So often a word is spelled as before the reform of 1971: dot reph for ർ, ൌ for ൗ, ു് for the half-u at its end.
_OLD = 0.1
# So often a word begins, and so often it ends, where a line's end has broken one: without a hyphen, as is the custom.
_BROKEN = 0.05
_ABBREVIATED = 0.012
_BEFORE_CONSONANT = re.compile(f"ർ(?=[{MODERN_CONSONANTS}])")
_FINAL_VIRAMA = re.compile(f"(?<=[{MODERN_CONSONANTS}]){VIRAMA}$")
_MALAYALAM = re.compile(f"[{CHARACTERS}\u200c\u200d]*")
# Conjuncts that no word begins with.
_NEVER_FIRST = frozenset("ങഞണഴളറയല")


class MalayalamWords:
    """Draws words that a charset with Malayalam labels can spell.

    Attributes:
        covered: the labels that its words can show.
        endings: what a hyphen joins to numbers.
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        """Take of the tables what ``symbols``, the labels that may appear, can spell."""
        given = frozenset(symbols)
        letters = frozenset(symbol for symbol in given if len(symbol) == 1)
        self._first_vowels = Weighted.parse(tables.FIRST_VOWELS, letters)
        self._first_onsets = Weighted.parse(tables.FIRST_ONSETS, letters)
        self._onsets = Weighted.parse(tables.ONSETS, letters)
        self._after_r = Weighted.parse(tables.AFTER_R, letters)
        self._vocalic = Weighted.parse(tables.VOCALIC_BASES if "ൃ" in letters else "", letters)
        self._inner_signs = Weighted.parse(tables.INNER_SIGNS, letters)
        self._last_signs = Weighted.parse(tables.LAST_SIGNS, letters)
        self._rare_signs = Weighted.parse(tables.RARE_SIGNS, letters)
        self._inner_codas = Weighted.parse(tables.INNER_CODAS, letters)
        self._last_codas = Weighted.parse(tables.LAST_CODAS, letters)
        special = (VIRAMA, ZWNJ, DOT_REPH, _AVAGRAHA, *BARS)
        kinds = (*VOWELS, *_CONSONANTS, *SIGNS, *CODAS, *special)
        conjuncts = (symbol for symbol in given if len(symbol) > 1 and _is_malayalam(symbol))
        self.covered = frozenset(kinds) & given | frozenset(conjuncts)
        self._evenly = sorted(symbol for symbol in self.covered if len(symbol) == 1)
        self._whole = sorted(symbol for symbol in self.covered if len(symbol) > 1)
        self._conjuncts = [conjunct for conjunct in tables.CONJUNCTS if letters.issuperset(conjunct)]
        self._joined = [
            syllable
            for syllable in (*(letter + sign for letter in _CONSONANTS for sign in "ുൂൃ"), *tables.LOANED_SYLLABLES)
            if letters.issuperset(syllable)
        ]
        self._old = [(old, new) for old, new in (("ൗ", "ൌ"), ("ർ", DOT_REPH)) if old in letters and new in letters]
        self._short = [short for short in tables.ABBREVIATIONS if letters.issuperset(short)]
        self.endings = tuple(
            ending for ending in tables.NUMBER_ENDINGS if letters.issuperset(ending) and "-" in letters
        )
        self._names = [name for name in tables.LETTER_NAMES if letters.issuperset(name + ".")]

    @staticmethod
    def suits(symbols: frozenset[str]) -> bool:
        """Whether ``symbols`` hold enough of the script for its rules to make words."""
        return symbols >= frozenset("കതനപമയരവ") and len(symbols.intersection(SIGNS)) >= 3

    def word(self, rng: np.random.Generator) -> str:
        """One word of one to nine syllables, about eight code points long in the mean, or now and then initials."""
        if self._names and rng.random() < _ABBREVIATED:
            return self._abbreviation(rng)
        count = _LENGTHS.draw(rng)
        begun, broken = rng.random() < _BROKEN, rng.random() < _BROKEN
        forced, place = self._forced(rng, count)
        word = ""
        for k in range(count):
            first, last = k == 0 and not begun, k == count - 1 and not broken
            word += self._syllable(rng, word[-1:], first=first, last=last, forced=forced if k == place else "")
        return self._respelled(word) if rng.random() < _OLD else word

    def _abbreviation(self, rng: np.random.Generator) -> str:
        """Initials, or a short form, each part with its full stop."""
        if self._short and rng.random() < 0.4:
            return self._short[rng.integers(len(self._short))]
        return "".join(f"{self._names[rng.integers(len(self._names))]}." for _ in range(rng.integers(1, 4)))

    def _forced(self, rng: np.random.Generator, count: int) -> tuple[str, int]:
        """What a rare word is made to show, and the number of the syllable that shows it."""
        choice = rng.random()
        for share, items in (
            (_RARE, self._evenly),
            (_RARE_CONJUNCT, self._conjuncts),
            (_RARE_JOINED, self._joined),
            (_RARE_WHOLE, self._whole),
        ):
            if 0 <= choice < share and items:
                forced = items[rng.integers(len(items))]
                inner = count > 1 and len(forced) > 2 and (forced[0] in _NEVER_FIRST or forced[0] == forced[2])
                return forced, int(rng.integers(1 if inner else 0, count))
            choice -= share
        return "", -1

    def _respelled(self, word: str) -> str:
        for new, old in self._old:
            word = _BEFORE_CONSONANT.sub(old, word) if old == DOT_REPH else word.replace(new, old)
        return _FINAL_VIRAMA.sub(f"ു{VIRAMA}", word) if "ു" in self.covered else word

    def _syllable(self, rng: np.random.Generator, before: str, *, first: bool, last: bool, forced: str) -> str:
        if forced in VOWELS and forced:
            # Within a word an independent vowel is as rare in print as it is in speech, yet it occurs.
            return forced + self._coda(rng, last=last)
        if len(forced) > 1:
            return self._shown(rng, forced, last=last)
        if first and not forced and self._first_vowels and rng.random() < _VOWEL_FIRST:
            return self._first_vowels.draw(rng) + self._coda(rng, last=last)
        if not forced and len(self._vocalic) and rng.random() < _VOCALIC:
            return self._vocalic.draw(rng) + "ൃ" + self._coda(rng, last=last)
        onsets = self._after_r if before == "ർ" and len(self._after_r) else self._onsets
        onset = (self._first_onsets if first else onsets).draw(rng)
        sign = (self._last_signs if last else self._inner_signs).draw(rng)
        coda = "" if sign == VIRAMA else self._coda(rng, last=last)
        return _with(forced, onset, sign, coda, first=not before, last=last) if forced else onset + sign + coda

    def _shown(self, rng: np.random.Generator, forced: str, *, last: bool) -> str:
        """A syllable that begins with ``forced``, a conjunct or more of a syllable than that."""
        sign = self._rare_signs.draw(rng) if forced[-1] in _CONSONANTS and len(self._rare_signs) else ""
        if sign == VIRAMA:
            return forced + sign if last else forced
        closed = forced[-1] in CODAS or forced[-1] == VIRAMA
        return forced + sign + ("" if closed else self._coda(rng, last=last))

    def _coda(self, rng: np.random.Generator, *, last: bool) -> str:
        codas = self._last_codas if last else self._inner_codas
        return codas.draw(rng) if len(codas) else ""


def _with(forced: str, onset: str, sign: str, coda: str, *, first: bool, last: bool) -> str:
    """The syllable with ``forced`` where a label of its kind belongs."""
    if forced in SIGNS:
        return onset + forced + coda
    if forced in CODAS:
        return onset + sign.removesuffix(VIRAMA) + forced
    if forced == VIRAMA or (last and forced in BARS):
        return onset + forced if last else onset + sign + coda
    if forced in BARS or forced == ZWNJ:
        # Either keeps two consonants apart that would join; ZWNJ does so after a virama. Where they would not join in
        # every face, one could not see it.
        doubled = onset[-1] if onset[-1] in _DOUBLED else "ക"
        return doubled + (VIRAMA if forced == ZWNJ else "") + forced + doubled + sign + coda
    if forced == DOT_REPH:
        # It stands for an r before the onset, so never at a word's start.
        return onset + forced + onset[-1] + sign + coda if first else forced + onset + sign + coda
    if forced == _AVAGRAHA:
        return onset + sign.removesuffix(VIRAMA) + coda + forced
    return forced + sign + coda


def _is_malayalam(text: str) -> bool:
    return _MALAYALAM.fullmatch(text) is not None
