"""Interpolated modified Kneser-Ney smoothing, in the back-off form that ARPA files have.

Source: Chen and Goodman 1999, "An empirical study of smoothing techniques for language modeling", section 3;
Heafield et al. 2013, "Scalable modified Kneser-Ney language model estimation", for starts of lines; lmplz for pruning.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import OptionError
from ocrkit.text.language_model.units import START

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ocrkit.text.language_model.counting import NgramLevel

__all__ = ["BackoffLevel", "Discounts", "check_prune", "kneser_ney"]

_FALLBACK = (0.5, 1.0, 1.5)  # lmplz' own
_LEAST = -99.0  # log10; what is next to nothing


@dataclass(frozen=True, slots=True)
class Discounts:
    """What is taken off the counts of n-grams of one order.

    Attributes:
        values: off a count of 1, of 2, and of 3 or more.
        reason: why they are not estimated from the counts; empty where they are.
    """

    values: tuple[float, float, float]
    reason: str = ""

    @classmethod
    def estimated(cls, counts: NDArray[np.int64]) -> Discounts:
        """By how many n-grams have the counts 1 to 4; else 0.5, 1 and 1.5, with the reason.

        Source: Chen and Goodman 1999, equation 26; the values of the fallback are those of ``lmplz``.
        """
        _, *seen = np.bincount(np.minimum(counts, 5), minlength=6)[:5].tolist()
        for count, number in enumerate(seen[:3], 1):
            if not number:
                return cls(_FALLBACK, f"none has the count {count}")
        share = seen[0] / (seen[0] + 2 * seen[1])
        one, two, more = (count - (count + 1) * share * seen[count] / seen[count - 1] for count in (1, 2, 3))
        for count, discount in enumerate((one, two, more), 1):
            if not 0 < discount <= count:
                return cls(_FALLBACK, f"the discount of the count {count} would be {discount:.3g}")
        return cls((one, two, more))

    def off(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is taken off each count."""
        return np.array((0.0, *self.values))[np.minimum(counts, 3)]


@dataclass(frozen=True, slots=True)
class BackoffLevel:
    """What an ARPA file says of the n-grams of one order.

    Attributes:
        ngrams: the n-grams.
        kept: (K,) whether each is in the file.
        log10_probs: (K,) log10 p(unit | context).
        log10_backoffs: (K,) the weight of shorter contexts after it; zeros in the highest order.
        discounts: what was taken off the counts.
    """

    ngrams: NgramLevel
    kept: NDArray[np.bool_]
    log10_probs: NDArray[np.float32]
    log10_backoffs: NDArray[np.float32]
    discounts: Discounts


def check_prune(prune: Sequence[int], order: int) -> tuple[int, ...]:
    """The threshold of each order: the last one given is that of all higher ones.

    Raises:
        OptionError: one would leave out units, or n-grams whose longer ones stay, or there are more than orders.
    """
    given = ", ".join(map(str, prune))
    if len(prune) > order:
        raise OptionError(f"`prune` is {given}: {len(prune)} counts for {order} orders; give one for each")
    if prune and prune[0] != 0:
        raise OptionError(f"`prune` is {given}; the first is that of single units, which all stay: give 0, …")
    if any(more < less for less, more in pairwise(prune)) or any(count < 0 for count in prune):
        raise OptionError(f"`prune` is {given}; expected counts that never fall, as in 0, 0, 1, 2")
    return (*prune, *[prune[-1] if prune else 0] * (order - len(prune)))


def kneser_ney(
    levels: Sequence[NgramLevel], *, prune: Sequence[int] = (), progress: Callable[[int, int], None] | None = None
) -> tuple[BackoffLevel, ...]:
    """Smooth counts; every context's probabilities, those that are backed off to included, sum to 1.

    Single units are interpolated with equal chances for all but ``<s>``, of which ``<unk>`` is one.

    Args:
        levels: by ``count_ngrams``.
        prune: for each order, the n-grams that occur so often, or less often, are left out, and their mass is backed
            off; the last one given holds for higher orders too.
        progress: told how many orders of how many are done.
    """
    thresholds = check_prune(prune, max(len(levels), len(prune)))
    below = np.full(1, 1.0 / (len(levels[0]) - 1))  # each unit but <s> as likely as any other
    smoothed: list[tuple[NDArray[np.bool_], NDArray[np.float32], NDArray[np.float64], Discounts]] = []
    for place, level in enumerate(levels):
        adjusted = _adjusted(level, levels[place + 1] if place + 1 < len(levels) else None)
        kept = np.ones(len(level), np.bool_) if place == 0 else level.counts > thresholds[place]
        discounts = Discounts.estimated(adjusted)
        backoffs, probs = _interpolated(level, adjusted, kept, discounts, below)
        if place == 0:
            probs[START] = 1.0  # it begins every line, and is never read
        smoothed.append((kept, _log10(probs), backoffs, discounts))
        below = probs
        if progress:
            progress(place + 1, len(levels))
    highest = np.ones(len(levels[-1]))
    after = [backoffs for _, _, backoffs, _ in smoothed[1:]] + [highest]
    return tuple(
        BackoffLevel(level, kept, log10_probs, _log10(backoffs), discounts)
        for level, (kept, log10_probs, _, discounts), backoffs in zip(levels, smoothed, after, strict=True)
    )


def _adjusted(level: NgramLevel, above: NgramLevel | None) -> NDArray[np.int64]:
    """The counts that are smoothed: of the highest order, how often; of others, after how many units.

    Nothing comes before ``<s>``, so what begins with it keeps its counts.
    """
    if above is None:
        return level.counts
    continuations = np.bincount(above.suffixes, minlength=len(level))
    return np.where(level.from_start, level.counts, continuations).astype(np.int64)


def _interpolated(
    level: NgramLevel,
    adjusted: NDArray[np.int64],
    kept: NDArray[np.bool_],
    discounts: Discounts,
    below: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each context the weight of the order below, and for each n-gram its probability."""
    discounted = np.where(kept, adjusted - discounts.off(adjusted), 0.0)
    totals = np.bincount(level.contexts, weights=adjusted, minlength=len(below))
    freed = np.bincount(level.contexts, weights=adjusted - discounted, minlength=len(below))
    followed = totals > 0
    backoffs = np.divide(freed, totals, out=np.ones(len(below)), where=followed)
    own = np.divide(discounted, totals[level.contexts], out=np.zeros(len(level)), where=followed[level.contexts])
    return backoffs, own + backoffs[level.contexts] * below[level.suffixes]


def _log10(values: NDArray[np.float64]) -> NDArray[np.float32]:
    # Sums may end a rounding above 1.
    return np.log10(np.clip(values, 10.0**_LEAST, 1.0)).astype(np.float32)
