"""The lines of a set: what each spells, where it comes from, and which have proved bad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit.ctc.lengths import frames_needed, length_problem
from ocrkit.data.records import BadImage, Sample
from ocrkit.errors import DataError
from ocrkit.training.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Lines", "check_share_of_bad", "check_some_usable"]

_NAMED = 3  # examples in a message


@dataclass(slots=True)
class Lines:
    """Lines of one data set, whose images are opened when their batch comes.

    Attributes:
        what: the set's name in messages: ``training``, ``validation``, or ``validation (hand)`` of several.
        samples: where each line comes from.
        labels: what each spells.
        digest: SHA-256 over names and labels.
        frames: the frames of a line by its width in px, where a label that needs more makes the line bad, as CTC
            would give it an infinite loss; None where labels may have any length.
        bad: by its number, why a line is left out; known of those that have been met.
    """

    what: str
    samples: Sequence[Sample]
    labels: Labels
    digest: str = ""
    frames: Callable[[int], int] | None = None
    bad: dict[int, BadImage] = field(default_factory=dict)

    @classmethod
    def none(cls, what: str) -> Lines:
        """No line."""
        return cls(what, (), Labels.of(()))

    def __len__(self) -> int:
        return len(self.samples)

    def problem(self, line: int, width: int) -> str:
        """Why a line whose image is so many px wide cannot be learnt from; empty where it can."""
        if self.frames is None:
            return ""
        labels = self.labels[line]
        if not len(labels):
            return "its label is empty"
        return length_problem(frames_needed(labels), self.frames(width)) or ""


def check_some_usable(lines: Lines, tried: int) -> None:
    """Stop when all of the lines that were tried first are bad.

    Raises:
        DataError: names the first of them.
    """
    if tried and len(lines.bad) >= tried:
        some = f"the {tried}" if tried == len(lines) else f"the first {tried} of {len(lines)}"
        raise DataError(f"none of {some} {lines.what} lines can be used: {_first(lines.bad.values())}")


def check_share_of_bad(*sets: Lines, max_bad: float) -> None:
    """Stop when too many of the lines of all sets are bad.

    Together, since a seeded share of few lines may hold most of the bad ones.

    Raises:
        DataError: names the first of them and gives the counts.
    """
    bad = [each for lines in sets for each in lines.bad.values()]
    total = sum(map(len, sets))
    if len(bad) > max_bad * total:
        raise DataError(
            f"{len(bad)} of {total} lines are bad, more than `data.max_bad={max_bad:g}` allows: {_first(bad)}"
        )


def _first(bad: Iterable[BadImage]) -> str:
    named = [str(each) for _, each in zip(range(_NAMED + 1), bad, strict=False)]
    return "; ".join(named[:_NAMED]) + ("; …" if len(named) > _NAMED else "")
