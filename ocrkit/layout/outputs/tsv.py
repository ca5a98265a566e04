"""Pages as Tesseract's TSV: twelve columns, a row for each page, block, paragraph, line and word.

Source: Tesseract 5, src/api/baseapi.cpp, ``GetTSVText``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.layout.originals import untold_original
from ocrkit.layout.outputs.joining import shown
from ocrkit.layout.outputs.places import Box, box_around, on_page
from ocrkit.layout.outputs.readings import cut_words, probability
from ocrkit.layout.paragraphs import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Line, Page
    from ocrkit.layout.scan import ReadPage

__all__ = ["COLUMNS", "ORIGINAL", "TsvOptions", "render_tsv"]

COLUMNS = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text"),
)
"""The columns, in order."""

ORIGINAL = "original"
"""A thirteenth, where it is asked for."""


@dataclass(frozen=True, slots=True)
class TsvOptions:
    """What is written.

    Attributes:
        header: whether the first row names the columns.
        originals: whether a thirteenth column has what was read where a corrector altered it.
    """

    header: bool = True
    originals: bool = False


def render_tsv(pages: Iterable[ReadPage], options: TsvOptions) -> Iterator[bytes]:
    """Yield the rows of each page; pages are numbered from 1 as they come."""
    if options.header:
        yield _row((*COLUMNS, ORIGINAL) if options.originals else COLUMNS)
    for number, (page, _) in enumerate(pages, 1):
        yield b"".join(_Rows(number, options.originals).of(page))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Writes the rows of the so-manieth page."""

    number: int
    originals: bool

    def of(self, page: Page) -> Iterator[bytes]:
        yield self._placed((1, 0, 0, 0, 0), Box(0, 0, page.width - 1, page.height - 1))
        for block, region in enumerate(page.regions, 1):
            yield self._placed((2, block, 0, 0, 0), box_around(on_page(page, region.outline)))
            for paragraph, lines in enumerate(paragraphs_of(region), 1):
                around = box_around(on_page(page, tuple(point for line in lines for point in line.outline)))
                yield self._placed((3, block, paragraph, 0, 0), around)
                for at, line in enumerate(lines, 1):
                    yield from self._line(page, (block, paragraph, at), line)

    def _line(self, page: Page, place: tuple[int, int, int], line: Line) -> Iterator[bytes]:
        words = cut_words(line)
        box = box_around(on_page(page, line.outline))
        yield self._placed((4, *place, 0), box, original=untold_original(line, words))
        for at, word in enumerate(words, 1):
            chance = probability(word.confidence)
            conf = f"{-1 if chance is None else 100 * chance:.6f}".rstrip("0").rstrip(".")
            around = box_around(on_page(page, word.outline))
            yield self._placed((5, *place, at), around, conf, word.text, word.original)

    def _placed(self, level: tuple[int, ...], box: Box, conf: str = "-1", text: str = "", original: str = "") -> bytes:
        beside = (original,) if self.originals else ()
        numbers = (level[0], self.number, *level[1:], box.left, box.top, box.width, box.height)
        return _row((*numbers, conf, text, *beside))


def _row(values: Iterable[object]) -> bytes:
    row = "\t".join(shown(str(value)) for value in values)
    return f"{row}\n".encode(errors="backslashreplace")
