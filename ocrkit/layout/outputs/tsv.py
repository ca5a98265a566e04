"""Pages as Tesseract's TSV: twelve columns, a row for each page, block, paragraph, line and word.

Source: Tesseract 5, src/api/baseapi.cpp, ``GetTSVText``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.layout.outputs.joining import shown
from ocrkit.layout.outputs.places import Box, box_around, on_page
from ocrkit.layout.outputs.readings import cut_words, probability
from ocrkit.layout.paragraphs import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import ReadPage

__all__ = ["COLUMNS", "TsvOptions", "render_tsv"]

COLUMNS = (
    *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
    *("left", "top", "width", "height", "conf", "text"),
)
"""The columns, in order."""


@dataclass(frozen=True, slots=True)
class TsvOptions:
    """What is written.

    Attributes:
        header: whether the first row names the columns.
    """

    header: bool = True


def render_tsv(pages: Iterable[ReadPage], options: TsvOptions) -> Iterator[bytes]:
    """Yield the rows of each page; pages are numbered from 1 as they come."""
    if options.header:
        yield _row(COLUMNS)
    for number, (page, _) in enumerate(pages, 1):
        yield b"".join(_rows(page, number))


def _rows(page: Page, number: int) -> Iterator[bytes]:
    yield _placed((1, number, 0, 0, 0, 0), Box(0, 0, page.width - 1, page.height - 1))
    for block, region in enumerate(page.regions, 1):
        yield _placed((2, number, block, 0, 0, 0), box_around(on_page(page, region.outline)))
        for paragraph, lines in enumerate(paragraphs_of(region), 1):
            around = box_around(on_page(page, tuple(point for line in lines for point in line.outline)))
            yield _placed((3, number, block, paragraph, 0, 0), around)
            for at, line in enumerate(lines, 1):
                yield _placed((4, number, block, paragraph, at, 0), box_around(on_page(page, line.outline)))
                for place, word in enumerate(cut_words(line), 1):
                    chance = probability(word.confidence)
                    conf = -1 if chance is None else 100 * chance
                    level = (5, number, block, paragraph, at, place)
                    yield _placed(
                        level, box_around(on_page(page, word.outline)), f"{conf:.6f}".rstrip("0").rstrip("."), word.text
                    )


def _placed(level: tuple[int, ...], box: Box, conf: str = "-1", text: str = "") -> bytes:
    return _row((*level, box.left, box.top, box.width, box.height, conf, text))


def _row(values: Iterable[object]) -> bytes:
    row = "\t".join(shown(str(value)) for value in values)
    return f"{row}\n".encode(errors="backslashreplace")
