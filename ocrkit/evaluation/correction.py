"""Readings with a corrector beside those without: error rates with intervals, and what became of words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.evaluation.word_fates import WordFates, word_fates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from ocrkit.text.metrics import ErrorCounts

__all__ = ["Corrected", "Correction", "RateBeside", "compare_corrected"]

RESAMPLES = 2000
_SEED = 1
_TOGETHER = 50  # resamples that are drawn at a time, lest they take much memory


class Corrected(NamedTuple):
    """A line: what stands there, what was read, and what a corrector made of that."""

    truth: str
    read: str
    text: str


@dataclass(frozen=True, slots=True)
class RateBeside:
    """An error rate without and with corrections.

    Attributes:
        without: of what was read, as a fraction of 1.
        corrected: with the corrections.
        low: the lower bound of ``corrected - without`` for lines of this kind, by a confidence of 95 %.
        high: the upper one.
    """

    without: float
    corrected: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """What the corrections make of it: below 0 where they help."""
        return self.corrected - self.without


@dataclass(frozen=True, slots=True)
class Correction:
    """What a corrector did to lines.

    Attributes:
        corrector: its name.
        lines: how many were compared.
        changed: how many of them it altered.
        cer: character error rate.
        akshara_cer: over aksharas.
        wer: word error rate.
        words: what became of the words.
    """

    corrector: str
    lines: int
    changed: int
    cer: RateBeside
    akshara_cer: RateBeside
    wer: RateBeside
    words: WordFates

    def to_dict(self) -> dict[str, object]:
        """What ``ocrkit evaluate --correct --json`` prints."""
        rates = {name: asdict(getattr(self, name)) for name in ("cer", "akshara_cer", "wer")}
        fates = {**asdict(self.words), "mended_per_spoiled": self.words.mended_per_spoiled}
        return {"corrector": self.corrector, "lines": self.lines, "changed": self.changed, **rates, "words": fates}


def compare_corrected(
    lines: Iterable[Corrected],
    corrector: str,
    *,
    errors: Callable[[Iterable[tuple[str, str]]], ErrorCounts],
    spelling: Callable[[str], str],
) -> Correction:
    """Compare the readings of lines with what a corrector made of them.

    The intervals are the middle 95 % of the differences in 2,000 resamples of the lines, always the same ones; each
    line comes into both rates as often.

    Args:
        lines: with their texts.
        corrector: its name.
        errors: counts the errors of (reference, read) pairs.
        spelling: gives a text as it is compared.

    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3, the percentile interval.
    """
    given = list(lines)
    before, after = np.zeros((2, len(given), 3)), np.zeros((2, len(given), 3))
    fates, changed = WordFates(), 0
    for at, line in enumerate(given):
        before[:, at] = _counts(errors([(line.truth, line.read)]))
        altered = line.read != line.text
        after[:, at] = _counts(errors([(line.truth, line.text)])) if altered else before[:, at]
        changed += altered
        fates += word_fates(*(spelling(text).split() for text in line))
    rates = _beside(before, after)
    return Correction(corrector, len(given), changed, rates[0], rates[1], rates[2], fates)


def _counts(errors: ErrorCounts) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The edits, and what they are shares of: by character, akshara and word."""
    edits = errors.character_edits, errors.akshara_edits, errors.word_edits
    return edits, (errors.characters, errors.aksharas, errors.words)


def _beside(before: NDArray[np.float64], after: NDArray[np.float64]) -> list[RateBeside]:
    """Each rate of (2, N, 3) edits and sizes."""
    lines = before.shape[1]
    without, corrected = _rates(before.sum(1)), _rates(after.sum(1))
    rng = np.random.default_rng(_SEED)
    differences = []
    for _ in range(RESAMPLES // _TOGETHER if lines else 0):
        times = rng.multinomial(lines, np.full(lines, 1 / lines), size=_TOGETHER).astype(np.float64)
        differences.append(_rates(times @ after) - _rates(times @ before))
    bounds = np.percentile(np.concatenate(differences), [2.5, 97.5], axis=0) if lines else np.zeros((2, 3))
    return [RateBeside(*map(float, each)) for each in zip(without, corrected, *bounds, strict=True)]


def _rates(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) edits for each part of the references, of (2, ..., 3); where these hold nothing 0, or else 1."""
    edits, sizes = counts
    rates: NDArray[np.float64] = np.where(sizes > 0, edits / np.maximum(sizes, 1), edits > 0)
    return rates
