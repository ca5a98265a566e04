"""Interpolated modified Kneser-Ney by dictionaries, word for word after the formulas of Chen and Goodman 1999.

Equation numbers are those of the paper; the start of lines is as in Heafield et al. 2013, section 3.2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Ngram = tuple[str, ...]


class KneserNey:
    """p(unit | context) for every context of up to order - 1 units."""

    def __init__(self, lines: Sequence[Sequence[str]], order: int, prune: Sequence[int] = ()) -> None:
        self.order = order
        self.raw: Counter[Ngram] = Counter()
        before: dict[Ngram, set[str]] = defaultdict(set)
        for line in lines:
            whole = ("<s>", *line, "</s>")
            for length in range(1, order + 1):
                for start in range(len(whole) - length + 1):
                    ngram = whole[start : start + length]
                    if ngram != ("<s>",):
                        self.raw[ngram] += 1
                    if start:
                        before[ngram].add(whole[start - 1])
        # Lower orders count what stands before, but for "<s> …", before which nothing can.
        self.counts = {
            ngram: count if len(ngram) == order or ngram[0] == "<s>" else len(before[ngram])
            for ngram, count in self.raw.items()
        }
        self.units = sorted({ngram[0] for ngram in self.raw if len(ngram) == 1} | {"<unk>"})
        self.discounts = [self.discounts_of(length) for length in range(1, order + 1)]
        thresholds = [*prune, *[prune[-1] if prune else 0] * (order - len(prune))]
        self.kept = {ngram for ngram, count in self.raw.items() if count > thresholds[len(ngram) - 1]}
        self.following: dict[Ngram, list[Ngram]] = defaultdict(list)
        for ngram in self.counts:
            self.following[ngram[:-1]].append(ngram)

    def discounts_of(self, length: int) -> tuple[float, float, float, float]:
        """Equation 26: what is taken off a count of 0, 1, 2 and at least 3."""
        having = Counter(count for ngram, count in self.counts.items() if len(ngram) == length)
        n = [having[count] for count in range(5)]
        if not n[1] or not n[2] or not n[3]:
            return 0.0, 0.5, 1.0, 1.5
        y = n[1] / (n[1] + 2 * n[2])
        found = (1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3])
        if any(not 0 < discount <= count for count, discount in enumerate(found, 1)):
            return 0.0, 0.5, 1.0, 1.5
        return 0.0, *found

    def probability(self, unit: str, context: Ngram) -> float:
        """Equation 25, whose last order is interpolated with equal chances for all units."""
        following = self.following.get(context, ())
        total = sum(self.counts[ngram] for ngram in following)
        if not total:
            return self.lower(unit, context)
        own = {
            ngram: self.counts[ngram] - self.discounts[len(context)][min(self.counts[ngram], 3)]
            for ngram in following
            if ngram in self.kept
        }
        gamma = (total - sum(own.values())) / total
        return own.get((*context, unit), 0.0) / total + gamma * self.lower(unit, context)

    def lower(self, unit: str, context: Ngram) -> float:
        return self.probability(unit, context[1:]) if context else 1 / len(self.units)

    def log10_contexts(self) -> list[Ngram]:
        """Every context that can be asked for: those that are seen, and some that are not."""
        seen = sorted({ngram[:-1] for ngram in self.counts})
        unseen = [(first, second) for first, second in pairwise(self.units) if self.order > 2]
        return [context for context in (*seen, *unseen) if "</s>" not in context]
