"""Malayalam words composed of orthographic syllables, with the frequencies of running text.

A syllable is an onset (a consonant or a conjunct, or at a word's start an independent vowel), a vowel sign or none,
and a coda (anusvara, visarga, a chillu) or none; a word may end in a virama. The weights are per mille and were
counted, rounded, over the word frequencies of the Malayalam Wikipedia.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.composing.weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["MalayalamWords"]

_VIRAMA, _ZWNJ, _DOT_REPH = "\u0d4d", "\u200c", "\u0d4e"
_BARS = "\u0d3b\u0d3c"  # vertical bar and circular virama, of old print
_VOWELS = "അആഇഈഉഊഋൠഌൡഎഏഐഒഓഔ"
_CONSONANTS = "കഖഗഘങചഛജഝഞടഠഡഢണതഥദധനഩപഫബഭമയരറലളഴവശഷസഹഺ"
_SIGNS = "ാിീുൂൃൄൢൣെേൈൊോൌൗ"
_DOUBLED = "കങചഞടണതദനപമയലവള"
_CODAS = "ംഃൺൻർൽൾൿ\u0d54\u0d55\u0d56"
_AVAGRAHA = "ഽ"

_LENGTHS = Weighted([(1, 40), (2, 255), (3, 256), (4, 216), (5, 125), (6, 64), (7, 28), (8, 10), (9, 4)])
_FIRST_VOWELS = "അ:277 എ:185 ഇ:153 ആ:129 ഒ:95 ഉ:84 ഏ:35 ഓ:24 ഐ:7 ഈ:5 ഔ:3 ഊ:2 ഋ:1"
_FIRST_ONSETS = """
ക:116 പ:97 വ:91 മ:90 ന:88 സ:75 ത:56 ച:49 പ്ര:42 ജ:30 ര:28 ല:22 ബ:20 ഭ:18 ശ:15 ദ:14 യ:12 ഗ:12 ഹ:11 റ:10 സ്ഥ:10 ഡ:9
ഫ:7 സ്വ:7 ട:7 വ്യ:6 ഗ്ര:6 ശ്ര:5 ക്ഷ:4 ക്ര:4 ബ്ര:3 ധ:3 സ്റ്റ:2 ഷ:2 സ്ക:2 ഖ:2 ഫ്ര:2 ഘ:2 ദ്വ:2 സ്പ:2 ക്ല:1 ട്ര:1 ന്യ:1
സ്ത്ര:1 ക്യ:1 പ്ല:1 ദ്ര:1 ത്ര:1 ബ്ല:1 സ്മ:1 മ്യ:.5 ഞ:1 ഡ്ര:.5 ജ്യ:.5 ഛ:.5 ഭ്ര:.5 സ്ത:.5 ജ്ഞ:.5 ശ്വ:.3 ഹ്യ:.2 ഠ:.1 ഢ:.1 ഝ:.1 ഥ:.1
"""
_ONSETS = """
യ:77 ര:69 ന്ന:48 വ:48 ല:45 ത:44 ക:44 ന:43 ട:40 മ:37 ത്ത:37 ക്ക:33 ണ:28 ള:24 സ:20 റ:19 ച്ച:17 ങ്ങ:17 പ്പ:15 ട്ട:14 പ:14
ഗ:12 ണ്ട:12 ന്റ:11 ശ:11 ഹ:10 റ്റ:10 ദ:10 ഷ:9 ധ:8 ള്ള:8 ബ:7 ത്ര:7 ഴ:7 ഭ:7 ജ:6 ഡ:6 ല്ല:5 ക്ഷ:4 ദ്ദ:4 ച:4 ദ്യ:4 മ്മ:3
മ്പ:3 ന്ത:3 ങ്ക:3 ദ്ധ:3 യ്യ:3 ഖ:3 ഞ്ഞ:3 ഫ:3 സ്ഥ:3 ഞ്ച:2 ഥ:2 ത്യ:2 യ്ത:2 സ്ത:2 ന്ത്യ:2 സ്റ്റ:2 ണ്ണ:2 പ്ര:2 ര്യ:2 ഘ:2
ന്ധ:2 ഷ്യ:1 സ്സ:1 ക്ത:1 സ്ക:1 ന്ദ:1 യ്ക്ക:1 ക്ര:1 ജ്യ:1 ന്ദ്ര:1 ന്ത്ര:1 ഗ്ര:1 ഖ്യ:1 ക്സ:1 സ്ത്ര:1 ന്മ:1 ഠ:1 ന്യ:1
ശ്വ:1 ഷ്ട:1 ത്ഥ:1 ഭ്യ:.7 ശ്യ:.7 ത്സ:.7 ണ്ഡ:.7 ഷ്ട്ര:.7 ഗ്ല:.7 വ്വ:.6 ധ്യ:.6 ക്ട:.6 ദ്ര:.6 ഴ്സ:.5 ഷ്ണ:.5 സ്ല:.5 ല്യ:.5
ത്വ:.5 ങ:.5 സ്യ:.5 ബ്ര:.5 ദ്ധ്യ:.5 ശ്ര:.5 ക്യ:.5 ല്പ:.4 ശ്ച:.4 ഗ്ഗ:.4 ജ്ഞ:.4 ന്ഥ:.4 ജ്ജ:.4 ഷ്ഠ:.4 ത്മ:.4 ഫ്ര:.3 ശ്ശ:.3
പ്റ്റ:.3 മ്പ്യ:.3 വ്യ:.3 ട്ര:.3 ഹ്മ:.3 ബ്ദ:.3 സ്പ:.3 മ്യ:.3 സ്വ:.3 ക്ഷ്യ:.3 മ്ര:.3 പ്ത:.3 സ്ട്ര:.2 പ്ല:.2 ഴ്ച:.2 ഹ്യ:.2
ബ്ല:.2 ഞ്ജ:.2 പ്യ:.2 ത്പ:.2 ഗ്യ:.2 ച്ഛ:.2 ത്സ്യ:.2 ബ്ബ:.2 ഡ്ര:.2 സ്മ:.2 ഷ്ക:.2 സ്ര:.2 ണ്യ:.2 ശ്ന:.2 ഗ്ന:.2 മ്മ്യ:.1
ത്ത്വ:.1 സ്ത്യ:.1 ല്ക:.1 ക്ഷ്മ:.1 ഴ്ന:.1 ക്ട്ര:.1 ഡ്വ:.1 റ്റ്യ:.1 ന്വ:.1 ദ്വ:.1 ഴ്വ:.1 ക്വ:.1 മ്പ്ര:.1 ത്ന:.1 ഫ്റ്റ:.1 ത്ഭ:.1
ഷ്പ:.1 ശ്മ:.1 യ്മ:.1 ക്ല:.1 ബ്യ:.1 ഗ്വ:.1 ഹ്ന:.1 ഡ്സ:.1 ണ്മ:.1 ച്യ:.1 ഢ:.1 ഛ:.1 ഞ:.1 ഝ:.05 ഗ്ദ്ധ:.1 ന്ധ്ര:.1 ട്യ:.2 ണ്ഠ:.1 ഷ്ഫ:.05
"""
_INNER_SIGNS = "-:460 ി:174 ാ:125 ു:96 േ:34 െ:31 ോ:26 ീ:21 ൂ:16 ൊ:7 ൈ:5 ൃ:5 ൗ:1.5 ൌ:.5"
_LAST_SIGNS = f"-:361 {_VIRAMA}:182 ു:145 ി:141 െ:103 ാ:35 ോ:12 ീ:7 ൂ:6 േ:6 ൈ:3 ൗ:.5 ൊ:.5 ൌ:.3 ൃ:.2"
_INNER_CODAS = "-:949 ർ:24 ം:14 ൻ:5 ൽ:4 ൾ:3 ൺ:1 ഃ:.3"
_LAST_CODAS = "-:470 ം:168 ൽ:73 ൻ:38 ൾ:36 ർ:29 ൺ:5 ഃ:.3 ൿ:.2"
_VOWEL_FIRST = 0.19
# So often a word shows one label drawn evenly from all, lest the rarest never appear.
_RARE = 0.06


class MalayalamWords:
    """Draws words that a charset with Malayalam labels can spell."""

    def __init__(self, symbols: Iterable[str]) -> None:
        """Take of the tables what ``symbols``, the labels that may appear, can spell."""
        given = frozenset(symbols)
        letters = frozenset(symbol for symbol in given if len(symbol) == 1)
        self._first_vowels = Weighted.parse(_FIRST_VOWELS, letters)
        self._first_onsets = Weighted.parse(_FIRST_ONSETS, letters)
        self._onsets = Weighted.parse(_ONSETS, letters)
        self._inner_signs = Weighted.parse(_INNER_SIGNS, letters)
        self._last_signs = Weighted.parse(_LAST_SIGNS, letters)
        self._inner_codas = Weighted.parse(_INNER_CODAS, letters)
        self._last_codas = Weighted.parse(_LAST_CODAS, letters)
        special = (_VIRAMA, _ZWNJ, _DOT_REPH, _AVAGRAHA, *_BARS)
        kinds = (*_VOWELS, *_CONSONANTS, *_SIGNS, *_CODAS, *special)
        conjuncts = (symbol for symbol in given if len(symbol) > 1 and _is_malayalam(symbol))
        self.covered = frozenset(kinds) & given | frozenset(conjuncts)
        self._evenly = sorted(self.covered)

    @staticmethod
    def suits(symbols: frozenset[str]) -> bool:
        """Whether ``symbols`` hold enough of the script for its rules to make words."""
        return symbols >= frozenset("കതനപമയരവ") and len(symbols.intersection(_SIGNS)) >= 3

    def word(self, rng: np.random.Generator) -> str:
        """One word of one to nine syllables, about eight code points long in the mean."""
        count = _LENGTHS.draw(rng)
        forced = self._evenly[rng.integers(len(self._evenly))] if rng.random() < _RARE else ""
        place = int(rng.integers(count)) if forced else -1
        return "".join(
            self._syllable(rng, first=k == 0, last=k == count - 1, forced=forced if k == place else "")
            for k in range(count)
        )

    def _syllable(self, rng: np.random.Generator, *, first: bool, last: bool, forced: str) -> str:
        if forced in _VOWELS and forced:
            # Within a word an independent vowel is as rare in print as it is in speech, yet it occurs.
            return forced + self._coda(rng, last=last)
        if first and not forced and self._first_vowels and rng.random() < _VOWEL_FIRST:
            return self._first_vowels.draw(rng) + self._coda(rng, last=last)
        onset = (self._first_onsets if first else self._onsets).draw(rng)
        sign = (self._last_signs if last else self._inner_signs).draw(rng)
        coda = "" if sign == _VIRAMA else self._coda(rng, last=last)
        return _with(forced, onset, sign, coda, first=first, last=last) if forced else onset + sign + coda

    def _coda(self, rng: np.random.Generator, *, last: bool) -> str:
        codas = self._last_codas if last else self._inner_codas
        return codas.draw(rng) if len(codas) else ""


def _with(forced: str, onset: str, sign: str, coda: str, *, first: bool, last: bool) -> str:
    """The syllable with ``forced`` where a label of its kind belongs."""
    if forced in _SIGNS:
        return onset + forced + coda
    if forced in _CODAS:
        return onset + sign.removesuffix(_VIRAMA) + forced
    if forced == _VIRAMA or (last and forced in _BARS):
        return onset + forced if last else onset + sign + coda
    if forced in _BARS or forced == _ZWNJ:
        # Either keeps two consonants apart that would join; ZWNJ does so after a virama. Where they would not join in
        # every face, one could not see it.
        doubled = onset[-1] if onset[-1] in _DOUBLED else "ക"
        return doubled + (_VIRAMA if forced == _ZWNJ else "") + forced + doubled + sign + coda
    if forced == _DOT_REPH:
        # It stands for an r before the onset, so never at a word's start.
        return onset + forced + onset[-1] + sign + coda if first else forced + onset + sign + coda
    if forced == _AVAGRAHA:
        return onset + sign.removesuffix(_VIRAMA) + coda + forced
    return forced + sign + coda


def _is_malayalam(text: str) -> bool:
    return all("\u0d00" <= character <= "\u0d7f" or character in "\u200c\u200d" for character in text)
