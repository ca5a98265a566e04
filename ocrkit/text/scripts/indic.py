"""The other Indic scripts of U+0900 to U+0DFF: what makes an akshara, and the digits."""

from __future__ import annotations

from typing import Final

from ocrkit.text.scripts.script import Script

__all__ = ["INDIC"]


def _script(name: str, code: str, block: int, *, consonants: str, nuktas: str = "", joiner: str = "") -> Script:
    """A script of the block that begins at ``block``; its virama joins unasked unless ``joiner`` says otherwise."""
    return Script(
        name=name,
        code=code,
        summary=f"Aksharas and digits of {name.capitalize()}.",
        characters=f"{chr(block)}-{chr(block + 0x7F)}",
        consonants=consonants,
        nuktas=nuktas,
        joiner=joiner or f"[\u200c\u200d]?{chr(block + 0x4D)}\u200d?",
        digits="".join(map(chr, range(block + 0x66, block + 0x70))),
    )


# Indic_Syllabic_Category of Unicode 15: Consonant and Consonant_With_Stacker, Virama, Nukta.
INDIC: Final = (
    _script("devanagari", "Deva", 0x900, consonants="\u0915-\u0939\u0958-\u095f\u0978-\u097f", nuktas="\u093c"),
    _script(
        "bengali",
        "Beng",
        0x980,
        consonants="\u0995-\u09a8\u09aa-\u09b0\u09b2\u09b6-\u09b9\u09dc\u09dd\u09df\u09f0\u09f1",
        nuktas="\u09bc",
    ),
    _script(
        "gurmukhi",
        "Guru",
        0xA00,
        consonants="\u0a15-\u0a28\u0a2a-\u0a30\u0a32\u0a33\u0a35\u0a36\u0a38\u0a39\u0a59-\u0a5c\u0a5e",
        nuktas="\u0a3c",
    ),
    _script(
        "gujarati",
        "Gujr",
        0xA80,
        consonants="\u0a95-\u0aa8\u0aaa-\u0ab0\u0ab2\u0ab3\u0ab5-\u0ab9\u0af9",
        nuktas="\u0abc\u0afd-\u0aff",
    ),
    _script(
        "oriya",
        "Orya",
        0xB00,
        consonants="\u0b15-\u0b28\u0b2a-\u0b30\u0b32\u0b33\u0b35-\u0b39\u0b5c\u0b5d\u0b5f\u0b71",
        nuktas="\u0b3c",
    ),
    _script(
        "tamil",
        "Taml",
        0xB80,
        consonants="\u0b95\u0b99\u0b9a\u0b9c\u0b9e\u0b9f\u0ba3\u0ba4\u0ba8-\u0baa\u0bae-\u0bb9",
        # The pulli joins only in kssa and in shri.
        joiner="(?<=\u0b95)\u0bcd(?=\u0bb7)|(?<=[\u0bb6\u0bb8])\u0bcd(?=\u0bb0\u0bc0)",
    ),
    _script("telugu", "Telu", 0xC00, consonants="\u0c15-\u0c28\u0c2a-\u0c39\u0c58-\u0c5a", nuktas="\u0c3c"),
    _script(
        "kannada",
        "Knda",
        0xC80,
        consonants="\u0c95-\u0ca8\u0caa-\u0cb3\u0cb5-\u0cb9\u0cde\u0cf1\u0cf2",
        nuktas="\u0cbc",
    ),
    # In Sinhala a ZWJ beside the virama joins, and nothing else.
    _script(
        "sinhala",
        "Sinh",
        0xD80,
        consonants="\u0d9a-\u0db1\u0db3-\u0dbb\u0dbd\u0dc0-\u0dc6",
        joiner="\u0dca\u200d|\u200d\u0dca",
    ),
)
