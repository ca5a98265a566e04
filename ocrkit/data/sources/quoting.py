"""Whether a table of tabs was written by a CSV writer, which quotes the fields that hold quotes and doubles those."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.indexed import csv_records
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_quoted", "looks_quoted", "quoted_texts"]

_BLOCK = 1 << 20  # bytes


def is_quoted(path: Path) -> bool:
    """Whether every record of a file that has a quote is written as Python's csv and pandas write it.

    Raises:
        OSError: the file cannot be read.
    """
    if not _has_quotes(path):
        return False
    found = False
    with open_plain(path) as file:
        for _, _, record in csv_records(file, delimiter="\t"):
            if isinstance(record, RowFault):
                return False
            if b'"' in record:
                line = record.decode("latin-1").rstrip("\r\n")
                if not looks_quoted(line):
                    return False
                # Two lines that begin and end with a quote are no text over two lines unless others are quoted.
                found = found or "\n" not in line
    return found


def looks_quoted(record: str) -> bool:
    """Whether a record is just what a CSV writer makes of fields with quotes or tabs, quoting those fields or all."""
    if '"' not in record:
        return False
    try:
        fields = next(csv.reader(io.StringIO(record, newline=""), delimiter="\t", strict=True))
    except (csv.Error, StopIteration):
        return False
    return any(_written(fields, quoting) == record for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL))


def quoted_texts(path: Path) -> int:
    """The rows whose text begins and ends with a quote and has none inside, if no other row has a quote; else 0."""
    if not _has_quotes(path):
        return 0
    count = 0
    with open_plain(path) as file:
        for line in file:
            if b'"' in line:
                text = line.rstrip(b"\r\n").rpartition(b"\t")[2]
                if not (len(text) > 2 and line.count(b'"') == 2 and text.startswith(b'"') and text.endswith(b'"')):
                    return 0
                count += 1
    return count


def _has_quotes(path: Path) -> bool:
    with open_plain(path) as file:
        return any(b'"' in block for block in iter(lambda: file.read(_BLOCK), b""))


def _written(fields: list[str], quoting: int) -> str:
    line = io.StringIO(newline="")
    # With this end, breaks within a field count as what has to be quoted.
    csv.writer(line, delimiter="\t", lineterminator="\r\n", quoting=quoting).writerow(fields)  # type: ignore[arg-type]
    return line.getvalue().removesuffix("\r\n")
