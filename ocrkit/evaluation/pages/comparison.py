"""Found lines beside true ones: which is which, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.evaluation.pages.ink import ink_within
from ocrkit.evaluation.pages.pairing import best_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.evaluation.pages.ink import InkArea
    from ocrkit.layout.records import Line

__all__ = ["LineComparison", "Pair", "compare_lines"]

_MOST = 0.5


class Pair(NamedTuple):
    """A true line and the found one that is it, by their places in the order of reading, from 0.

    Attributes:
        truth: the true line's place.
        found: the found line's place.
        overlap: the ink of both that is in both, 0 to 1.
        covered: the share of the true line's own ink, which is in no other true line, that the found one holds.
    """

    truth: int
    found: int
    overlap: float
    covered: float


@dataclass(frozen=True)
class LineComparison:
    """The ink that true and found lines share.

    Attributes:
        truth: (T,) px of ink of each true line.
        found: (F,) px of ink of each found line.
        shared: (T, F) px of ink in both.
        own: (T,) px of ink in no other true line.
        own_shared: (T, F) those of them that a found line holds.
        truth_found: (T,) px of ink of each true line that are in any found line.
        found_true: (F,) px of ink of each found line that are in any true line.
    """

    truth: NDArray[np.int64]
    found: NDArray[np.int64]
    shared: NDArray[np.int64]
    own: NDArray[np.int64]
    own_shared: NDArray[np.int64]
    truth_found: NDArray[np.int64]
    found_true: NDArray[np.int64]

    @cached_property
    def overlap(self) -> NDArray[np.float64]:
        """(T, F) intersection over union of their ink; 0 where neither has any."""
        union = self.truth[:, None] + self.found[None] - self.shared
        overlap: NDArray[np.float64] = self.shared / np.maximum(union, 1)
        return overlap

    def pairs(self, threshold: float = 0.5) -> list[Pair]:
        """The lines that were found, by ``threshold`` of their overlap, in the truth's order."""
        return [
            Pair(t, f, float(self.overlap[t, f]), float(self.own_shared[t, f] / self.own[t]) if self.own[t] else 1.0)
            for t, f in best_pairs(self.overlap, threshold)
        ]

    @property
    def missed(self) -> list[int]:
        """The true lines of whose ink at most half is in any found line."""
        return _places(self.truth_found <= self.truth * _MOST)

    @property
    def false(self) -> list[int]:
        """The found lines of whose ink at most half is in any true line."""
        return _places(self.found_true <= self.found * _MOST)

    @property
    def split(self) -> list[int]:
        """The true lines that hold most of the ink of two found lines or more."""
        return _places(((self.shared > self.found[None] * _MOST).sum(1)) > 1)

    @property
    def merged(self) -> list[int]:
        """The found lines that hold most of the ink of two true lines or more."""
        return _places(((self.shared > self.truth[:, None] * _MOST).sum(0)) > 1)


def compare_lines(found: Sequence[Line], truth: Sequence[Line], ink: NDArray[np.bool_]) -> LineComparison:
    """Compare lines of one page by its ink, (H, W) as ``page_ink`` gives it."""
    theirs = ink_within([line.outline for line in truth], ink)
    ours = ink_within([line.outline for line in found], ink)
    times_true, times_found = _times_within(theirs, ink.shape), _times_within(ours, ink.shape)
    own = [line.where(times_true == 1) for line in theirs]
    return LineComparison(
        truth=_sizes(theirs),
        found=_sizes(ours),
        shared=_shared(theirs, ours),
        own=_sizes(own),
        own_shared=_shared(own, ours),
        truth_found=_sizes([line.where(times_found > 0) for line in theirs]),
        found_true=_sizes([line.where(times_true > 0) for line in ours]),
    )


def _sizes(lines: Sequence[InkArea]) -> NDArray[np.int64]:
    return np.array([line.size for line in lines], np.int64)


def _shared(theirs: Sequence[InkArea], ours: Sequence[InkArea]) -> NDArray[np.int64]:
    shared = [[one.shared(other) for other in ours] for one in theirs]
    return np.array(shared, np.int64).reshape(len(theirs), len(ours))


def _times_within(lines: Sequence[InkArea], shape: tuple[int, ...]) -> NDArray[np.uint16]:
    """(H, W) within how many lines a pixel of ink is."""
    times = np.zeros(shape, np.uint16)
    for line in lines:
        height, width = line.mask.shape
        times[line.top : line.top + height, line.left : line.left + width] += line.mask
    return times


def _places(chosen: NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(chosen)]
