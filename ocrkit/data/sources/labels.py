"""A table of labels: ``labels.tsv``, ``.csv`` or ``.jsonl`` in a folder, or any such table given directly; other tools'
lists: ``labels.json``, ``labels.txt``, ``gt.txt``, ``rec_gt*.txt``.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import BadRows
from ocrkit.data.sources.indexed import index_rows
from ocrkit.data.sources.json_labels import json_layout
from ocrkit.data.sources.listed import ListedSamples
from ocrkit.data.sources.lists import list_layout, looks_like_a_list
from ocrkit.data.sources.located import root_of
from ocrkit.data.sources.only_file import only_file
from ocrkit.data.sources.tables import SUFFIXES, layout_of
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report
    from ocrkit.data.sources.indexed import Layout

__all__ = ["open_labels", "recognises_labels"]

_SUFFIXES = (*SUFFIXES, ".txt", ".json")
_LIST = re.compile(r"(labels?|gt)\.txt|rec_gt.*\.txt|labels\.json")


def recognises_labels(location: Path) -> bool:
    """Whether it is a ``.tsv``, ``.csv``, ``.jsonl`` or ``.json`` file or a list, or a folder with one so called."""
    if os.path.isfile(location):
        suffix = location.suffix.lower()
        return suffix in (*SUFFIXES, ".json") or (suffix == ".txt" and looks_like_a_list(location))
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
    indexed = index_rows(table, _layout_of(table), BadRows(report), progress)
    return ListedSamples.of(indexed, root_of(indexed))


def _layout_of(table: Path) -> Layout:
    suffix = table.suffix.lower()
    try:
        if suffix == ".json":
            return json_layout(table)
        return (None if suffix in SUFFIXES else list_layout(table)) or layout_of(table)
    except OSError as error:
        raise DataError(error.strerror or str(error), table) from error


def _tables_in(folder: Path) -> list[Path]:
    """The tables called ``labels``; where there is none, the lists that other tools call so."""
    tables = [table for suffix in SUFFIXES if os.path.isfile(table := folder / f"labels{suffix}")]
    if tables:
        return tables
    try:
        names = sorted(name for name in os.listdir(folder) if _LIST.fullmatch(name))
    except (OSError, ValueError):
        return []
    return [folder / name for name in names if name.endswith(".json") or looks_like_a_list(folder / name)]


def _find_table(location: Path) -> Path:
    if os.path.isfile(location) and location.suffix.lower() not in _SUFFIXES:
        raise DataError(f"no table by its name; expected a file that ends in {', '.join(_SUFFIXES)}", location)
    lacking = f"no table; expected {', '.join('labels' + suffix for suffix in SUFFIXES)} in it"
    return only_file(location, _tables_in, otherwise=lacking)
