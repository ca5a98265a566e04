"""Texts of lexicon entries by brute force: every labelling of a line, and every way of cutting it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import oracle

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from oracle import Labels


@dataclass(frozen=True)
class Grammar:
    """line := sep* (entry sep+)* entry? sep*

    Each entry comes with its weighted prior; ``out_of_lexicon`` is what each label of a stretch costs that is none.
    """

    entries: Mapping[Labels, float]
    separators: frozenset[int] = field(default=frozenset())
    out_of_lexicon: float = math.inf

    def term(self, labels: Labels) -> float:
        """The best term of labels that begin where an entry may begin; -inf where they are no text."""
        if not labels:
            return 0.0
        ways = [self.term(labels[1:])] if labels[0] in self.separators else []
        ways += [
            self._stretch(labels[:end]) + self.term(labels[end + 1 :])
            for end in range(1, len(labels) + 1)
            if end == len(labels) or labels[end] in self.separators
        ]
        return max(ways, default=-math.inf)

    def _stretch(self, labels: Labels) -> float:
        if labels in self.entries:
            return self.entries[labels]
        return -math.inf if self.separators.intersection(labels) else -self.out_of_lexicon * len(labels)

    def ranked(self, log_probs: NDArray[np.floating], blank: int = 0) -> list[tuple[Labels, float, float]]:
        """Every text that is possible in a (T, V) line, with score and ln p, the best first."""
        found = [(labels, log_p + self.term(labels), log_p) for labels, log_p in oracle.ranked(log_probs, blank)]
        return sorted((one for one in found if one[1] > -math.inf), key=lambda one: (-one[1], one[0]))
