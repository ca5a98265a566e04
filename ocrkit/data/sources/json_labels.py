"""Labels in one JSON file: an object ``{"img.png": "text"}``, as docTR's recognition has it, or a list of objects.

Source: github.com/mindee/doctr, references/recognition.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.indexed import Layout, Row
from ocrkit.data.sources.tables import checked_row, json_row, shown
from ocrkit.errors import DataError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["json_layout"]

_BLANK = " \t\r\n"
_MARK = "\xef\xbb\xbf"  # a byte order mark, each byte as a character
_BEGIN = 1 << 16  # bytes by which a file is judged
_decoder = json.JSONDecoder()


def json_layout(path: Path) -> Layout:
    """How a file of JSON is read: each entry of its object, or each item of its list, is a row.

    Raises:
        OSError: it cannot be read.
        DataError: it is no JSON of labels; labels for detection are named as that.
    """
    with open_plain(path) as file:
        text = file.read(_BEGIN).decode("latin-1").removeprefix(_MARK).lstrip(_BLANK)
    if not text.startswith(("{", "[")):
        raise DataError('no JSON of labels; expected {"images/1.png": "text"}', path)
    if '"polygons"' in text or '"img_dimensions"' in text:
        raise DataError(
            "labels of docTR's detection, with boxes on pages; expected those of its recognition, one text an image: "
            '{"images/1.png": "text"}',
            path,
        )
    return Layout(_records, _entry_row if text.startswith("{") else json_row)


def _records(file: IO[bytes]) -> Iterator[tuple[int, int, bytes | RowFault]]:
    """The entries of an object, or the items of a list, each with the byte and the line that it begins at."""
    text = file.read().decode("latin-1")  # a character a byte, so that places in it are places in the file
    line, counted = 1, 0
    at = _past_blank(text, len(_MARK) if text.startswith(_MARK) else 0)
    paired, end = text[at] == "{", "}" if text[at] == "{" else "]"
    at = _past_blank(text, at + 1)
    try:
        while not text.startswith(end, at):
            line, counted = line + text.count("\n", counted, at), at
            begin = at
            if paired:
                _past(text, at, '"')
                at = _past_blank(text, _decoder.raw_decode(text, at)[1])
                at = _past_blank(text, _past(text, at, ":"))
            at = _decoder.raw_decode(text, at)[1]
            yield begin, line, text[begin:at].encode("latin-1")
            at = _past_blank(text, at)
            if not text.startswith(end, at):
                at = _past_blank(text, _past(text, at, ","))
    except (ValueError, RecursionError) as error:
        yield counted, line, RowFault("malformed", f"not JSON: {error}; nothing that follows is read")


def _past_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _past(text: str, at: int, expected: str) -> int:
    if not text.startswith(expected, at):
        raise json.JSONDecodeError(f"expected {expected!r}", text, at)
    return at + 1


def _entry_row(record: str) -> Row:
    [(name, text)] = json.loads(f"{{{record}}}").items()
    if not isinstance(text, str):
        raise RowFault("malformed", f"the text of {name!r} is {shown(json.dumps(text))}; expected a string")
    return checked_row(name, text)
