"""What became of each word of a reference once a corrector had altered the reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WordFates", "aligned_words", "word_fates"]

_WORD = 1 << 32  # an edit of a word, beside which those of its characters only choose among ways that are alike


@dataclass(frozen=True, slots=True)
class WordFates:
    """Words of references by what was read for them, and what a corrector made of that; two of them add up.

    Attributes:
        words: all of them.
        mended: read wrong, and right with the corrections.
        spoiled: read right, and wrong with the corrections.
        altered: read wrong, and otherwise wrong with the corrections.
        left: read wrong, and left so.
    """

    words: int = 0
    mended: int = 0
    spoiled: int = 0
    altered: int = 0
    left: int = 0

    def __add__(self, other: WordFates) -> WordFates:
        """Those of both sets of lines."""
        return WordFates(*(getattr(self, name) + getattr(other, name) for name in WordFates.__slots__))

    @property
    def mended_per_spoiled(self) -> float | None:
        """How many words are mended for each that is spoiled; None where none is spoiled."""
        return self.mended / self.spoiled if self.spoiled else None


def word_fates(truth: Sequence[str], read: Sequence[str], corrected: Sequence[str]) -> WordFates:
    """The fates of a line's words; a word that was put in where the reference has none is nobody's."""
    before, after = aligned_words(truth, read), aligned_words(truth, corrected)
    right = [word == there for word, there in zip(truth, before, strict=True)]
    kept = [word == there for word, there in zip(truth, after, strict=True)]
    still_wrong = [not was and not now for was, now in zip(right, kept, strict=True)]
    return WordFates(
        words=len(truth),
        mended=sum(now and not was for was, now in zip(right, kept, strict=True)),
        spoiled=sum(was and not now for was, now in zip(right, kept, strict=True)),
        altered=sum(wrong and one != other for wrong, one, other in zip(still_wrong, before, after, strict=True)),
        left=sum(wrong and one == other for wrong, one, other in zip(still_wrong, before, after, strict=True)),
    )


def aligned_words(truth: Sequence[str], read: Sequence[str]) -> list[str | None]:
    """For each word of a reference the one that was read for it; None where none was.

    Of all ways to turn the one into the other by the fewest edits of words, that with the fewest edits of characters;
    of those that are alike in both, the one that pairs words as far to the left as it can.
    """
    if list(truth) == list(read):
        return list(read)
    costs = _costs(truth, read)
    found: list[str | None] = []
    row, column = 0, 0
    while row < len(truth):
        least = costs[row][column]
        if column < len(read) and least == costs[row + 1][column + 1] + _cost(truth[row], read[column]):
            found.append(read[column])
            row, column = row + 1, column + 1
        elif least == costs[row + 1][column] + _WORD + len(truth[row]):
            found.append(None)
            row += 1
        else:
            column += 1
    return found


def _costs(truth: Sequence[str], read: Sequence[str]) -> list[list[int]]:
    """The least cost from each place in both to their ends."""
    rows = [[0] * (len(read) + 1) for _ in range(len(truth) + 1)]
    for column in range(len(read) - 1, -1, -1):
        rows[-1][column] = rows[-1][column + 1] + _WORD + len(read[column])
    for row in range(len(truth) - 1, -1, -1):
        own, below = rows[row], rows[row + 1]
        own[-1] = below[-1] + _WORD + len(truth[row])
        for column in range(len(read) - 1, -1, -1):
            own[column] = min(
                below[column + 1] + _cost(truth[row], read[column]),
                below[column] + _WORD + len(truth[row]),
                own[column + 1] + _WORD + len(read[column]),
            )
    return rows


def _cost(one: str, other: str) -> int:
    return 0 if one == other else _WORD + Levenshtein.distance(one, other)
