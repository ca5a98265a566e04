"""How messages spell characters that may be invisible, combining or unknown to the reader."""

from __future__ import annotations

import unicodedata

__all__ = ["described", "spelled_out"]

_NAMELESS = {"Cc": "control character", "Cs": "surrogate", "Co": "private use", "Cn": "unassigned"}


def described(character: str) -> str:
    """One character with its code point and Unicode name: ``'ഌ' (U+0D0C MALAYALAM LETTER VOCALIC L)``."""
    name = unicodedata.name(character, "") or _NAMELESS.get(unicodedata.category(character), "no name")
    return f"{character!r} (U+{ord(character):04X} {name})"


def spelled_out(text: str) -> str:
    """A short text with its code points: ``'ക്ഷ' (U+0D15 U+0D4D U+0D37)``."""
    return f"{text!r} ({' '.join(f'U+{ord(character):04X}' for character in text)})" if text else "nothing"
