"""Reading whole pages: the lines of several go through the recogniser together."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from PIL.Image import Transpose

from ocrkit.data.changes import stripped
from ocrkit.data.records import Sample
from ocrkit.errors import ImageError, OptionError
from ocrkit.layout.originals import with_originals
from ocrkit.layout.records import Page
from ocrkit.layout.scan import ReadPage
from ocrkit.pages.cutting import cut_lines
from ocrkit.pages.uprightness import half_turned, is_doubtful, stands_on_its_head
from ocrkit.pages.words import words_of
from ocrkit.text.order import line_direction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from PIL.Image import Image

    from ocrkit.data.records import Prediction
    from ocrkit.layout.records import Direction, Layout, Line, Region
    from ocrkit.layout.scan import Scan
    from ocrkit.pages.cutting import FoundLine
    from ocrkit.pages.line_reader import LineReader
    from ocrkit.recognition.recognizer import OnError

__all__ = ["FindLines", "PageReader"]

FindLines: TypeAlias = "Callable[[Scan, Image], Layout]"
"""Gives the layout of a page, from its scan and its picture in mode ``L``."""

_ON_ERROR = ("report", "raise", "skip")
_LINES_TOGETHER = 128  # lines that are read together, of as many pages as have them
_PAGES_TOGETHER = 16  # and the most pages, some of which may have few lines or none
_log = logging.getLogger("ocrkit")


class PageReader:
    """Finds the lines of pages and reads them; a page that reads far better upside down is turned.

    Args:
        recognizer: reads the lines.
        find: gives the layout of a page.
        model: what the recogniser is called in ``Page.model``.
        segmenter: what finds the lines is called in ``Page.segmenter``.
        keep_all: whether a line that reads as nothing stays, without words, as where a given layout is read; else
            it is taken for one that is none, is left out and counted.

    Attributes:
        left_out: how many lines read as nothing so far, and were left out.
        unread: how many lines have no reading so far, since none was sure enough, or none could be had.
        lines: how many lines were read so far.
    """

    def __init__(
        self, recognizer: LineReader, find: FindLines, *, model: str = "", segmenter: str = "", keep_all: bool = False
    ) -> None:
        self._recognizer = recognizer
        self._find = find
        self._model = model
        self._segmenter = segmenter
        self._keep_all = keep_all
        self.left_out = self.unread = self.lines = 0

    @property
    def direction(self) -> Direction:
        """The way that the recogniser's script runs."""
        return "rtl" if self._recognizer.model.charset.direction == "rtl" else "ltr"

    def read(
        self, scans: Iterable[Scan], *, errors: OnError = "report", reject: float | None = None
    ) -> Generator[ReadPage, None, None]:
        """Each page with what was read on it, in the order of the scans, which are taken as readings are.

        Args:
            scans: the pages.
            errors: what becomes of a page that cannot be opened: ``report`` gives one whose ``error`` says why,
                ``skip`` leaves it out, ``raise`` ends the reading.
            reject: as ``Recognizer.read`` takes it; a line that is not sure enough stays, with ``text`` None.

        Raises:
            ImageError: a page cannot be opened, and ``errors`` is ``raise``.
            OptionError: ``errors`` is something else, or ``reject`` asks for what the model cannot tell.
        """
        if errors not in _ON_ERROR:
            raise OptionError(f"errors is {errors!r}; expected {', '.join(map(repr, _ON_ERROR))}")
        self._recognizer.read([], reject=reject)  # which says at once whether it can be asked for
        return self._read(scans, errors, reject)

    def _read(self, scans: Iterable[Scan], errors: OnError, reject: float | None) -> Generator[ReadPage, None, None]:
        for group in _grouped(self._found(scans, errors)):
            samples = [sample for found in group for sample in found.samples()]
            readings = iter(list(self._recognizer.read(samples, reject=reject)))
            for found in group:
                own = list(islice(readings, sum(line.cut is not None for line in found.lines)))
                if not self._keep_all and is_doubtful(own) and stands_on_its_head(self._recognizer, found.lines):
                    found = self._look_at(found.scan, upside_down=True)
                    own = list(self._recognizer.read(found.samples(), reject=reject))
                yield ReadPage(self._with_readings(found, iter(own)), found.scan)

    def _found(self, scans: Iterable[Scan], errors: OnError) -> Iterator[_FoundPage]:
        for scan in scans:
            try:
                yield self._look_at(scan)
            except ImageError as error:
                if errors == "raise":
                    raise
                if errors == "report":
                    yield _FoundPage(scan, Page(_called(scan), 0, 0, number=scan.number, error=error.reason), [])

    def _look_at(self, scan: Scan, *, upside_down: bool = False) -> _FoundPage:
        image = scan.image()
        grey = image if image.mode == "L" else image.convert("L")
        if upside_down:
            layout = half_turned(self._find(scan, grey.transpose(Transpose.ROTATE_180)), *grey.size)
        else:
            layout = self._find(scan, grey)
        charset = self._recognizer.model.charset
        page = Page(
            _called(scan),
            *grey.size,
            regions=layout.regions,
            number=scan.number,
            rotation=layout.rotation,
            skew=layout.skew,
            dpi=scan.dpi,
            languages=tuple(language for language in charset.languages if language != "und"),
            model=self._model,
            segmenter=self._segmenter,
        )
        return _FoundPage(scan, page, cut_lines(grey, layout))

    def _with_readings(self, found: _FoundPage, readings: Iterator[Prediction]) -> Page:
        lines = iter(found.lines)
        regions = [
            (region, [self._line(next(lines), readings, found.scan.name) for _ in region.lines])
            for region in found.page.regions
        ]
        return replace(found.page, regions=tuple(_with_lines(regions)))

    def _line(self, found: FoundLine, readings: Iterator[Prediction], page: str) -> Line | None:
        """The line with its reading; None where it is to be left out."""
        if found.cut is None:
            _log.warning("%s: line %s was not read: %s", page, found.line.id, found.reason)
            self.unread += 1
            return found.line
        reading = next(readings)
        self.lines += 1
        if reading.error or reading.rejected:
            if reading.error:
                _log.warning("%s: line %s was not read: %s", page, found.line.id, reading.error)
            self.unread += 1
            return found.line
        text = reading.text.strip()
        if not text and not self._keep_all:
            self.left_out += 1
            return None
        words = () if found.slices is None else words_of(reading.characters, found.cut, found.slices)
        return replace(
            found.line,
            text=text,
            original=reading.original.strip() if reading.changes else "",
            proposals=stripped(reading.proposals, reading.text),
            confidence=min(1.0, reading.confidence),
            words=with_originals(words, reading.text, reading.changes),
            alternatives=reading.alternatives,
            direction=line_direction(text, self.direction),
        )


