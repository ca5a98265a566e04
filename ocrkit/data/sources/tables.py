"""Rows of label tables: what a line of TSV, CSV or JSON lines holds, and which columns a table has."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.data.sources.bad_rows import RowFault, check_text
from ocrkit.data.sources.images import image_suffixes
from ocrkit.data.sources.indexed import Layout, Row, csv_records, line_records
from ocrkit.data.sources.listed_words import listed_words, lists_in
from ocrkit.data.sources.quoting import is_quoted, looks_quoted, quoted_texts
from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ocrkit.data.sources.indexed import Records

__all__ = [
    "GROUP_COLUMNS",
    "IMAGE_COLUMNS",
    "LEXICON_COLUMNS",
    "SUFFIXES",
    "TEXT_COLUMNS",
    "checked_row",
    "is_image_name",
    "json_row",
    "layout_of",
    "read_text",
    "shown",
]

IMAGE_COLUMNS = (
    "name",
    "image",
    "file",
    "filename",
    "file_name",
    "path",
    "image_path",
    "img",
    "img_path",
    "image_name",
    "image_file",
    "filepath",
    "file_path",
)
TEXT_COLUMNS = (
    "text",
    "label",
    "words",
    "transcription",
    "transcript",
    "gt",
    "sentence",
    "word",
    "ground_truth",
    "gt_text",
)
GROUP_COLUMNS = ("group",)
LEXICON_COLUMNS = ("lexicon",)
SUFFIXES = (".tsv", ".csv", ".jsonl")
"""What the file names of tables end in."""

_DELIMITERS = (",", ";", "\t", "|")
_log = logging.getLogger("ocrkit")


def layout_of(path: Path) -> Layout:
    """The layout of a table, by its suffix and its first record; of one with tabs also by how it writes quotes.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, or is UTF-16.
    """
    try:
        return _layout_of(path)
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error


def _layout_of(path: Path) -> Layout:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return Layout(line_records, json_row)
    if suffix == ".csv":
        delimiter = _delimiter_of(path)
        return _delimited(path, partial(csv_records, delimiter=delimiter), partial(_csv_fields, delimiter), delimiter)
    if is_quoted(path):
        _log.warning("%s: read as a CSV writer quotes it, since every row with quotes in it is so written", path)
        return _delimited(path, partial(csv_records, delimiter="\t"), partial(_csv_fields, "\t"), "\t")
    kept = quoted_texts(path)
    if kept:
        _log.warning("%s: the quotes around %d texts are taken as theirs, since tables with tabs have none", path, kept)
    columns = _columns_of(path, line_records, _tsv_fields)
    if columns is not None:
        return Layout(line_records, partial(_row_by_columns, _tsv_fields, "\t", columns), 1)
    return Layout(line_records, _tsv_row)


def _delimited(path: Path, records: Records, fields_of: _FieldsOf, delimiter: str) -> Layout:
    columns = _columns_of(path, records, fields_of)
    if columns is not None:
        return Layout(records, partial(_row_by_columns, fields_of, delimiter, columns), 1)
    return Layout(records, partial(_csv_row, fields_of))


def _delimiter_of(path: Path) -> str:
    """What parts the fields of a CSV: what makes an image's name, or the names of columns, of its first record."""
    for delimiter in _DELIMITERS:
        first = _first_fields(path, partial(csv_records, delimiter=delimiter), partial(_csv_fields, delimiter))
        if len(first) > 1 and (_columns_in(first) is not None or is_image_name(first[0])):
            return delimiter
    return ","


def is_image_name(name: str) -> bool:
    """Whether a name ends as images' names do."""
    return os.path.splitext(name.strip())[1].lower() in image_suffixes()


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
    lexicon: int | None


def _columns_of(path: Path, records: Records, fields_of: _FieldsOf) -> _Columns | None:
    """The columns that a first record names, or None where it holds no such names."""
    return _columns_in(_first_fields(path, records, fields_of))


def _first_fields(path: Path, records: Records, fields_of: _FieldsOf) -> list[str]:
    """The fields of the first record; none where there is none, or a bad one."""
    with open_plain(path) as file:
        first = next(iter(records(file)), None)
    if first is None or isinstance(first[2], RowFault):
        return []
    try:
        return fields_of(first[2].decode("utf-8", "replace").rstrip("\r\n"))
    except RowFault:
        return []


def _columns_in(fields: Sequence[str]) -> _Columns | None:
    names = [field.strip().lower() for field in fields]
    image = next((names.index(name) for name in IMAGE_COLUMNS if name in names), None)
    text = next((names.index(name) for name in TEXT_COLUMNS if name in names), None)
    group = next((names.index(name) for name in GROUP_COLUMNS if name in names), None)
    lexicon = next((names.index(name) for name in LEXICON_COLUMNS if name in names), None)
    if image is None or text is None:
        return None
    return _Columns(len(names), image, text, group, lexicon)


