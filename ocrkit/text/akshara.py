"""Cutting a text into aksharas: the units that readers of Indic scripts count, and print draws as one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["split_aksharas"]

# Indic_Syllabic_Category of U+0900 to U+0DFF: Consonant and Consonant_With_Stacker, Virama, Nukta (Unicode 15).
_CONSONANT = (
    "\u0915-\u0939\u0958-\u095f\u0978-\u097f"  # Devanagari
    "\u0995-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9\u09dc\u09dd\u09df\u09f0\u09f1"  # Bengali
    "\u0a15-\u0a28\u0a2a-\u0a30\u0a32\u0a33\u0a35\u0a36\u0a38\u0a39\u0a59-\u0a5c\u0a5e"  # Gurmukhi
    "\u0a95-\u0aa8\u0aaa-\u0ab0\u0ab2\u0ab3\u0ab5-\u0ab9\u0af9"  # Gujarati
    "\u0b15-\u0b28\u0b2a-\u0b30\u0b32\u0b33\u0b35-\u0b39\u0b5c\u0b5d\u0b5f\u0b71"  # Oriya
    "\u0b95\u0b99\u0b9a\u0b9c\u0b9e\u0b9f\u0ba3\u0ba4\u0ba8-\u0baa\u0bae-\u0bb9"  # Tamil
    "\u0c15-\u0c28\u0c2a-\u0c39\u0c58-\u0c5a"  # Telugu
    "\u0c95-\u0ca8\u0caa-\u0cb3\u0cb5-\u0cb9\u0cde\u0cf1\u0cf2"  # Kannada
    "\u0d15-\u0d3a"  # Malayalam
    "\u0d9a-\u0db1\u0db3-\u0dbb\u0dbd\u0dc0-\u0dc6"  # Sinhala
)
_NUKTA = "\u093c\u09bc\u0a3c\u0abc\u0afd-\u0aff\u0b3c\u0c3c\u0cbc"
# Those that join consonants unasked; Tamil's and Sinhala's are below.
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d"
# A legacy chillu, consonant + virama + ZWJ, ends its akshara; after other consonants a ZWJ asks for a shape.
_CHILLU_CONSONANT = "ണനരലളകമയഴ"
_NTA = "(?:\u0d7b\u0d4d|\u0d28\u0d4d\u200d\u0d4d)\u0d31"
_DOT_REPH = "\u0d4e"
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
    return _pattern().findall(text)


@cache
def _pattern() -> re.Pattern[str]:
    mark = f"[{_marks()}{_OTHER_MARKS}]"
    joiner = (
        f"(?:[\u200c\u200d]?[{_VIRAMA}](?:(?<![{_CHILLU_CONSONANT}]\u0d4d)\u200d)?"
        "|\u0dca\u200d|\u200d\u0dca"  # Sinhala
        "|(?<=\u0b95)\u0bcd(?=\u0bb7)|(?<=[\u0bb6\u0bb8])\u0bcd(?=\u0bb0\u0bc0))"  # Tamil
    )
    consonant = f"[{_CONSONANT}][{_NUKTA}]*"
    syllable = f"(?:{_NTA}|{consonant})(?:{joiner}{consonant})*"
    picture = f"{_PICTURE}{mark}*(?:(?<=\u200d){_PICTURE}{mark}*)*"
    cluster = f"{_HANGUL}|{_FLAG}|{picture}|[^\\s\\x00-\\x1f\\x7f-\\x9f]"
    return re.compile(f"\r\n|[{_DOT_REPH}{_ARABIC_NUMBER_SIGN}]*(?:{syllable}|{cluster}){mark}*|.", flags=re.DOTALL)


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