@dataclass(frozen=True, slots=True)
class _FoundPage:
    """A page whose lines are found, and cut out, but not read."""

    scan: Scan
    page: Page
    lines: list[FoundLine]

    def samples(self) -> Iterator[Sample]:
        for found in self.lines:
            if found.cut is not None:
                # Who opens an image closes it, and where its words stand is seen in it afterwards.
                yield Sample(f"{self.scan.name}#{found.line.id}", found.cut.image.copy)


def _grouped(pages: Iterable[_FoundPage]) -> Iterator[list[_FoundPage]]:
    """Pages that are read together: the first by itself, so that something is soon to be seen."""
    group: list[_FoundPage] = []
    wanted = 1
    for page in pages:
        group.append(page)
        if sum(len(found.lines) for found in group) >= wanted or len(group) >= _PAGES_TOGETHER:
            yield group
            group, wanted = [], _LINES_TOGETHER
    if group:
        yield group


def _with_lines(regions: Iterable[tuple[Region, list[Line | None]]]) -> Iterator[Region]:
    """The regions with their lines; one that has lost all that it had is left out, too."""
    for region, read in regions:
        lines = tuple(line for line in read if line is not None)
        if lines or not region.lines:
            yield replace(region, lines=lines)


def _called(scan: Scan) -> str:
    return scan.name if scan.path is None else str(scan.path)
