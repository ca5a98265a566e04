"""A list of known words, with how often each occurs, and those of them that are near another word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["WordList", "fold"]

_BITS = 64
_SHARED = _BITS - 1  # the bit of all characters that have none of their own
_LONGEST = 64  # characters; a longer word has no neighbours


def fold(text: str) -> str:
    """The spelling by which words are looked up: case folded, one apostrophe."""
    return text.replace("\u2019", "'").casefold()


@dataclass(frozen=True, slots=True, eq=False)
class WordList:
    """Known words, folded, the shortest first.

    Attributes:
        words: each once.
        counts: (N,) how often each occurs in the texts that they are from; 1 where the list does not say.
        counted: whether the list says.
        total: the sum of the counts.
    """

    words: list[str]
    counts: NDArray[np.int64]
    counted: bool
    total: int
    _numbers: dict[str, int] = field(repr=False)
    _sets: NDArray[np.uint64] = field(repr=False)
    _starts: list[int] = field(repr=False)
    _bits: NDArray[np.uint64] = field(repr=False)

    @classmethod
    def of(cls, words: Sequence[str], counts: Sequence[int] | None = None) -> WordList:
        """The list of some words, in any case, equal ones merged and their counts added."""
        folded = fold("\n".join(words)).split("\n")
        often = _summed(folded, counts)
        often.pop("", None)
        ordered = sorted(often, key=len)
        lengths = np.fromiter(map(len, ordered), np.int64, len(ordered))
        values = np.fromiter(map(often.__getitem__, ordered), np.int64, len(ordered))
        points = np.frombuffer("".join(ordered).encode("utf-32-le"), np.uint32)
        bits = _bits(points)
        return cls(
            ordered,
            values,
            counts is not None,
            int(values.sum()),
            dict(zip(ordered, range(len(ordered)), strict=True)),
            _letter_sets(points, lengths, bits),
            np.searchsorted(lengths, np.arange(_LONGEST + 2)).tolist(),
            bits,
        )

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def count(self, word: str) -> int:
        """How often a folded word occurs; 0 for one that is not here."""
        number = self._numbers.get(word)
        return 0 if number is None else int(self.counts[number])

    def near(self, word: str, edits: int) -> list[str]:
        """The words that as many edits of characters, or fewer, make of a folded one, itself aside."""
        length = len(word)
        if length > _LONGEST - edits:
            return []
        first, last = self._starts[max(0, length - edits)], self._starts[length + edits + 1]
        letters = np.bitwise_or.reduce([self._bits[min(ord(character), len(self._bits) - 1)] for character in word])
        # An edit takes at most one letter out of a word's set and puts one in; to count those is quick.
        differing = np.bitwise_count(self._sets[first:last] ^ letters)
        alike = np.flatnonzero(differing <= 2 * edits) + first
        others = [self.words[number] for number in alike.tolist()]
        distance = Levenshtein.distance
        return [other for other in others if 0 < distance(word, other, score_cutoff=edits) <= edits]


def _summed(words: Sequence[str], counts: Sequence[int] | None) -> dict[str, int]:
    if counts is None:
        return dict.fromkeys(words, 1)
    summed = dict(zip(words, counts, strict=True))
    if len(summed) < len(words):
        summed = dict.fromkeys(words, 0)
        for word, count in zip(words, counts, strict=True):
            summed[word] += count
    return summed


def _bits(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """For each code point a set of one bit: of the commonest an own one, of the rest, and of all past the end, one."""
    often = np.bincount(points, minlength=1)
    table = np.full(len(often) + 1, np.uint64(1) << np.uint64(_SHARED), np.uint64)
    commonest = np.argsort(-often, kind="stable")[:_SHARED]
    table[commonest] = np.uint64(1) << np.arange(len(commonest), dtype=np.uint64)
    return table


def _letter_sets(
    points: NDArray[np.uint32], lengths: NDArray[np.int64], bits: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """(N,) the set of the characters of each word, a bit a character."""
    if not len(lengths):
        return np.zeros(0, np.uint64)
    return np.bitwise_or.reduceat(bits[points], np.cumsum(lengths) - lengths)
