"""How well a model reads labelled lines, and how much a language model should count."""

from __future__ import annotations

from ocrkit.evaluation.calibrating import calibrate_reader
from ocrkit.evaluation.common_errors import CommonError, common_errors, worst_lines
from ocrkit.evaluation.comparison import Comparison
from ocrkit.evaluation.correction import Correction
from ocrkit.evaluation.coverage import draw_coverage
from ocrkit.evaluation.error_rates import Evaluation, Judged, evaluate
from ocrkit.evaluation.tuning import LmTrial, tune_language_model

__all__ = [
    "CommonError",
    "Comparison",
    "Correction",
    "Evaluation",
    "Judged",
    "LmTrial",
    "calibrate_reader",
    "common_errors",
    "draw_coverage",
    "evaluate",
    "tune_language_model",
    "worst_lines",
]
