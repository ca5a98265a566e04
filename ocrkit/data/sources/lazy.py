"""Samples that are made when they are asked for: what a source holds of each is its number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from ocrkit.data.records import Sample

__all__ = ["LazySamples"]


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
