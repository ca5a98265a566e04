"""The IAM Handwriting Database: ``lines.txt`` and ``words.txt`` with the images in their folders.

A line of ``lines.txt`` is ``a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE|to|stop``: the line's id, whether it was
segmented well, a grey level, a number of components, a box, the tokens with ``|`` between. A line of ``words.txt`` is
``a01-000u-00-00 ok 154 408 768 27 51 AT A``: without components, with a grammatical tag. Images lie at
``lines/a01/a01-000u/a01-000u-00.png``, and words' likewise.

Source: Marti and Bunke 2002, IJDAR 5, pages 39 to 46, and the files' own comments.
"""

from __future__ import annotations

import logging
import os
import re
from functools import partial
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.indexed import Layout, Row, index_rows, line_records
from ocrkit.data.sources.listed import ListedSamples
from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["open_iam", "recognises_iam"]

_FILES = {"lines.txt": "lines", "words.txt": "words"}
_FOLDERS = ("", "ascii")  # where the files lie below the set's folder: as one likes it, or as it is distributed
_NUMBERS = {"lines": 6, "words": 5}  # fields after the status that are numbers: grey level, (components,) x, y, w, h
_ID = re.compile(r"(([a-z][0-9]{2})-[0-9]{3}[a-z]*)(-[0-9]{2,}){1,2}")
_log = logging.getLogger("ocrkit")


def recognises_iam(location: Path) -> bool:
    """Whether it is a ``lines.txt`` or ``words.txt`` of IAM's by its first entry, or a folder with one of them."""
    return bool(_lists_at(location))


def open_iam(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> ListedSamples:
    """List the lines, or the words, of the database, in the file's order; the form is their group.

    Of both files in a folder ``lines.txt`` is read, and that is logged. A word whose segmentation went wrong (status
    ``err``) may show anything, so it is left out and counted; a line of that status shows what it should, and is kept.

    Args:
        location: the set's folder, or a file itself.
        report: told of each malformed entry, which is then left out.
        progress: told of the bytes that are read, of how many.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no such file; or, without ``report``, an entry is malformed (names ``file:line``).
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    lists = _lists_at(location)
    if not lists:
        raise DataError("no lines.txt or words.txt of the IAM database; expected its folder, or the file", location)
    path = lists[0]
    if len(lists) > 1:
        _log.warning("%s: %s is read; give %s itself to read the words", location, path, lists[1])
    kind = _FILES[path.name]
    layout = Layout(line_records, partial(_row, kind))
    indexed = index_rows(path, layout, BadRows(report), progress)
    left_out = _count_of_errors(path) if kind == "words" else 0
    if left_out:
        _log.warning("%s: %d words whose segmentation went wrong (err) are left out", path, left_out)
    root = path.parent.parent if path.parent.name == "ascii" else path.parent
    return ListedSamples.of(indexed, root)


def _row(kind: str, entry: str) -> Row | None:
    if entry.startswith("#"):
        return None
    fields = entry.split()
    numbers = _NUMBERS[kind]
    texts = fields[2 + numbers + (kind == "words") :]
    match = _ID.fullmatch(fields[0])
    if match is None or len(fields) < 2 or fields[1] not in ("ok", "err", "er") or not texts:
        raise RowFault("malformed", f"{entry[:60]!r} is no entry; expected {_EXAMPLES[kind]!r}")
    if kind == "words" and fields[1] != "ok":
        return None
    text = " ".join(texts).replace("|", " ")
    check_text(text, fields[0])
    form, shelf = match[1], match[2]
    return Row(f"{kind}/{shelf}/{form}/{fields[0]}.png", text, form)


_EXAMPLES = {
    "lines": "a01-000u-00 ok 154 19 408 746 1661 89 A|MOVE|to|stop",
    "words": "a01-000u-00-00 ok 154 408 768 27 51 AT A",
}


def _lists_at(location: Path) -> list[Path]:
    if not location.is_dir():
        return [location] if location.name in _FILES and _begins_well(location) else []
    found = [location / folder / name for name in _FILES for folder in _FOLDERS]
    return [path for path in found if _begins_well(path)]


def _begins_well(path: Path) -> bool:
    """Whether the first entry has an id of IAM's, so that not every text called ``words.txt`` is taken for it."""
    try:
        with open_plain(path) as file:
            for line in file.read(1 << 14).splitlines():
                if line.strip() and not line.startswith(b"#"):
                    fields = line.decode("utf-8", "replace").split()
                    return _ID.fullmatch(fields[0]) is not None and len(fields) > 7
    except (OSError, ValueError):
        pass
    return False


def _count_of_errors(path: Path) -> int:
    with open_plain(path) as file:
        return sum(1 for line in file if line.split(None, 2)[1:2] == [b"err"] and not line.startswith(b"#"))
