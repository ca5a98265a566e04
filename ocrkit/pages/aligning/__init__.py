"""Known text laid onto the lines of a page, so that each line gets its own."""

from __future__ import annotations

from ocrkit.pages.aligning.aligner import AlignedLine, AlignedPage, LeftOver, PageAligner
from ocrkit.pages.aligning.passage import BREAKS, Breaks, Passage
from ocrkit.pages.aligning.search import Costs, LaidLine, LaidText, lay_text

__all__ = [
    "BREAKS",
    "AlignedLine",
    "AlignedPage",
    "Breaks",
    "Costs",
    "LaidLine",
    "LaidText",
    "LeftOver",
    "PageAligner",
    "Passage",
    "lay_text",
]
