"""Lines joined to running text: words that a line's end cuts are put together again."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["joined", "shown", "unhyphenated"]

# What Python's splitlines() takes for the end of a line is one for some readers.
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_ALWAYS = (
    "\u00ad\u00ac\u2e17"  # soft hyphen, the sign that keyers put for one, and Fraktur's: cut words, and only these
)
_HYPHENS = f"-\u2010{_ALWAYS}"


def shown(text: str | None) -> str:
    """A text on one line; empty for none."""
    return _BREAKS.sub(" ", text or "").strip()


def joined(texts: Iterable[str], *, dehyphenate: bool) -> str:
    """Lines as one, with a space between two, but none within a word that goes on after a hyphen.

    Args:
        texts: lines, none of them empty.
        dehyphenate: whether the hyphen of such a word goes.
    """
    whole = ""
    for text in texts:
        if _goes_on(whole, text):
            whole = whole[:-1] + text if dehyphenate and _is_cut(whole, text) else whole + text
        else:
            whole = f"{whole} {text}" if whole else text
    return whole


def unhyphenated(texts: Sequence[str]) -> list[str]:
    """Lines, where the rest of a word that a line's end cuts stands on the line that it begins on."""
    lines = list(texts)
    for at in range(len(lines) - 1):
        if _goes_on(lines[at], lines[at + 1]) and _is_cut(lines[at], lines[at + 1]):
            rest, _, others = lines[at + 1].partition(" ")
            lines[at], lines[at + 1] = lines[at][:-1] + rest, others
    return [line for line in lines if line]


def _goes_on(before: str, after: str) -> bool:
    """Whether a word goes on from a line to the next: a hyphen stands behind a letter, and a letter begins."""
    return len(before) > 1 and before[-1] in _HYPHENS and _is_letter(before[-2]) and _is_letter(after[:1])


def _is_cut(before: str, after: str) -> bool:
    """Whether the hyphen is the line's; one before a capital is the word's own, as in Anglo-Saxon."""
    return before[-1] in _ALWAYS or not after[:1].isupper()


def _is_letter(character: str) -> bool:
    """Whether it is part of a word that can be cut: a letter, or a sign that stands on one."""
    return bool(character) and unicodedata.category(character)[0] in "LM"
