"""Characters without ink: which there are, and what normalisation makes of them: a space, or nothing."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["InvisibleCharacters", "can_be_label", "described_invisible", "is_invisible"]

# Default_Ignorable_Code_Point of Unicode 14.0 to 16.0: DerivedCoreProperties.txt.
_IGNORABLE_RANGES = (
    "00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 "
    "1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
# White_Space of the same versions: PropList.txt.
_SPACE_RANGES = "0009-000D 0020 0085 00A0 1680 2000-200A 2028-2029 202F 205F 3000"


def _characters(ranges: str) -> frozenset[str]:
    bounds = (item.partition("-") for item in ranges.split())
    return frozenset(
        chr(point) for first, _, last in bounds for point in range(int(first, 16), int(last or first, 16) + 1)
    )


_IGNORABLE = _characters(_IGNORABLE_RANGES)
_SPACES = _characters(_SPACE_RANGES)
_JOINERS = "\u200c\u200d"
_NAMED = 10


class InvisibleCharacters:
    """Those that a charset does not know: neither its labels nor its rewrites name them.

    White space becomes a space; the line feed stays, and takes a carriage return before it along. Whatever is ignorable
    by default (The Unicode Standard, section 5.21: what a program shows nothing of that does not know it) goes.
    """

    def __init__(self, known: Iterable[str]) -> None:
        """Leave ``known``, characters, as they are."""
        self._unknown = (_IGNORABLE | _SPACES) - frozenset(" \n") - frozenset(known)

    def respell(self, text: str) -> str:
        """The text with a space for each white space among them, and nothing for each other."""
        found = self._unknown.intersection(text)
        if not found:
            return text
        table = {ord(character): " " if character in _SPACES else "" for character in found}
        return self._with_line_ends(text).translate(table)

    def count(self, text: str) -> Counter[str]:
        """How often which of them stand in ``text``; carriage returns at a line's end are not counted."""
        found = self._unknown.intersection(text)
        whole = self._with_line_ends(text) if found else text
        return +Counter({character: whole.count(character) for character in found})

    def _with_line_ends(self, text: str) -> str:
        """The text without carriage returns that are half of a line's end, if those are not known."""
        return text.replace("\r\n", "\n") if "\r" in self._unknown else text


def is_invisible(character: str) -> bool:
    """Whether a character has no ink: white space, or ignorable by default."""
    return character in _SPACES or character in _IGNORABLE


def can_be_label(character: str) -> bool:
    """Whether a character that is left in a normalised text may become a label.

    Controls and halves of surrogate pairs may not, nor what has no ink but for the space, and for the joiners: they are
    left only where the script's rewrites say that one sees what they do.
    """
    return character in (" ", *_JOINERS) or not (
        is_invisible(character) or unicodedata.category(character) in ("Cc", "Cs")
    )


def described_invisible(counts: Counter[str]) -> str:
    """What became of counted characters, for a note: ``read as a space: U+00A0 ... 2x; dropped: ...``."""
    spaces = Counter({one: count for one, count in counts.items() if one in _SPACES})
    parts = (("read as a space", spaces), ("dropped, as nothing is seen of them", counts - spaces))
    return "; ".join(f"{what}: {_listed(some)}" for what, some in parts if some)


def _listed(counts: Counter[str]) -> str:
    named = ", ".join(f"{described(character)} {count}x" for character, count in counts.most_common(_NAMED))
    return named + (f" and {len(counts) - _NAMED} more" if len(counts) > _NAMED else "")
