"""Cutting a text into aksharas: the units that readers of Indic scripts count, and print draws as one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from ocrkit.text.scripts import SCRIPTS, one_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ocrkit.text.scripts import Script

__all__ = ["akshara_splitter", "split_aksharas"]

_ARABIC_NUMBER_SIGN = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
_LEADING, _VOWEL, _TRAILING = "\u1100-\u115f\ua960-\ua97c", "\u1160-\u11a7\ud7b0-\ud7c6", "\u11a8-\u11ff\ud7cb-\ud7fb"
_OPEN_SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4, 28)))  # which a vowel may yet follow
_SYLLABLE = f"(?:[{_OPEN_SYLLABLES}{_VOWEL}][{_VOWEL}]*|[\uac00-\ud7a3])"
_HANGUL = f"[{_LEADING}]*{_SYLLABLE}[{_TRAILING}]*|[{_LEADING}]+|[{_TRAILING}]+"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_PICTURE = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
# Grapheme_Extend and SpacingMark beyond the categories Mn, Me and Mc.
_OTHER_MARKS = "\u0e33\u0eb3\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"


def split_aksharas(text: str) -> list[str]:
    """The aksharas of ``text``, in order; joined, they are the text again.

    In the Indic scripts of U+0900 to U+0DFF an akshara is an orthographic syllable: consonants joined by viramas, or an
    independent vowel, with the vowel signs, anusvara, visarga, candrabindu, virama and joiners that follow, and in
    Malayalam with the dot reph before it. A ZWNJ after a virama keeps two consonants apart. A chillu is an akshara
    of its own, atomic or legacy, but for ൻ in nta. In Tamil only kssa and shri join, in Sinhala what a ZWJ joins.

    Everywhere else it is an extended grapheme cluster, with every mark in its cluster. White space takes no marks.

    Source: The Unicode Standard 12.1 and 12.9; UAX #29, as near as Python's own tables come.
    """
    return _built_in().findall(text)


def akshara_splitter(scripts: Iterable[Script]) -> Callable[[str], list[str]]:
    """What does as ``split_aksharas`` by the rules of ``scripts`` instead of those that ocrkit brings."""
    return _compiled(one_each(scripts)).findall


@cache
def _built_in() -> re.Pattern[str]:
    # A call for each text: to find it by the scripts would cost as much as to cut one.
    return _compiled(SCRIPTS)


@cache
def _compiled(known: tuple[Script, ...]) -> re.Pattern[str]:
    mark = f"[{_marks()}{_OTHER_MARKS}]"
    joiner = "|".join(filter(None, (script.joiner for script in known))) or "(?!)"
    consonants = "".join(script.consonants for script in known)
    nuktas = "".join(script.nuktas for script in known)
    consonant = (f"[{consonants}]" if consonants else "(?!)") + (f"[{nuktas}]*" if nuktas else "")
    onsets = "|".join(filter(None, (*(script.onset for script in known), consonant)))
    syllable = f"(?:{onsets})(?:(?:{joiner}){consonant})*"
    picture = f"{_PICTURE}{mark}*(?:(?<=\u200d){_PICTURE}{mark}*)*"
    cluster = f"{_HANGUL}|{_FLAG}|{picture}|[^\\s\\x00-\\x1f\\x7f-\\x9f]"
    prefixes = _ARABIC_NUMBER_SIGN + "".join(script.prefixes for script in known)
    return re.compile(f"\r\n|[{prefixes}]*(?:{syllable}|{cluster}){mark}*|.", flags=re.DOTALL)


def _marks() -> str:
    """Every combining mark, as the ranges of a character class."""
    ranges: list[list[int]] = []
    for point in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        if unicodedata.category(chr(point)) in ("Mn", "Mc", "Me"):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
