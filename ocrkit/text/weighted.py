"""Drawing from a list in which some items are likelier than others."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

__all__ = ["Weighted"]

Item = TypeVar("Item")


class Weighted(Generic[Item]):
    """Items with weights; a draw costs a binary search, where ``Generator.choice`` sums the weights each time."""

    def __init__(self, pairs: Iterable[tuple[Item, float]]) -> None:
        """Keep the pairs whose weight is above zero."""
        kept = [(item, weight) for item, weight in pairs if weight > 0]
        self.items: tuple[Item, ...] = tuple(item for item, _ in kept)
        self._sums = list(accumulate(weight for _, weight in kept))

    @classmethod
    def parse(cls, table: str, allowed: frozenset[str]) -> Weighted[str]:
        """Read ``item:weight`` words; ``-`` is the empty item. One with a character outside ``allowed`` is left out."""
        pairs = (entry.rsplit(":", 1) for entry in table.split())
        named = (("" if item == "-" else item, float(weight)) for item, weight in pairs)
        return Weighted[str](pair for pair in named if allowed.issuperset(pair[0]))

    def __len__(self) -> int:
        return len(self.items)

    def draw(self, rng: np.random.Generator) -> Item:
        """One item, each with a chance in proportion to its weight. There must be an item."""
        return self.items[bisect_right(self._sums, rng.random() * self._sums[-1], hi=len(self.items) - 1)]
