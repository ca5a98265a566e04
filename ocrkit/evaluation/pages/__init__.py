"""How well lines are found on pages, and pages read: against pages whose lines are known."""

from __future__ import annotations

from ocrkit.evaluation.pages.baselines import BaselineScore, score_baselines
from ocrkit.evaluation.pages.comparison import LineComparison, Pair, compare_lines
from ocrkit.evaluation.pages.evaluating import JudgedPage, PagesEvaluation, evaluate_pages, true_pages
from ocrkit.evaluation.pages.ink import page_ink
from ocrkit.evaluation.pages.scores import THRESHOLDS, PageScores, score_lines, score_page
from ocrkit.evaluation.pages.texts import TextScores, score_texts

__all__ = [
    "THRESHOLDS",
    "BaselineScore",
    "JudgedPage",
    "LineComparison",
    "PageScores",
    "PagesEvaluation",
    "Pair",
    "TextScores",
    "compare_lines",
    "evaluate_pages",
    "page_ink",
    "score_baselines",
    "score_lines",
    "score_page",
    "score_texts",
    "true_pages",
]
