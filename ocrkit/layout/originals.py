"""What was read before a corrector altered it: of lines by their words, and of words by the changes in a line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.data.changes import original_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.changes import Change
    from ocrkit.layout.records import Line, Word

__all__ = ["original_of_words", "original_place", "untold_original", "with_originals"]

_WORD = re.compile(r"\S+")


def original_of_words(words: Sequence[Word]) -> str:
    """A line's original as its words tell it; empty where none of them has one."""
    if not any(word.original for word in words):
        return ""
    return " ".join(word.original or word.text for word in words)


def untold_original(line: Line, words: Sequence[Word]) -> str:
    """A line's original where these words of it do not tell it, as where two became one; else empty."""
    return "" if line.original == original_of_words(words) else line.original


def with_originals(words: Sequence[Word], text: str, changes: Sequence[Change]) -> tuple[Word, ...]:
    """The words of a line with what was read in their places.

    Args:
        words: in the order of the text.
        text: the corrected one, whose words these are; where it has others, they are given back as they are.
        changes: those that were made in the line.
    """
    places = [match.span() for match in _WORD.finditer(text)]
    if not changes or len(places) != len(words):
        return tuple(words)
    before = original_text(text, changes)
    return tuple(
        replace(word, original=read) if (read := _read_at(before, changes, place)) != word.text else word
        for word, place in zip(words, places, strict=True)
    )


def original_place(changes: Sequence[Change], start: int, end: int) -> tuple[int, int]:
    """Where a part of the corrected text stood in the text as it was read, with all of each change that touches it.

    A change that puts something in touches what it puts in; one that takes something away, what it stood beside.
    """
    grown, begin, finish = 0, -1, -1
    for change in changes:
        left = change.start + grown
        right = left + len(change.after)
        growth = len(change.after) - (change.end - change.start)
        if left < end and right > start if change.after else start <= left <= end:
            begin = min(start - grown, change.start) if begin < 0 else begin
            finish = max(end - grown - growth, change.end)
        elif left >= end:
            break
        grown += growth
    return (start - grown, end - grown) if begin < 0 else (begin, finish)


def _read_at(before: str, changes: Sequence[Change], place: tuple[int, int]) -> str:
    start, end = original_place(changes, *place)
    return before[start:end].strip()
