"""Mending by a corrector: lines as they are read, and pages of which only the text is left."""

from __future__ import annotations

from ocrkit.correcting.choosing import LineCorrector, as_line_corrector, chosen_corrector, make_corrector
from ocrkit.correcting.lines import correct_prediction
from ocrkit.correcting.pages import correct_page, propose_for_page

__all__ = [
    "LineCorrector",
    "as_line_corrector",
    "chosen_corrector",
    "correct_page",
    "correct_prediction",
    "make_corrector",
    "propose_for_page",
]
