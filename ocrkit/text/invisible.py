"""Characters without ink: which there are, and what normalisation makes of them: a space, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["InvisibleCharacters", "can_be_label", "described_invisible", "is_invisible"]

# Default_Ignorable_Code_Point of Unicode 14.0 to 16.0: DerivedCoreProperties.txt.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# White_Space of the same versions, but for the line feed and the space itself: PropList.txt.
_SPACES = "\t\x0b-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = re.compile(f"[ \n{_SPACES}{_IGNORABLE}]")
_SPACE = re.compile(f"[{_SPACES}]")
# Half of a line end is no space.
_HALF_OF_A_LINE_END = re.compile("\r(?=\n)")
_JOINERS = "\u200c\u200d"
_NAMED = 10


class InvisibleCharacters:
    """Those that a charset does not know: neither its labels nor its rewrites name them.

    White space becomes a space; the line feed stays, and takes a carriage return before it along. Whatever is ignorable
    by default (The Unicode Standard, section 5.21: what a program shows nothing of that does not know it) goes.
    """

    def __init__(self, known: Iterable[str]) -> None:
        """Leave ``known``, characters, as they are."""
        kept = "".join(sorted(character for character in set(known) if _INVISIBLE.match(character)))
        unless = f"(?<![{re.escape(kept)}])" if kept else ""
        self._spaces = re.compile(f"[{_SPACES}]{unless}")
        self._ignorable = re.compile(f"[{_IGNORABLE}]{unless}")

    def respell(self, text: str) -> str:
        """The text with a space for each white space among them, and nothing for each other."""
        if self._ignorable.search(text):
            text = self._ignorable.sub("", text)
        if self._spaces.search(text):
            text = self._spaces.sub(" ", _HALF_OF_A_LINE_END.sub("", text))
        return text

    def count(self, text: str) -> Counter[str]:
        """How often which of them stand in ``text``; carriage returns at a line's end are not counted."""
        if not self._spaces.search(text) and not self._ignorable.search(text):
            return Counter()
        found = Counter(self._ignorable.findall(text))
        found.update(self._spaces.findall(_HALF_OF_A_LINE_END.sub("", text)))
        return found


def is_invisible(character: str) -> bool:
    """Whether a character has no ink: white space, or ignorable by default."""
    return _INVISIBLE.match(character) is not None


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
    spaces = Counter({one: count for one, count in counts.items() if _SPACE.match(one)})
    parts = (("read as a space", spaces), ("dropped, as nothing is seen of them", counts - spaces))
    return "; ".join(f"{what}: {_listed(some)}" for what, some in parts if some)


def _listed(counts: Counter[str]) -> str:
    named = ", ".join(f"{described(character)} {count}x" for character, count in counts.most_common(_NAMED))
    return named + (f" and {len(counts) - _NAMED} more" if len(counts) > _NAMED else "")
