"""Which script a text is in, and which way it runs."""

from __future__ import annotations

import unicodedata
from collections import Counter

__all__ = ["main_script", "runs_left"]

# ISO 15924 codes, by the first word of the Unicode names of a script's letters.
_SCRIPTS = {
    "ARABIC": "Arab",
    "ARMENIAN": "Armn",
    "BENGALI": "Beng",
    "CJK": "Hani",
    "CYRILLIC": "Cyrl",
    "DEVANAGARI": "Deva",
    "ETHIOPIC": "Ethi",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
    "GUJARATI": "Gujr",
    "GURMUKHI": "Guru",
    "HANGUL": "Hang",
    "HEBREW": "Hebr",
    "KANNADA": "Knda",
    "KHMER": "Khmr",
    "LATIN": "Latn",
    "MALAYALAM": "Mlym",
    "MYANMAR": "Mymr",
    "ORIYA": "Orya",
    "RUNIC": "Runr",
    "SINHALA": "Sinh",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "THAI": "Thai",
    "TIBETAN": "Tibt",
}
_ANY_SCRIPT = "Zyyy"


def main_script(words: Counter[str]) -> str:
    """The ISO 15924 code of the script of most letters of some words, or ``Zyyy`` where that has none here."""
    letters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            letters[character] += count
    scripts: Counter[str] = Counter()
    for character, count in letters.items():
        if character.isalpha():
            scripts[unicodedata.name(character, "").partition(" ")[0]] += count
    return _SCRIPTS.get(max(scripts, key=lambda name: scripts[name], default=""), _ANY_SCRIPT)


def runs_left(characters: Counter[str]) -> bool:
    """Whether more letters run from right to left than the other way."""
    directions: Counter[str] = Counter()
    for character, count in characters.items():
        directions[unicodedata.bidirectional(character)] += count
    return directions["R"] + directions["AL"] > directions["L"]
