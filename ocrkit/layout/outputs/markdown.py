"""Pages as Markdown: headings, paragraphs, verse, notes and tables.

Source: CommonMark 0.31, sections 2.4 (backslash escapes) and 6.7 (hard line breaks), and GitHub's tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from ocrkit.layout.outputs.joining import joined, shown, unhyphenated
from ocrkit.layout.paragraphs import height_of, is_verse, paragraphs_of
from ocrkit.layout.tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocrkit.layout.records import Line, Page
    from ocrkit.layout.scan import ReadPage

__all__ = ["MarkdownOptions", "render_markdown"]

_LEVELS = ((1.8, 1), (1.45, 2), (1.25, 3))  # times the letters of most lines, and the heading that it makes
_LONGEST_HEADING = 3  # lines
_RUNNING = ("RunningTitleZone", "NumberingZone")
_MARKS = re.compile(r"([\\`*_\[\]<>~])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
# What begins a line of Markdown: headings, lists, quotes, rules, underlines of headings.
_BEGINS = re.compile(r"^(#{1,6}(?=\s|$)|[+-](?=\s|$)|[=-]+(?=\s*$)|\d{1,9}(?=[.)](?:\s|$)))")


@dataclass(frozen=True, slots=True)
class MarkdownOptions:
    """How pages are set.

    Attributes:
        line_breaks: whether lines stay apart; else only those of verse, addresses and the like.
        dehyphenate: whether words that a line's end cuts are put together.
        running: whether running titles and page numbers are written.
        page_breaks: whether a rule stands between pages.
    """

    line_breaks: bool = False
    dehyphenate: bool = True
    running: bool = True
    page_breaks: bool = True


def render_markdown(pages: Iterable[ReadPage], options: MarkdownOptions) -> Iterator[bytes]:
    """Yield the blocks of each page, with an empty line between two."""
    begun = False
    for page, _ in pages:
        blocks = [block for block in _blocks(page, options) if block]
        if not blocks:
            continue
        between = ("\n---\n\n" if options.page_breaks else "\n") if begun else ""
        begun = True
        text = "\n\n".join(blocks)
        yield f"{between}{text}\n".encode(errors="backslashreplace")


def _blocks(page: Page, options: MarkdownOptions) -> Iterator[str]:
    usual = _usual_height(page)
    for region in page.regions:
        zone = region.kind.partition(":")[0]
        if zone in _RUNNING and not options.running:
            continue
        if zone == "TableZone" and (table := _table(rows_of(region))):
            yield table
            continue
        for paragraph in paragraphs_of(region):
            lines = [line for line in paragraph if shown(line.text)]
            if zone == "TitlePageZone":
                yield _heading(lines, 1)
            elif zone == "MarginTextZone":
                yield "\n".join(f"> {line}" for line in _paragraph(lines, options).split("\n"))
            elif zone not in _RUNNING and (level := _level(lines, usual)):
                yield _heading(lines, level)
            else:
                yield _paragraph(lines, options)


def _usual_height(page: Page) -> float:
    """Px that the letters of most text are high; 0 on a page without."""
    heights = [height_of(line) for line in page.lines for _ in range(0, len(line.text or ""), 8)]
    return median(heights) if heights else 0.0


def _level(lines: Sequence[Line], usual: float) -> int:
    """Which heading lines make by how large they are; 0 for none."""
    if not lines or len(lines) > _LONGEST_HEADING or usual <= 0:
        return 0
    larger = min(map(height_of, lines)) / usual
    return next((level for least, level in _LEVELS if larger >= least), 0)


def _heading(lines: Sequence[Line], level: int) -> str:
    text = joined((shown(line.text) for line in lines), dehyphenate=True)
    # A row of # at its end would be taken for none of the heading's text.
    return f"{'#' * level} {re.sub(r'(#+)$', _escaped_all, _escaped(text))}" if text else ""


def _paragraph(lines: Sequence[Line], options: MarkdownOptions) -> str:
    texts = [shown(line.text) for line in lines]
    if options.line_breaks or is_verse(lines):
        kept = unhyphenated(texts) if options.dehyphenate else texts
        return "\\\n".join(_BEGINS.sub(_escaped_begin, _escaped(text)) for text in kept)
    return _BEGINS.sub(_escaped_begin, _escaped(joined(texts, dehyphenate=options.dehyphenate)))


def _table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row is its head, as Markdown has no other; nothing for one of a single column."""
    if not rows or len(rows[0]) < 2:
        return ""
    spelt = [f"| {' | '.join(_escaped(shown(cell)).replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join([spelt[0], f"|{'---|' * len(rows[0])}", *spelt[1:]])


def _escaped(text: str) -> str:
    return _ENTITY.sub(r"\\&", _MARKS.sub(r"\\\1", text))


def _escaped_begin(match: re.Match[str]) -> str:
    mark = match[1]
    return f"{mark}\\" if mark[0].isdigit() else f"\\{mark}"


def _escaped_all(match: re.Match[str]) -> str:
    return "".join(f"\\{mark}" for mark in match[1])
