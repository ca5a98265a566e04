"""Rows of label tables: TSV, CSV and JSON lines, each with its line number."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["GROUP_COLUMNS", "IMAGE_COLUMNS", "READERS", "TEXT_COLUMNS", "Row", "read_lines", "read_text"]

IMAGE_COLUMNS = ("name", "image", "file", "filename", "file_name", "path", "image_path")
TEXT_COLUMNS = ("text", "label", "words", "transcription", "transcript", "gt")
GROUP_COLUMNS = ("group",)


class Row(NamedTuple):
    """One labelled image: the table's line (from 1), the image's name, its text, and its group or nothing."""

    line: int
    name: str
    text: str
    group: str = ""


def read_text(path: Path) -> str:
    """Give a UTF-8 file's text, without a byte order mark.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is not UTF-8 (names the line), or cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path}: the file is UTF-16; expected UTF-8, so save it as that")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}:{line}: byte 0x{data[error.start]:02x} is not UTF-8; expected UTF-8 text, so save it as that"
        ) from error


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield a file's lines with their numbers, blank ones left out; raises as ``read_text`` does.

    Only a line feed parts lines: ``str.splitlines`` would also part at U+2028 and its kin, within a label.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        line = line.removesuffix("\r")
        if line and not line.isspace():
            yield number, line


def read_tsv(path: Path) -> Iterator[Row]:
    """Rows of ``NAME<TAB>TEXT`` lines, or of columns that a first line names; raises ``DataError``."""
    return _rows(path, ((number, line.split("\t")) for number, line in read_lines(path)), _not_tsv)


def read_csv(path: Path) -> Iterator[Row]:
    """Rows of a comma-separated table, quoted as RFC 4180 has it, with a header or without; raises ``DataError``."""
    return _rows(path, _csv_fields(path), _not_csv)


def read_jsonl(path: Path) -> Iterator[Row]:
    """Rows of one JSON object a line, with an image's and a text's key; raises ``DataError``."""
    for number, line in read_lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}:{number}: not JSON: {error}; expected one object a line") from error
        if not isinstance(record, dict):
            raise DataError(f'{path}:{number}: {_shown(line)} is no object; expected {{"name": ..., "text": ...}}')
        yield Row(
            number,
            _value(path, number, record, IMAGE_COLUMNS),
            _value(path, number, record, TEXT_COLUMNS),
            _value(path, number, record, GROUP_COLUMNS, default=""),
        )


READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {".tsv": read_tsv, ".csv": read_csv, ".jsonl": read_jsonl}
"""The reader of each kind of table, by the file's suffix."""


class _Columns(NamedTuple):
    """Where a table with a header has its columns."""

    width: int
    image: int
    text: int
    group: int | None

    def row(self, path: Path, number: int, fields: Sequence[str]) -> Row:
        if len(fields) != self.width:
            raise DataError(f"{path}:{number}: {len(fields)} columns; expected {self.width}, as in the header")
        return Row(number, fields[self.image], fields[self.text], "" if self.group is None else fields[self.group])


def _rows(
    path: Path, table: Iterable[tuple[int, list[str]]], complain: Callable[[Sequence[str]], str]
) -> Iterator[Row]:
    """Rows of numbered fields, the first of which may be a header; without one there are two columns."""
    columns: _Columns | None = None
    for index, (number, fields) in enumerate(table):
        if index == 0:
            columns = _header(fields)
            if columns is not None:
                continue
        if columns is not None:
            yield columns.row(path, number, fields)
        elif len(fields) == 2:
            yield Row(number, fields[0], fields[1])
        else:
            raise DataError(f"{path}:{number}: {complain(fields)}")


def _csv_fields(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file that are not empty, each with the line that it begins on."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    number = 1
    try:
        for fields in reader:
            if any(fields):
                yield number, fields
            number = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}:{max(reader.line_num, 1)}: not CSV: {error}") from error


def _not_tsv(fields: Sequence[str]) -> str:
    if len(fields) == 1:
        return f"no tab in {_shown(fields[0])}; expected NAME<TAB>TEXT"
    return (
        f"{len(fields)} columns; expected NAME<TAB>TEXT, "
        "or a first line that names the columns, such as name<TAB>text<TAB>group"
    )


def _not_csv(fields: Sequence[str]) -> str:
    return (
        f"{len(fields)} column{'s' * (len(fields) != 1)} in {_shown(','.join(fields))}; "
        "expected NAME,TEXT (a text with a comma in double quotes), or a first line that names the columns"
    )


def _header(fields: Sequence[str]) -> _Columns | None:
    """The columns that a first row names, or None where it holds no such names."""
    names = [field.strip().lower() for field in fields]
    image = next((names.index(name) for name in IMAGE_COLUMNS if name in names), None)
    text = next((names.index(name) for name in TEXT_COLUMNS if name in names), None)
    group = next((names.index(name) for name in GROUP_COLUMNS if name in names), None)
    if image is None or text is None:
        return None
    return _Columns(len(names), image, text, group)


def _value(
    path: Path, number: int, record: Mapping[str, object], keys: Sequence[str], *, default: str | None = None
) -> str:
    key = next((key for key in keys if key in record), None)
    if key is None:
        if default is not None:
            return default
        raise DataError(f"{path}:{number}: no key {keys[0]!r}; expected one of {', '.join(keys)}")
    value = record[key]
    if not isinstance(value, str):
        raise DataError(f"{path}:{number}: {key} is {_shown(json.dumps(value))}; expected a string")
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
