"""A table of labels: ``labels.tsv``, ``.csv`` or ``.jsonl`` in a folder, or any such table given directly."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ocrkit.data.sources.faults import Faults
from ocrkit.data.sources.indexed import index_rows
from ocrkit.data.sources.listed import ListedSamples
from ocrkit.data.sources.tables import SUFFIXES, layout_of
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.faults import Report

__all__ = ["open_labels", "recognises_labels"]


def recognises_labels(location: Path) -> bool:
    """Whether it is a ``.tsv``, ``.csv`` or ``.jsonl`` file, or a folder with a table called ``labels``."""
    if os.path.isfile(location):
        return location.suffix.lower() in SUFFIXES
    return bool(_tables_in(location))


def open_labels(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> ListedSamples:
    """List the images that a table names, relative to its folder; none is opened, nor looked for.

    Args:
        location: a table, or a folder with one.
        report: told of each malformed row, which is then left out.
        progress: told of the bytes that are read, of how many.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no table, or more than one; or, without ``report``, a row is malformed, without name or
            text, or gives an image another text than an earlier one (each with ``file:line``).
    """
    table = _find_table(location)
    return ListedSamples.of(index_rows(table, layout_of(table), Faults(report), progress), table.parent)


def _tables_in(folder: Path) -> list[Path]:
    return [table for suffix in SUFFIXES if os.path.isfile(table := folder / f"labels{suffix}")]


def _find_table(location: Path) -> Path:
    if os.path.isfile(location):
        if location.suffix.lower() in SUFFIXES:
            return location
        raise DataError(f"no table by its name; expected a file that ends in {', '.join(SUFFIXES)}", location)
    if not os.path.isdir(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    tables = _tables_in(location)
    if not tables:
        raise DataError(f"no table; expected {', '.join('labels' + suffix for suffix in SUFFIXES)} in it", location)
    if len(tables) > 1:
        found = " and ".join(table.name for table in tables)
        raise DataError(f"{found} are both there; expected one, so give the one to read: {tables[0]}", location)
    return tables[0]
