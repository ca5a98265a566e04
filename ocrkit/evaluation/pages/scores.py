"""Scores of found lines: of one page, and of many together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from ocrkit.evaluation.pages.baselines import score_baselines
from ocrkit.evaluation.pages.comparison import compare_lines
from ocrkit.evaluation.pages.ink import page_ink
from ocrkit.evaluation.pages.texts import TextScores, score_texts
from ocrkit.layout.records import Layout
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.evaluation.pages.baselines import BaselineScore
    from ocrkit.evaluation.pages.comparison import LineComparison, Pair
    from ocrkit.layout.records import Line, Page

__all__ = ["THRESHOLDS", "PageScores", "lines_of", "score_lines", "score_page"]

THRESHOLDS = (0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True)
class PageScores:
    """What came of the lines of one page, or of several: two of them add up.

    Attributes:
        pages: how many.
        truth: true lines.
        found: found lines; where the truth does not list all lines, those of them that are in one that it lists.
        hits: lines found, by each of ``THRESHOLDS`` of the overlap of their ink.
        missed: true lines of whose ink at most half was found.
        false: found lines of whose ink at most half is in any true line; 0 where the truth does not list all lines.
        elsewhere: where it does not, the found lines of which it says nothing.
        split: true lines in which two found lines or more lie.
        merged: found lines in which two true lines or more lie.
        order_pairs: pairs of lines that were found, by the lowest threshold.
        ordered_pairs: those of them that were found in the true order.
        covered: the shares of their own ink that the lines which were found hold, added up.
        baseline_pages: pages whose baselines were compared.
        baseline_precision: added up over those pages.
        baseline_recall: likewise.
        text: what came of the text; None where the page was not read.
    """

    pages: int = 0
    truth: int = 0
    found: int = 0
    hits: tuple[int, ...] = (0,) * len(THRESHOLDS)
    missed: int = 0
    false: int = 0
    elsewhere: int = 0
    split: int = 0
    merged: int = 0
    order_pairs: int = 0
    ordered_pairs: int = 0
    covered: float = 0.0
    baseline_pages: int = 0
    baseline_precision: float = 0.0
    baseline_recall: float = 0.0
    text: TextScores | None = None

    def __add__(self, other: PageScores) -> PageScores:
        """Those of both sets of pages."""
        summed = {
            name: getattr(self, name) + getattr(other, name)
            for name in PageScores.__slots__
            if name not in ("hits", "text")
        }
        texts = [scores.text for scores in (self, other) if scores.text is not None]
        return PageScores(
            **summed,
            hits=tuple(mine + its for mine, its in zip(self.hits, other.hits, strict=True)),
            text=sum(texts, TextScores()) if texts else None,
        )

    def f(self, threshold: float) -> float:
        """2 hits / (true + found) lines, by one of ``THRESHOLDS``; 1.0 where there are no lines, and none was found."""
        lines = self.truth + self.found
        return 2 * self.hits[THRESHOLDS.index(threshold)] / lines if lines else 1.0

    def precision(self, threshold: float) -> float:
        """Hits of each found line; 1.0 of none."""
        return self.hits[THRESHOLDS.index(threshold)] / self.found if self.found else 1.0

    def recall(self, threshold: float) -> float:
        """Hits of each true line; 1.0 of none."""
        return self.hits[THRESHOLDS.index(threshold)] / self.truth if self.truth else 1.0

    @property
    def order(self) -> float:
        """The share of pairs of lines that were found in the true order; 1.0 of none."""
        return self.ordered_pairs / self.order_pairs if self.order_pairs else 1.0

    @property
    def coverage(self) -> float:
        """The mean share of a line's own ink that the line found for it holds; 1.0 where none was found."""
        return self.covered / self.hits[0] if self.hits[0] else 1.0

    @property
    def baselines(self) -> tuple[float, float, float] | None:
        """Precision, recall and their F of the baselines, the mean over pages; None where there are none."""
        if not self.baseline_pages:
            return None
        precision, recall = self.baseline_precision / self.baseline_pages, self.baseline_recall / self.baseline_pages
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def to_dict(self) -> dict[str, object]:
        """Counts and rates, as ``--json`` prints them."""
        followed = self.baselines
        counts = ("pages", "truth", "found", "missed", "false", "elsewhere", "split", "merged")
        return {
            **{name: getattr(self, name) for name in counts},
            **{f"f{round(threshold * 100)}": self.f(threshold) for threshold in THRESHOLDS},
            **{f"recall{round(threshold * 100)}": self.recall(threshold) for threshold in THRESHOLDS},
            "order": self.order,
            "own_ink_covered": self.coverage,
            "baselines": None if followed is None else dict(zip(("precision", "recall", "f"), followed, strict=True)),
            "text": None if self.text is None else self.text.to_dict(),
        }


def score_page(
    found: Page | Layout,
    truth: Page,
    image: NDArray[np.uint8],
    *,
    partial: bool = False,
    spelling: Callable[[str], str] = comparable,
) -> PageScores:
    """Score the lines found on a page, and its text where it was read.

    Args:
        found: the lines, in the order of reading.
        truth: the true lines, likewise.
        image: (H, W) grey, 255 for white, of the size that both speak of.
        partial: the truth does not list all lines, so that one that it does not list is not false.
        spelling: what makes two texts equal.
    """
    ours, theirs = lines_of(found), list(truth.lines)
    compared = compare_lines(ours, theirs, page_ink(image))
    scores = score_lines(compared, ours, theirs, partial=partial)
    # A page on which nothing was found was read, and the lines of a layout were not.
    unread = all(line.text is None for line in ours) and (bool(ours) or isinstance(found, Layout))
    if unread or all(line.text is None for line in theirs):
        return scores
    return replace(scores, text=score_texts(ours, theirs, compared, partial=partial, spelling=spelling))


def score_lines(
    compared: LineComparison, found: Sequence[Line], truth: Sequence[Line], *, partial: bool = False
) -> PageScores:
    """Score lines by how they compare, as ``score_page`` does."""
    pairs = compared.pairs(THRESHOLDS[0])
    false = len(compared.false)
    followed = None if partial else _baselines(found, truth)
    return PageScores(
        pages=1,
        truth=len(truth),
        found=len(found) - (false if partial else 0),
        hits=tuple(len(compared.pairs(threshold)) for threshold in THRESHOLDS),
        missed=len(compared.missed),
        false=0 if partial else false,
        elsewhere=false if partial else 0,
        split=len(compared.split),
        merged=len(compared.merged),
        order_pairs=len(pairs) * (len(pairs) - 1) // 2,
        ordered_pairs=_in_order(pairs),
        covered=sum(pair.covered for pair in pairs),
        baseline_pages=0 if followed is None else 1,
        baseline_precision=0.0 if followed is None else followed.precision,
        baseline_recall=0.0 if followed is None else followed.recall,
    )


def lines_of(layout: Page | Layout) -> list[Line]:
    """All lines, in the order of reading."""
    return [line for region in layout.regions for line in region.lines]


def _in_order(pairs: Sequence[Pair]) -> int:
    return sum(one.found < other.found for one, other in combinations(pairs, 2))


def _baselines(found: Sequence[Line], truth: Sequence[Line]) -> BaselineScore | None:
    """The scores of a page's baselines; None where one side has lines and none of them has a baseline."""
    ours = [line.baseline for line in found if len(line.baseline) > 1]
    theirs = [line.baseline for line in truth if len(line.baseline) > 1]
    if (found and not ours) or (truth and not theirs):
        return None
    return score_baselines(ours, theirs)
