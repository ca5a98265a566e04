"""Pages whose text is known: their lines found, and each given its own part of the text."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.records import BadImage, CharacterSpan, Sample
from ocrkit.layout.records import Page
from ocrkit.pages.aligning.passage import ANY, Passage
from ocrkit.pages.aligning.paths import frames_of
from ocrkit.pages.aligning.search import Costs, beside_likeliest, lay_text, with_any
from ocrkit.pages.cutting import cut_lines
from ocrkit.pages.words import words_of
from ocrkit.text.order import line_direction

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from ocrkit.layout.records import Layout, Line
    from ocrkit.layout.scan import Scan
    from ocrkit.pages.aligning.passage import Breaks
    from ocrkit.pages.aligning.search import LaidLine
    from ocrkit.pages.cutting import FoundLine
    from ocrkit.pages.reader import FindLines
    from ocrkit.recognition import Recognizer

__all__ = ["AlignedLine", "AlignedPage", "LeftOver", "PageAligner"]

_log = logging.getLogger("ocrkit")


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A line with its part of the page's text.

    Attributes:
        line: with ``text``, ``confidence`` and ``words``; without any of them where it got no text. The confidence is
            how likely each of its labels is, the geometric mean, beside what the model would read there by itself.
        picture: the line, straight and upright, mode ``L``; None where it lies outside of the page.
    """

    line: Line
    picture: Image | None


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Text that no line got, and the id of the last line before it that got some; empty where none did."""

    text: str
    after: str


@dataclass(frozen=True, slots=True)
class AlignedPage:
    """A page, and where its text is.

    Attributes:
        scan: the page.
        page: with all lines that were found; see ``AlignedLine.line``.
        lines: all of them, in the order of reading.
        left_over: what no line got.
        unknown: characters of the text that the model has no label for; each lies on whichever ink.
    """

    scan: Scan
    page: Page
    lines: tuple[AlignedLine, ...]
    left_over: tuple[LeftOver, ...]
    unknown: tuple[str, ...]

    def sure(self, least: float) -> AlignedPage:
        """The page with the text of those lines alone that are as confident as ``least`` or more."""
        kept = [
            each if each.line.confidence is None or each.line.confidence >= least else _without_text(each)
            for each in self.lines
        ]
        return replace(self, lines=tuple(kept), page=_with_lines(self.page, [each.line for each in kept]))


class PageAligner:
    """Finds the lines of pages and lays known text on them.

    Args:
        recognizer: whose log-probabilities say what stands in a line; its decoder is not used.
        find: gives the layout of a page.
        breaks: where lines may end, as ``Passage.of`` takes it.
        costs: of what differs between text and page; None for the usual ones.
        model: what the recogniser is called in ``Page.model``.
        segmenter: what finds the lines is called in ``Page.segmenter``.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        find: FindLines,
        *,
        breaks: Breaks = "words",
        costs: Costs | None = None,
        model: str = "",
        segmenter: str = "",
    ) -> None:
        self._recognizer = recognizer
        self._find = find
        self._breaks: Breaks = breaks
        self._costs = costs or Costs()
        self._model = model
        self._segmenter = segmenter

    def align(self, scan: Scan, text: str) -> AlignedPage:
        """Lay a text on the lines of a page.

        Raises:
            ImageError: the page cannot be opened.
            DataError: there is no text.
            OptionError: there is no such way to break lines.
        """
        charset = self._recognizer.model.charset
        passage = Passage.of(text, charset, self._breaks)
        image = scan.image()
        grey = image if image.mode == "L" else image.convert("L")
        layout = self._find(scan, grey)
        found = cut_lines(grey, layout)
        rows = self._log_probs(found, scan)
        read = [(place, row) for place, row in enumerate(rows) if row is not None]
        laid = lay_text([row for _, row in read], passage, self._costs)
        lines = [each.line for each in found]
        for (place, row), line in zip(read, laid.lines, strict=True):
            if not line.is_empty:
                lines[place] = self._with_text(found[place], row, line, passage)
        ids = ["" if line.is_empty else lines[place].id for (place, _), line in zip(read, laid.lines, strict=True)]
        return AlignedPage(
            scan=scan,
            page=_with_lines(self._page(scan, grey, layout), lines),
            lines=tuple(
                AlignedLine(line, None if each.cut is None else each.cut.image)
                for line, each in zip(lines, found, strict=True)
            ),
            left_over=tuple(
                LeftOver(passage.text(begin, end), next(filter(None, reversed(ids[:count])), ""))
                for begin, end, count in laid.left_over
            ),
            unknown=passage.unknown,
        )

    def _log_probs(self, found: list[FoundLine], scan: Scan) -> list[NDArray[np.float32] | None]:
        """The (T, V) of each line; None where there is nothing to read."""
        samples = [Sample(f"{scan.name}#{each.line.id}", each.cut.image.copy) for each in found if each.cut is not None]
        rows = self._recognizer.log_probs(samples)
        every: list[NDArray[np.float32] | None] = []
        for each in found:
            row = BadImage(each.line.id, each.reason) if each.cut is None else next(rows)
            if isinstance(row, BadImage):
                _log.warning("%s: line %s was not read: %s", scan.name, each.line.id, row.reason)
                every.append(None)
            else:
                every.append(row)
        return every

    def _with_text(self, found: FoundLine, row: NDArray[np.float32], laid: LaidLine, passage: Passage) -> Line:
        text = passage.text(laid.begin, laid.end) + ("-" if laid.hyphenated else "")
        size = laid.end - laid.begin + laid.hyphenated
        slices = found.slices
        spans = self._spans(found, row, laid, passage)
        return replace(
            found.line,
            text=text,
            confidence=math.exp(-max(0.0, laid.cost) / size),
            words=() if slices is None or found.cut is None else words_of(spans, found.cut, slices),
            alternatives=(),
            direction=line_direction(text, "rtl" if passage.leftward else "ltr"),
        )

    def _spans(
        self, found: FoundLine, row: NDArray[np.float32], laid: LaidLine, passage: Passage
    ) -> list[CharacterSpan]:
        """Where each label stands in the line's picture, whose width the frames share evenly."""
        labels = [*passage.labels[laid.begin : laid.end]]
        symbols = [*passage.symbols[laid.begin : laid.end]]
        if laid.hyphenated and passage.hyphen is not None:
            labels.append(passage.hyphen)
            symbols.append("-")
        nats = with_any(beside_likeliest(row, passage.leftward), passage, self._costs.unknown)
        frames = frames_of(nats, labels)
        width = 1 if found.cut is None else found.cut.image.width
        spans = []
        for label, symbol, frame in zip(labels, symbols, frames.tolist(), strict=True):
            place = len(row) - 1 - frame if passage.leftward else frame
            sure = 0.0 if label == ANY or not len(row) else float(np.exp(row[place, label]))
            left = place * width // max(1, len(row))
            spans.append(CharacterSpan(symbol, left, max(left + 1, (place + 1) * width // max(1, len(row))), sure))
        return spans

    def _page(self, scan: Scan, grey: Image, layout: Layout) -> Page:
        languages = self._recognizer.model.charset.languages
        return Page(
            scan.name if scan.path is None else str(scan.path),
            *grey.size,
            regions=layout.regions,
            number=scan.number,
            rotation=layout.rotation,
            skew=layout.skew,
            dpi=scan.dpi,
            languages=tuple(language for language in languages if language != "und"),
            model=self._model,
            segmenter=self._segmenter,
        )


def _with_lines(page: Page, lines: list[Line]) -> Page:
    """The page with its lines replaced, one by one."""
    remaining = iter(lines)
    regions = [replace(region, lines=tuple(next(remaining) for _ in region.lines)) for region in page.regions]
    return replace(page, regions=tuple(regions))


def _without_text(aligned: AlignedLine) -> AlignedLine:
    return replace(aligned, line=replace(aligned.line, text=None, confidence=None, words=()))
