"""Rows of label tables: what a line of TSV, CSV or JSON lines holds, and which columns a table has."""

from __future__ import annotations

import csv
import io
import json
import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.data.sources.faults import RowFault, check_text
from ocrkit.data.sources.indexed import Layout, Row, csv_records, line_records
from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ocrkit.data.sources.indexed import Records

__all__ = [
    "GROUP_COLUMNS",
    "IMAGE_COLUMNS",
    "SUFFIXES",
    "TEXT_COLUMNS",
    "layout_of",
    "read_text",
]

IMAGE_COLUMNS = ("name", "image", "file", "filename", "file_name", "path", "image_path")
TEXT_COLUMNS = ("text", "label", "words", "transcription", "transcript", "gt")
GROUP_COLUMNS = ("group",)
SUFFIXES = (".tsv", ".csv", ".jsonl")
"""What the file names of tables end in."""


def layout_of(path: Path) -> Layout:
    """The layout of a table, by its suffix and its first record.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, or is UTF-16.
    """
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return Layout(line_records, _jsonl_row)
    records: Records = csv_records if suffix == ".csv" else line_records
    fields_of = _csv_fields if suffix == ".csv" else _tsv_fields
    columns = _columns_of(path, records, fields_of)
    if columns is not None:
        return Layout(records, partial(_row_by_columns, fields_of, columns), 1)
    return Layout(records, _csv_row if suffix == ".csv" else _tsv_row)


def read_text(path: Path | str) -> str:
    """Give a UTF-8 file's text, without a byte order mark.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is not UTF-8 (names the line), or cannot be read.
    """
    try:
        with open_plain(path) as file:
            data = file.read()
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("the file is UTF-16; expected UTF-8, so save it as that", path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"byte 0x{data[error.start]:02x} is not UTF-8; expected UTF-8 text, so save it as that", path, line
        ) from error


class _Columns(NamedTuple):
    """Where a table with a header has its columns."""

    width: int
    image: int
    text: int
    group: int | None


def _columns_of(path: Path, records: Records, fields_of: _FieldsOf) -> _Columns | None:
    """The columns that a first record names, or None where it holds no such names."""
    try:
        with open_plain(path) as file:
            first = next(iter(records(file)), None)
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    if first is None or isinstance(first[2], RowFault):
        return None
    try:
        names = [field.strip().lower() for field in fields_of(first[2].decode("utf-8", "replace"))]
    except RowFault:
        return None
    image = next((names.index(name) for name in IMAGE_COLUMNS if name in names), None)
    text = next((names.index(name) for name in TEXT_COLUMNS if name in names), None)
    group = next((names.index(name) for name in GROUP_COLUMNS if name in names), None)
    if image is None or text is None:
        return None
    return _Columns(len(names), image, text, group)


def _tsv_fields(record: str) -> list[str]:
    return record.split("\t")


def _csv_fields(record: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(record, newline=""), strict=True))
    except csv.Error as error:
        raise RowFault("malformed", f"not CSV: {error}") from error


def _row_by_columns(fields_of: _FieldsOf, columns: _Columns, record: str) -> Row:
    fields = fields_of(record)
    if len(fields) != columns.width:
        raise RowFault("malformed", f"{len(fields)} columns; expected {columns.width}, as in the header")
    group = "" if columns.group is None else fields[columns.group]
    return _checked(fields[columns.image], fields[columns.text], group)


def _tsv_row(record: str) -> Row:
    name, tab, text = record.partition("\t")
    if tab and "\t" not in text:
        return _checked(name, text)
    if not tab:
        raise RowFault("malformed", f"no tab in {_shown(record)}; expected NAME<TAB>TEXT")
    raise RowFault(
        "malformed",
        f"{record.count(chr(9)) + 1} columns; expected NAME<TAB>TEXT, "
        "or a first line that names the columns, such as name<TAB>text<TAB>group",
    )


def _csv_row(record: str) -> Row:
    fields = _csv_fields(record)
    if len(fields) == 2:
        return _checked(fields[0], fields[1])
    raise RowFault(
        "malformed",
        f"{len(fields)} column{'s' * (len(fields) != 1)} in {_shown(','.join(fields))}; "
        "expected NAME,TEXT (a text with a comma in double quotes), or a first line that names the columns",
    )


def _jsonl_row(record: str) -> Row:
    try:
        values = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise RowFault("malformed", f"not JSON: {error}; expected one object a line") from error
    if not isinstance(values, dict):
        raise RowFault("malformed", f'{_shown(record)} is no object; expected {{"name": ..., "text": ...}}')
    name = _value(values, IMAGE_COLUMNS)
    return _checked(name, _value(values, TEXT_COLUMNS), _value(values, GROUP_COLUMNS, default=""))


def _checked(name: str, text: str, group: str = "") -> Row:
    if not name or name.isspace():
        raise RowFault("no-name", "the image's name is empty; expected a file name")
    if not _can_name_a_file(name):
        raise RowFault("bad-name", f"no file can be named {_shown(name)}; expected the name of an image")
    check_text(text, name)
    return Row(name, text, group)


def _can_name_a_file(name: str) -> bool:
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell
        return False


def _value(record: Mapping[str, object], keys: Sequence[str], *, default: str | None = None) -> str:
    key = next((key for key in keys if key in record), None)
    if key is None:
        if default is not None:
            return default
        raise RowFault("malformed", f"no key {keys[0]!r}; expected one of {', '.join(keys)}")
    value = record[key]
    if not isinstance(value, str):
        raise RowFault("malformed", f"{key} is {_shown(json.dumps(value))}; expected a string")
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


if TYPE_CHECKING:
    from collections.abc import Callable

    _FieldsOf = Callable[[str], list[str]]
