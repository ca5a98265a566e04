"""The labels of all lines of a set, end to end in one array: a million lines take no million objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["Labels"]


@dataclass(frozen=True, slots=True)
class Labels:
    """What each line spells.

    Attributes:
        joined: the labels of all lines, int32.
        ends: (N + 1,) where each line's labels end in ``joined``, after a 0.
    """

    joined: NDArray[np.int32]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, labels: Iterable[Sequence[int] | NDArray[np.int64]]) -> Labels:
        """Labels line by line as one."""
        lines = [np.asarray(line, np.int32) for line in labels]
        ends = np.cumsum([0, *map(len, lines)], dtype=np.int64)
        return cls(np.concatenate(lines) if lines else np.zeros(0, np.int32), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, line: int) -> NDArray[np.int64]:
        if not 0 <= line < len(self):
            raise IndexError(f"line {line} of {len(self)}")
        return self.joined[self.ends[line] : self.ends[line + 1]].astype(np.int64)

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        return (self[line] for line in range(len(self)))

    def lengths(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many labels each of some lines has."""
        return self.ends[lines + 1] - self.ends[lines]

    def of_lines(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """The labels of some lines, end to end."""
        lengths = self.lengths(lines)
        before = np.cumsum(lengths) - lengths
        places = np.repeat(self.ends[lines] - before, lengths) + np.arange(lengths.sum())
        found: NDArray[np.int64] = self.joined[places].astype(np.int64)
        return found
