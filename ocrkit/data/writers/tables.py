"""Writes ``labels.tsv``, ``.csv`` or ``.jsonl`` beside a folder of images."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from ocrkit.data.sources.quoting import looks_quoted
from ocrkit.data.writers.files import ImageFiles, refuse, refuse_what_no_line_shows
from ocrkit.data.writers.replacing import mark
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["TableFile", "TableWriter"]

WriteRow = Callable[[Sequence[str]], object]
_HEADER = ("name", "text", "group")


class TableFile:
    """A table of labels, written row by row; a column of groups, and so a header, is there only if a row has one.

    Args:
        path: a new file, whose suffix says which kind of table it is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tabs = path.suffix != ".tsv"
        # Kept aside until it is known whether any row has a group.
        self._aside = path.with_suffix(".rows")
        self._rows = self._aside.open("w", encoding="utf-8")
        self._grouped = False
        self.count = 0

    def add(self, name: str, sample: EncodedSample) -> None:
        """Write a row for an image; raises ``DataError`` for a text that such a table cannot hold."""
        refuse_what_no_line_shows(sample)
        if not self._tabs and any(part in f"{name}{sample.text}{sample.group}" for part in "\t\n\r"):
            raise refuse(
                sample,
                "or its name or group has a tab or a line break",
                "labels.tsv cannot hold it, and labels.csv can",
            )
        if not self._tabs and looks_quoted(f"{name}\t{sample.text}"):
            raise refuse(
                sample,
                "begins and ends with a quote and has doubled quotes inside, which is read as CSV's quoting",
                "labels.tsv cannot hold it, and labels.csv can",
            )
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"the name {name!r} is not UTF-8, so no table can hold it; rename the file, or write copies with `to`",
                sample.place,
            ) from error
        self._grouped = self._grouped or bool(sample.group)
        self._rows.write(json.dumps((name, sample.text, sample.group)) + "\n")
        self.count += 1

    def finish(self) -> None:
        """Write the table itself."""
        self._rows.close()
        header = _HEADER if self._grouped else _HEADER[:2]
        with (
            self._aside.open(encoding="utf-8") as rows,
            self._path.open("w", encoding="utf-8", newline="") as table,
        ):
            write = _WRITERS[self._path.suffix](table, header)
            if self._grouped and self._path.suffix != ".jsonl":
                write(header)
            for row in rows:
                write(json.loads(row)[: len(header)])
        self._aside.unlink()

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()


class TableWriter:
    """Writes a folder with a table and the images that it names."""

    def __init__(self, folder: Path, count: int, suffix: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._images = ImageFiles(folder / "images", count)
        self._table = TableFile(folder / f"labels{suffix}")

    def add(self, sample: EncodedSample) -> None:
        """Write an image and its row."""
        name = self._images.next_stem(sample) + sample.suffix
        self._table.add(f"images/{name}", sample)
        self._images.write(name, sample.data)

    def finish(self) -> None:
        """Write the table."""
        self._table.finish()
        mark(self._folder, format="labels", count=self._table.count)

    def close(self) -> None:
        """Let go of the table."""
        self._table.close()


def _tsv(table: IO[str], header: Sequence[str]) -> WriteRow:
    del header
    return lambda fields: table.write("\t".join(fields) + "\n")


def _csv(table: IO[str], header: Sequence[str]) -> WriteRow:
    del header
    return csv.writer(table, lineterminator="\n").writerow


def _jsonl(table: IO[str], header: Sequence[str]) -> WriteRow:
    return lambda fields: table.write(json.dumps(dict(zip(header, fields, strict=True)), ensure_ascii=False) + "\n")


_WRITERS: Mapping[str, Callable[[IO[str], Sequence[str]], WriteRow]] = {".tsv": _tsv, ".csv": _csv, ".jsonl": _jsonl}
