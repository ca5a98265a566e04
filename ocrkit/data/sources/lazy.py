"""Samples that are made when they are asked for: what a source holds of each is its number."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import overload

from ocrkit.data.records import Sample

__all__ = ["ChainedSamples", "LazySamples"]


@dataclass(frozen=True, slots=True)
class LazySamples(Sequence[Sample]):
    """A sequence of samples by number, of which a slice is another such sequence.

    Attributes:
        numbers: which samples, in which order; what a number means is the subclass's to say.
    """

    numbers: Sequence[int] = field(kw_only=True)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        """Make the sample at ``index``.

        Raises:
            DataError: what it is read from has changed since it was listed.
        """
        if isinstance(index, slice):
            return replace(self, numbers=self.numbers[index])
        return self.sample(self.numbers[index])

    @abstractmethod
    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""


@dataclass(frozen=True, slots=True)
class ChainedSamples(LazySamples):
    """The samples of several sources, one source after another.

    Attributes:
        parts: the sources.
        ends: how many samples there are up to the end of each.
        numbers: which samples, counted through all sources.
    """

    parts: tuple[Sequence[Sample], ...]
    ends: Sequence[int]

    @classmethod
    def of(cls, parts: Iterable[Sequence[Sample]]) -> ChainedSamples:
        """All samples of all parts."""
        kept = tuple(parts)
        ends = array("q", accumulate(len(part) for part in kept))
        return cls(kept, ends, numbers=range(ends[-1] if ends else 0))

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        part = bisect_right(self.ends, number)
        return self.parts[part][number - (self.ends[part - 1] if part else 0)]
