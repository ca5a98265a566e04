"""Which script a text is in, and which way it runs."""

from __future__ import annotations

import unicodedata
from collections import Counter

__all__ = ["main_script", "runs_left", "scripts_of"]

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
    return next(iter(scripts_of(letters)), _ANY_SCRIPT)


def scripts_of(characters: Counter[str], *, share: float = 0.0) -> tuple[str, ...]:
    """The ISO 15924 codes of the scripts of some characters' letters, the commonest first.

    ``Zyyy`` stands for all that have none here. What has less than a ``share`` of the letters is left out.
    """
    scripts: Counter[str] = Counter()
    for character, count in characters.items():
        if character.isalpha():
            scripts[_SCRIPTS.get(unicodedata.name(character, "").partition(" ")[0], _ANY_SCRIPT)] += count
    least = share * scripts.total()
    return tuple(script for script, count in scripts.most_common() if count >= least)


def runs_left(characters: Counter[str]) -> bool:
    """Whether more letters run from right to left than the other way."""
    directions: Counter[str] = Counter()
    for character, count in characters.items():
        directions[unicodedata.bidirectional(character)] += count
    return directions["R"] + directions["AL"] > directions["L"]
