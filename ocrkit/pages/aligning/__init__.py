"""Known text laid onto the lines of a page, so that each line gets its own."""

from __future__ import annotations

from ocrkit.pages.aligning.aligner import AlignedLine, AlignedPage, LeftOver, PageAligner
from ocrkit.pages.aligning.passage import BREAKS, Breaks, Passage, as_breaks
from ocrkit.pages.aligning.search import Costs, LaidLine, LaidText, lay_text
from ocrkit.pages.aligning.texts import PageTexts
from ocrkit.pages.aligning.writing import AlignedWriter, writing_aligned

__all__ = [
    "BREAKS",
    "AlignedLine",
    "AlignedPage",
    "AlignedWriter",
    "Breaks",
    "Costs",
    "LaidLine",
    "LaidText",
    "LeftOver",
    "PageAligner",
    "PageTexts",
    "Passage",
    "as_breaks",
    "lay_text",
    "writing_aligned",
]
