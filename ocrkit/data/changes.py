"""What a corrector altered in a line, and the text before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Change", "changed_text", "fault_in", "moved", "original_text", "stripped"]


@dataclass(frozen=True, slots=True)
class Change:
    """One word, or another part of a line, that was altered.

    Attributes:
        start: where it stands in the text as it was read, in characters of a Python string, half open.
        end: where it ends there.
        before: what was read: ``text[start:end]``.
        after: what stands there instead; empty where it was taken away.
        gain: by how many nats ``after`` was thought likelier than ``before``.
    """

    start: int
    end: int
    before: str
    after: str
    gain: float


def changed_text(text: str, changes: Sequence[Change]) -> str:
    """A text with changes made in it, which come in order and do not overlap."""
    parts, at = [], 0
    for change in changes:
        parts += [text[at : change.start], change.after]
        at = change.end
    return "".join([*parts, text[at:]])


def original_text(text: str, changes: Sequence[Change]) -> str:
    """What a text was before changes were made in it; undoes ``changed_text``."""
    parts, at, grown = [], 0, 0
    for change in changes:
        start = change.start + grown
        parts += [text[at:start], change.before]
        at = start + len(change.after)
        grown += len(change.after) - (change.end - change.start)
    return "".join([*parts, text[at:]])


def moved(proposals: Sequence[Change], changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes of a text as changes of what others have made of it; those that overlap with one are left out."""
    found = []
    for one in proposals:
        if any(one.start < other.end and one.end > other.start for other in changes):
            continue
        grown = sum(len(other.after) - len(other.before) for other in changes if other.end <= one.start)
        found.append(replace(one, start=one.start + grown, end=one.end + grown))
    return tuple(found)


def stripped(changes: Sequence[Change], text: str) -> tuple[Change, ...]:
    """Changes of a text as changes of it without white space at either end; those that reach into that are left out."""
    begins, ends = len(text) - len(text.lstrip()), len(text.rstrip())
    return tuple(
        replace(one, start=one.start - begins, end=one.end - begins)
        for one in changes
        if begins <= one.start and one.end <= ends
    )


def fault_in(changes: Sequence[object], text: str, *, alone: bool = True) -> str:
    """What is wrong with changes of a text, in words; empty where they stand in it as they say, in order.

    Args:
        changes: any objects.
        text: the text as it was read.
        alone: whether each must begin where the one before has ended, or later; else only where it has begun.
    """
    at = 0
    for change in changes:
        if not isinstance(change, Change):
            return f"gives a {type(change).__name__}; expected a Change"
        if not 0 <= change.start <= change.end <= len(text):
            return f"{change} stands at {change.start}..{change.end}; expected places within 0..{len(text)}"
        if change.start < at:
            return f"{change} comes after one that reaches to {at}; expected them in order"
        if (there := text[change.start : change.end]) != change.before:
            return f"{change} says {change.before!r} of {there!r}"
        if change.after == change.before:
            return f"{change} changes nothing"
        if not math.isfinite(change.gain):
            return f"{change} has the gain {change.gain}; expected nats"
        at = change.end if alone else change.start
    return ""
