"""Tesseract's TSV: pages of blocks, lines and words.

Source: Tesseract 5, src/api/baseapi.cpp, ``GetTSVText``.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page_line import box_of, runs_right_to_left
from ocrkit.errors import DataError
from ocrkit.layout.originals import original_of_words
from ocrkit.layout.outputs.tsv import COLUMNS, ORIGINAL
from ocrkit.layout.reading.placing import Placing, bounds
from ocrkit.layout.records import Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ocrkit.data.sources.bad_rows import BadRows
    from ocrkit.layout.records import Points

__all__ = ["HEAD", "tsv_pages"]

HEAD = "\t".join(COLUMNS[:2])
"""What such a file begins with."""

_PAGE, _BLOCK, _LINE, _WORD = 1, 2, 4, 5


class _Row(NamedTuple):
    at: int  # the line of the file
    level: int
    page: int
    block: int
    paragraph: int
    line: int
    word: int
    box: tuple[float, float, float, float]
    confidence: float
    text: str
    original: str


def tsv_pages(path: Path, text: str, bad: BadRows) -> Iterator[Page]:
    """The pages in a TSV file's text, one by one; the picture of a page is one called as the file is.

    Raises:
        DataError: a row has no twelve columns, or numbers that are none; or a line has no room, and ``bad`` raises it.
    """
    head, *spelt_rows = text.split("\n")
    columns = len(COLUMNS) + (head.rstrip("\r").split("\t")[len(COLUMNS) :] == [ORIGINAL])
    rows = [_row(path, at, spelt, columns) for at, spelt in enumerate(spelt_rows, 2) if spelt.strip()]
    for number, (_, of_page) in enumerate(groupby(rows, key=lambda row: row.page), 1):
        yield _page(path, number, list(of_page), bad)


def _row(path: Path, at: int, spelt: str, columns: int) -> _Row:
    values = spelt.rstrip("\r").split("\t")
    # As where an editor has cut off what stands last.
    values += [""] * max(0, columns - max(len(values), len(COLUMNS) - 1))
    try:
        level, page, block, paragraph, line, word = map(int, values[:6])
        left, top, width, height = map(float, values[6:10])
        if len(values) != columns:
            raise ValueError
        box, original = (left, top, width, height), "".join(values[len(COLUMNS) :]).strip()
        return _Row(at, level, page, block, paragraph, line, word, box, float(values[10]), values[11], original)
    except ValueError:
        raise DataError(
            f"not a row of Tesseract's TSV: {spelt[:40]!r}; expected {', '.join(COLUMNS)}", path, at
        ) from None


def _page(path: Path, number: int, rows: list[_Row], bad: BadRows) -> Page:
    width, height = next((row.box[2:] for row in rows if row.level == _PAGE), (0.0, 0.0))
    # A page of no size with nothing on it is one that could not be opened.
    placing = Placing.of(path, "", (width, height), line=rows[0].at, failed=len(rows) == 1 and width == height == 0)
    regions = []
    for block, inside in groupby((row for row in rows if row.block), key=lambda row: row.block):
        of_block = list(inside)
        lines = tuple(_lines(path, placing, block, of_block, bad))
        own = next((row for row in of_block if row.level == _BLOCK), None)
        outline = (_placed(placing, own) if own is not None else ()) or bounds(line.outline for line in lines)
        if outline:
            regions.append(Region(f"block-{block}", outline, lines))
    return Page("", placing.width, placing.height, tuple(regions), number=number)


def _lines(path: Path, placing: Placing, block: int, rows: Iterable[_Row], bad: BadRows) -> Iterator[Line]:
    of_lines = groupby((row for row in rows if row.line), key=lambda row: (row.paragraph, row.line))
    for (paragraph, line), inside in of_lines:
        of_line = list(inside)
        words = tuple(_words(placing, of_line))
        own = next((row for row in of_line if row.level == _LINE), None)
        outline = (_placed(placing, own) if own is not None else ()) or bounds(word.outline for word in words)
        name = f"line-{block}-{paragraph}-{line}"
        if not outline:
            bad.add(path, of_line[0].at, RowFault("no-outline", f"{name} has no room; expected a width and height"))
            continue
        text = " ".join(word.text for word in words) or None
        runs = runs_right_to_left(text or "")
        original = (own.original if own is not None else "") or original_of_words(words)
        yield Line(name, (), outline, text, None, words, direction="rtl" if runs else "ltr", original=original)


def _words(placing: Placing, rows: Iterable[_Row]) -> Iterator[Word]:
    for row in rows:
        text, outline = row.text.strip(), _placed(placing, row)
        if row.level == _WORD and text and outline:
            confidence = row.confidence / 100 if 0 <= row.confidence <= 100 else None
            yield Word(text, outline, confidence, original=row.original)


def _placed(placing: Placing, row: _Row) -> Points:
    try:
        return placing.points(box_of(*row.box))
    except RowFault:
        return ()
