"""The rows and columns of a region that is a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from ocrkit.layout.paragraphs import Extent, extents_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.layout.records import Line, Region, Word

__all__ = ["rows_of"]

_ONE_ROW = 0.5  # of a line's height: by how much the feet of a row's lines may differ
_GAP = 1.2  # of a line's height: the least room between two cells of one line; words stand at a third of it


@dataclass(frozen=True, slots=True)
class _Cell:
    start: float
    end: float
    text: str


def rows_of(region: Region) -> list[list[str]]:
    """The texts of a table's cells, row by row, each row as long as the table is wide; empty where nothing stands.

    A line with words is cut where the room between two is wide. Columns are those of the rows that have most cells.
    """
    lines = [line for line in region.lines if line.text]
    if not lines:
        return []
    extents = extents_of(lines)
    rows: list[list[_Cell]] = []
    foot = -float("inf")
    for line, extent in sorted(zip(lines, extents, strict=True), key=lambda pair: pair[1].foot):
        if extent.foot - foot > _ONE_ROW * extent.height:
            rows.append([])
            foot = extent.foot
        rows[-1] += _cells(line, extent, lines)
    for row in rows:
        row.sort(key=lambda cell: cell.start)
    columns = _columns(rows)
    return [_placed(row, columns) for row in rows]


def _cells(line: Line, extent: Extent, lines: Sequence[Line]) -> list[_Cell]:
    if not line.words or " ".join(word.text for word in line.words) != line.text:
        return [_Cell(extent.start, extent.end, line.text or "")]
    places = _extents_of_words(line, lines)
    groups: list[list[int]] = [[0]]
    for at in range(1, len(places)):
        if places[at].start - places[at - 1].end > _GAP * extent.height:
            groups.append([])
        groups[-1].append(at)
    return [
        _Cell(places[group[0]].start, places[group[-1]].end, " ".join(line.words[at].text for at in group))
        for group in groups
    ]


def _extents_of_words(line: Line, lines: Sequence[Line]) -> list[Extent]:
    """Where words stand, along the way that all lines run."""

    def as_line(word: Word) -> Line:
        return replace(line, outline=word.outline, baseline=())

    return extents_of([*map(as_line, line.words), *lines])[: len(line.words)]


def _columns(rows: Sequence[Sequence[_Cell]]) -> list[tuple[float, float]]:
    most = max(map(len, rows))
    full = [row for row in rows if len(row) == most]
    return [
        (median(row[column].start for row in full), median(row[column].end for row in full)) for column in range(most)
    ]


def _placed(row: Sequence[_Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    texts: list[list[str]] = [[] for _ in columns]
    for at, cell in enumerate(row):
        # The cells of a full row are the columns; others go where they overlap most, else lie nearest.
        column = at if len(row) == len(columns) else max(range(len(columns)), key=lambda k: _overlap(cell, columns[k]))
        texts[column].append(cell.text)
    return [" ".join(inside) for inside in texts]


def _overlap(cell: _Cell, column: tuple[float, float]) -> float:
    """Px that a cell and a column share; below 0 the px between them."""
    return min(cell.end, column[1]) - max(cell.start, column[0])
