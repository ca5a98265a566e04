"""Which lines come together in one pass over a set, and when: a matter of seed, epoch and widths alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.batching import LONG_LINE, batches, epoch_rng

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Order", "Parts"]

Parts = list["NDArray[np.int64]"]
"""The lines of a batch, in parts of like width; one part, but where lines are very long."""

_MOST_BATCHES = 32  # in a pool: more means less padding
_FEWEST_BATCHES = 8
_POOL = 4096  # lines in a pool of large batches; all of them are loaded before the first batch of it


@dataclass(frozen=True, slots=True)
class Order:
    """One pass over a set: pools of lines, taken at random, and within a pool batches of lines of like width.

    The lines of a pool are known beforehand, and its batches as soon as the widths of its lines are. So the first batch
    waits for one pool, and not for the set.

    Attributes:
        count: lines of the set.
        batch_size: lines of a batch; the last batch of a pool has fewer, and none where lines are bad.
        seed: of the order; None takes the lines of a pool, and the pools, as they come, and the widest first.
        epoch: a number for each pass.
    """

    count: int
    batch_size: int
    seed: int | None = None
    epoch: int = 0

    @property
    def pool_batches(self) -> int:
        """The batches of each pool but the last."""
        return max(_FEWEST_BATCHES, min(_MOST_BATCHES, _POOL // self.batch_size))

    def __len__(self) -> int:
        """The batches of the pass, those without a good line included."""
        return -(-self.count // self.batch_size)

    def pools(self) -> list[NDArray[np.int64]]:
        """The lines of each pool."""
        size = self.pool_batches * self.batch_size
        lines = np.arange(self.count) if self.seed is None else epoch_rng(self.seed, self.epoch).permutation(self.count)
        return [lines[start : start + size].astype(np.int64) for start in range(0, self.count, size)]

    def batches(self, number: int, pool: NDArray[np.int64], widths: Sequence[int] | NDArray[np.int32]) -> list[Parts]:
        """The batches of a pool, by its number among the pools: as many as its lines fill, whatever is bad among them.

        Args:
            number: of the pool.
            pool: its lines.
            widths: px of each of them; 0 and below for a bad one, which is left out.
        """
        px = np.asarray(widths, np.int64)
        good = np.flatnonzero(px > 0)
        widest_first = good[np.argsort(-px[good], kind="stable")]
        starts = range(0, len(pool), self.batch_size)
        parted = [self._parted(widest_first[start : start + self.batch_size], pool, px) for start in starts]
        if self.seed is None:
            return parted
        rng = np.random.default_rng([self.seed, self.epoch, number])
        return [parted[index] for index in rng.permutation(len(parted))]

    def _parted(self, places: NDArray[np.int64], pool: NDArray[np.int64], px: NDArray[np.int64]) -> Parts:
        """A batch in parts none of which has more columns than a batch of long lines."""
        cut = batches(px[places], self.batch_size, max_columns=self.batch_size * LONG_LINE)
        return [pool[places[part]] for part in cut]
