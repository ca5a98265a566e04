"""The words of a line that may be mended: not numbers, names, codes, or what is broken at the line's end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LineWord", "words_of", "words_to_mend"]

_KINDS = {
    **dict.fromkeys("'\u2019", "a"),
    **dict.fromkeys("-\u2010\u2011\u00ac\u00ad=", "h"),
    **dict.fromkeys("\u2012\u2013\u2014\u2015/,;", "p"),
    **dict.fromkeys(".!?:\u0964", "e"),
    **dict.fromkeys("\u200c\u200d", "m"),
    " ": "s",
}
_WORD = re.compile("L[Lm]*(?:aL[Lm]*)*")
_PIECE = re.compile("[^s]+")
_CORE = re.compile("[LmN].*[LmN]|[LmN]")
_PLAIN = re.compile("L[Lm]*(?:aL[Lm]*)*(?:[hpe:]*[hp][hpe:]*L[Lm]*(?:aL[Lm]*)*)*")  # words, parted by dashes and commas
_BEGINS_SENTENCE = re.compile("(?:.*e[^LmN]*)?[^LmNh]*")
_HEADING = 0.7  # of a line's letters in capitals, which then say nothing


@dataclass(frozen=True, slots=True)
class LineWord:
    """A word as it was read, and where it stands in its line, half open, without punctuation around it."""

    start: int
    end: int
    text: str


def words_to_mend(text: str, *, ends_page_line: bool, names: bool = False) -> Iterator[LineWord]:
    """The words of a line that may be taken for misread, if no list knows them.

    Left out are words of one letter; what has a digit or a sign in it; capitals inside of running text, as names and
    abbreviations have them; a word before a hyphen at the line's end; and, in a script without capitals, which is
    parted anywhere, the line's first and last word, where the line is one of a page.

    Args:
        text: the line.
        ends_page_line: whether it is a line of a page.
        names: give capitals inside of running text too.
    """
    shape = "".join(map(_kind, text))
    pieces = list(_PIECE.finditer(shape))
    is_heading = _is_heading(text)
    for number, piece in enumerate(pieces):
        core = _CORE.search(shape, *piece.span())
        if core is None or not _PLAIN.fullmatch(shape, *core.span()):
            continue
        is_first, is_last = number == 0, number == len(pieces) - 1
        for found in _WORD.finditer(shape, *core.span()):
            word = text[found.start() : found.end()]
            if len(word) < 2 or (is_last and shape[found.end() :].startswith("h")):
                continue
            if word.upper() == word.lower():
                if ends_page_line and (is_first or is_last) and len(pieces) > 1:
                    continue
            elif not (is_heading or names) and _is_name(word, shape[: found.start()]):
                continue
            yield LineWord(found.start(), found.end(), word)


def words_of(piece: str) -> list[str]:
    """The words of what stands between two spaces; none where it holds a digit or another sign, as a code does."""
    shape = "".join(map(_kind, piece))
    core = _CORE.search(shape)
    if core is None or not _PLAIN.fullmatch(shape, *core.span()):
        return []
    return [piece[found.start() : found.end()] for found in _WORD.finditer(shape, *core.span())]


def _is_name(word: str, before: str) -> bool:
    """Whether a word has capitals that no beginning of a sentence explains."""
    if word[1:].isupper():
        return True
    return word[0].isupper() and not _BEGINS_SENTENCE.fullmatch(before)


def _is_heading(text: str) -> bool:
    letters = [character for character in text if character.isupper() or character.islower()]
    return len(letters) > 1 and sum(map(str.isupper, letters)) >= _HEADING * len(letters)


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """One letter for what a character is: a letter, a mark, a digit, what parts words, what ends a sentence, else."""
    if kind := _KINDS.get(character):
        return kind
    category = unicodedata.category(character)[0]
    return {"L": "L", "M": "m", "N": "N", "Z": "s"}.get(category, "x")
