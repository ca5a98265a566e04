"""A table of labels: ``labels.tsv``, ``.csv`` or ``.jsonl`` in a folder, or any such table given directly."""

from __future__ import annotations

import os
from array import array
from typing import TYPE_CHECKING

from ocrkit.data.sources.listed import ListedSamples
from ocrkit.data.sources.tables import READERS
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.tables import Row

__all__ = ["open_labels", "recognises_labels"]


def recognises_labels(location: Path) -> bool:
    """Whether it is a ``.tsv``, ``.csv`` or ``.jsonl`` file, or a folder with a table called ``labels``."""
    if os.path.isfile(location):
        return location.suffix.lower() in READERS
    return bool(_tables_in(location))


def open_labels(location: Path) -> ListedSamples:
    """List the images that a table names, relative to its folder; none is opened, nor looked for.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no table, or more than one; a line is malformed, without name or text, or gives an image
            another text than an earlier line (each with ``file:line``).
    """
    table = _find_table(location)
    names: list[str] = []
    texts: list[str] = []
    groups: list[str] = []
    lines = array("Q")
    seen: dict[str, str] = {}
    empty: list[int] = []
    for row in READERS[table.suffix.lower()](table):
        _check_row(table, row, seen, lines, names)
        if not row.text or row.text.isspace():
            empty.append(row.line)
        names.append(row.name)
        texts.append(row.text)
        groups.append(row.group)
        lines.append(row.line)
    if empty:
        more = f" (and so it is on {len(empty) - 1} more lines)" if len(empty) > 1 else ""
        raise DataError(f"{table}:{empty[0]}: the text is empty{more}; expected a label, so give it or drop the line")
    return ListedSamples(table, names, texts, lines, groups if any(groups) else ())


def _tables_in(folder: Path) -> list[Path]:
    return [table for suffix in READERS if os.path.isfile(table := folder / f"labels{suffix}")]


def _find_table(location: Path) -> Path:
    if os.path.isfile(location):
        if location.suffix.lower() in READERS:
            return location
        raise DataError(f"{location}: no table by its name; expected a file that ends in {', '.join(READERS)}")
    if not os.path.isdir(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    tables = _tables_in(location)
    if not tables:
        raise DataError(f"{location}: no table; expected {', '.join('labels' + suffix for suffix in READERS)} in it")
    if len(tables) > 1:
        found = " and ".join(table.name for table in tables)
        raise DataError(f"{location}: {found} are both there; expected one, so give the one to read: {tables[0]}")
    return tables[0]


def _check_row(table: Path, row: Row, seen: dict[str, str], lines: array[int], names: list[str]) -> None:
    if not row.name or row.name.isspace():
        raise DataError(f"{table}:{row.line}: the image's name is empty; expected a file name")
    if "\n" in row.text or "\r" in row.text:
        raise DataError(f"{table}:{row.line}: the text of {row.name!r} has a line break; expected one line of text")
    earlier = seen.setdefault(row.name, row.text)
    if earlier != row.text:
        raise DataError(
            f"{table}:{row.line}: {row.name!r} is {row.text!r} here and {earlier!r} on line "
            f"{lines[names.index(row.name)]}; expected one text an image"
        )