def _tsv_fields(record: str) -> list[str]:
    return record.split("\t")


def _csv_fields(delimiter: str, record: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RowFault("malformed", f"not CSV: {error}") from error


def _row_by_columns(fields_of: _FieldsOf, delimiter: str, columns: _Columns, record: str) -> Row:
    _refuse_quoted(fields_of, record)
    try:
        fields = fields_of(record)
    except RowFault:
        if columns.text != columns.width - 1 or record.startswith('"'):
            raise
        fields = []
    if len(fields) != columns.width and columns.text == columns.width - 1 and delimiter in ",;":
        # As EasyOCR's trainer has it: what follows the last delimiter of the header is text, with what is in it.
        fields = _with_the_rest(record, delimiter, columns.width) or fields
    if len(fields) != columns.width:
        raise RowFault("malformed", f"{len(fields)} columns; expected {columns.width}, as in the header")
    group = "" if columns.group is None else fields[columns.group]
    lexicons = {} if columns.lexicon is None else {LEXICON_COLUMNS[0]: listed_words(fields[columns.lexicon])}
    return checked_row(fields[columns.image], fields[columns.text], group, lexicons)


def _with_the_rest(record: str, delimiter: str, width: int) -> list[str]:
    fields = record.split(delimiter, width - 1)
    # A quote at the start of a field says that the writer knows how to quote.
    return [] if any(field.startswith('"') for field in fields) else fields


def _tsv_row(record: str) -> Row:
    _refuse_quoted(_tsv_fields, record)
    name, tab, text = record.partition("\t")
    if tab and "\t" not in text:
        return checked_row(name, text)
    if not tab:
        raise RowFault("malformed", f"no tab in {shown(record)}; expected NAME<TAB>TEXT")
    raise RowFault(
        "malformed",
        f"{record.count(chr(9)) + 1} columns; expected NAME<TAB>TEXT, "
        "or a first line that names the columns, such as name<TAB>text<TAB>group",
    )


def _refuse_quoted(fields_of: _FieldsOf, record: str) -> None:
    """Refuse a row as CSV writers make it, in a table of tabs that they did not make."""
    if fields_of is _tsv_fields and '""' in record and looks_quoted(record):
        raise RowFault(
            "quotes",
            f"in {shown(record)} quotes are doubled and their field is quoted, and in other rows they are not; "
            "expected a table with tabs to quote every such field or none, so write it anew, or as CSV",
        )


def _csv_row(fields_of: _FieldsOf, record: str) -> Row:
    fields = fields_of(record)
    if len(fields) == 2:
        return checked_row(fields[0], fields[1])
    raise RowFault(
        "malformed",
        f"{len(fields)} column{'s' * (len(fields) != 1)} in {shown(','.join(fields))}; "
        "expected NAME,TEXT (a text with a comma in double quotes), or a first line that names the columns",
    )


def json_row(record: str) -> Row:
    """The row in a JSON object."""
    try:
        values = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise RowFault("malformed", f"not JSON: {error}; expected one object a line") from error
    if not isinstance(values, dict):
        raise RowFault("malformed", f'{shown(record)} is no object; expected {{"name": ..., "text": ...}}')
    name = _value(values, IMAGE_COLUMNS)
    group = _value(values, GROUP_COLUMNS, default="")
    return checked_row(name, _value(values, TEXT_COLUMNS), group, lists_in(values))


def checked_row(name: str, text: str, group: str = "", lexicons: Mapping[str, Sequence[str]] | None = None) -> Row:
    """A row, or the fault of what no image or label can be."""
    if name.startswith('["'):
        raise RowFault(
            "malformed", f"{shown(name)} lists several images, as PaddleOCR allows; give each a line of its own"
        )
    if text.startswith(('[{"transcription"', '[{"points"')):
        raise RowFault(
            "malformed",
            f"the text of {name!r} is a list of boxes, as PaddleOCR's detection has it; expected one text an image, so "
            "cut the lines out first, as PPOCRLabel's export for recognition does",
        )
    if not name or name.isspace():
        raise RowFault("no-name", "the image's name is empty; expected a file name")
    if not _can_name_a_file(name):
        raise RowFault("bad-name", f"no file can be named {shown(name)}; expected the name of an image")
    check_text(text, name)
    return Row(name, text, group, lexicons or {})


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
        raise RowFault("malformed", f"{key} is {shown(json.dumps(value))}; expected a string")
    return value


def shown(text: str) -> str:
    """A text in a message, cut where it is long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


if TYPE_CHECKING:
    from collections.abc import Callable

    _FieldsOf = Callable[[str], list[str]]
