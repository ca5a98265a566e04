"""Corrected lines kept for training: their pictures, cut as they were read, and a table that ``ocrkit train`` takes.

The folder holds ``labels.jsonl``, and the pictures in ``lines/PAGE/LINE.png``, where both names are digests. A page is
added by writing its pictures, and then the table anew in one step: whoever is killed meanwhile leaves pictures that no
row names, and never a row without its picture. A page that is kept again takes the place of what was kept of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import threading
import time
import unicodedata
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ocrkit.errors import OcrkitError
from ocrkit.files import FolderInUse, clear_leftovers, holding, write_whole
from ocrkit.layout.records import Layout
from ocrkit.pages.cutting import cut_lines
from ocrkit.text.naming import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.records import Line, Page

__all__ = [
    "TABLE",
    "Collection",
    "CollectionBusy",
    "CollectionFull",
    "Kept",
    "UnusableText",
    "checked_text",
    "checked_texts",
]

TABLE = "labels.jsonl"
"""The table's name, by which ``ocrkit train`` knows the folder."""

_PICTURES = "lines"
_OTHER_TABLES = ("labels.tsv", "labels.csv")
_DIGITS = 20  # of a name, in hexadecimal
_NAMED = re.compile(rf"{_PICTURES}/([0-9a-f]{{{_DIGITS}}})/[0-9a-f]{{{_DIGITS}}}\.png")
_LONGEST = 2000  # characters of a line's text
_MOST_BYTES = 10_000_000_000
_PATIENCE = 10.0  # seconds to wait for another service that writes to the same folder
_PAUSE = 0.02  # seconds between two looks
_LEFT = 100_000_000  # bytes that a disk must have left


class UnusableText(OcrkitError, ValueError):  # noqa: N818 - says what is wrong, as UnencodableText does
    """A text that no line of print or hand can show, or a line that is not on the page."""


class CollectionFull(OcrkitError, RuntimeError):  # noqa: N818 - says what happened
    """The data set has no room for more, or the disk that it lies on."""


class CollectionBusy(OcrkitError, RuntimeError):  # noqa: N818 - says what happened
    """Somebody else is writing to the data set, and has not come to an end in time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a page.

    Attributes:
        page: what it is called in the data set.
        lines: how many of its lines the data set holds.
        replaced: how many it held before.
        left_out: the ids of lines that have no picture, each with the reason.
        in_all: how many lines of all pages the data set holds.
    """

    page: str
    lines: int
    replaced: int
    left_out: Mapping[str, str]
    in_all: int


class Collection:
    """A data set on the disk that grows by corrected pages; several requests and services may use one at a time.

    Args:
        folder: where it lies; made where it is not there.
        most_bytes: how large its pictures and its table may become together.
        patience: seconds to wait for another that writes to it.

    Raises:
        OcrkitError: the folder cannot be made or written to, or another table of labels lies in it.
    """

    def __init__(self, folder: Path, *, most_bytes: int = _MOST_BYTES, patience: float = _PATIENCE) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._patience = patience
        self._turn = threading.Lock()
        self._measured: tuple[tuple[int, int], int] | None = None
        _make_usable(folder)

    def keep(self, page: Page, picture: Image, texts: Mapping[str, str]) -> Kept:
        """Keep some lines of a page, in place of all that was kept of it before; none of them takes it out.

        Args:
            page: as it was read.
            picture: the page's, upright, in any mode.
            texts: what stands on lines, by their ids; of lines that nobody looked at there is none.

        Raises:
            UnusableText: an id is of no line of the page, or a text is none that a line can show.
            CollectionFull: there is no room for it.
            CollectionBusy: another writes to the data set all the time.
        """
        checked = checked_texts(page, texts)
        grey = picture if picture.mode == "L" else picture.convert("L")
        name = _digest(f"{grey.width}x{grey.height}".encode(), grey.tobytes())
        pictures, rows, left_out = _cut(name, page, grey, checked)
        try:
            with self._held():
                replaced, in_all = self._put(name, pictures, rows)
        except OSError as error:
            raise CollectionFull(
                f"the data set cannot be written: {error.strerror or error}; make room, or tell who runs the service"
            ) from error
        return Kept(name, len(rows), replaced, left_out, in_all)

    def _put(self, page: str, pictures: Mapping[str, bytes], rows: list[bytes]) -> tuple[int, int]:
        """Write pictures, then the table; how many rows the page had, and how many there are now."""
        table = self.folder / TABLE
        clear_leftovers(table)
        others, own = _rows(table, page)
        self._check_room(pictures, rows)
        inside = self.folder / _PICTURES / page
        if pictures:
            inside.mkdir(parents=True, exist_ok=True)
        for name, data in pictures.items():
            target = self.folder / name
            clear_leftovers(target)
            if not target.is_file():  # its name tells its pixels
                write_whole(target, data)
        write_whole(table, b"".join(row + b"\n" for row in (*others, *rows)))
        for name in own - pictures.keys():
            with suppress(OSError):
                os.unlink(self.folder / name)
        with suppress(OSError):
            inside.rmdir()  # which goes only if nothing is left in it
        self._measured = (_stamp(table), self._bytes())
        return len(own), len(others) + len(rows)

    def _check_room(self, pictures: Mapping[str, bytes], rows: list[bytes]) -> None:
        wanted = sum(map(len, pictures.values())) + sum(map(len, rows))
        stamp = _stamp(self.folder / TABLE)
        if self._measured is None or self._measured[0] != stamp:
            self._measured = (stamp, self._bytes())
        if wanted and self._measured[1] + wanted > self._most_bytes:
            raise CollectionFull(
                f"the data set has {self._measured[1]:,} bytes, and may have {self._most_bytes:,}; "
                "train on it and begin another, or allow more"
            )
        status = os.statvfs(self.folder)
        if wanted and status.f_bavail * status.f_frsize < wanted + _LEFT:
            raise CollectionFull("the disk of the data set is nearly full; make room on it")

    def _bytes(self) -> int:
        """How much the folder holds."""
        return sum(
            os.lstat(os.path.join(parent, name)).st_size for parent, _, names in os.walk(self.folder) for name in names
        )

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The folder, alone: among the threads here and among processes."""
        until = time.monotonic() + self._patience
        if not self._turn.acquire(timeout=self._patience):
            raise CollectionBusy("others write to the data set all the time; try again in a minute")
        try:
            while True:
                try:
                    with holding(self.folder):
                        yield
                        return
                except FolderInUse:
                    if time.monotonic() > until:
                        raise CollectionBusy("another service writes to the data set; try again in a minute") from None
                    time.sleep(_PAUSE)
        finally:
            self._turn.release()


def checked_text(text: str) -> str:
    """A corrected text as the data set holds it: in NFC, without spaces at its ends.

    Raises:
        UnusableText: it is empty or longer than 2,000 characters, or has a character that no line shows.
    """
    bad = next((character for character in text if _is_no_text(character)), None)
    if bad is not None:
        raise UnusableText(f"the text has {described(bad)}; expected one line of text, so take it out")
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise UnusableText("the text is empty; expected what stands on the line, so leave out a line without text")
    if len(text) > _LONGEST:
        raise UnusableText(f"the text has {len(text):,} characters; expected one line of {_LONGEST:,} at the most")
    return text


def checked_texts(page: Page, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of lines of a page, by their ids, each as ``checked_text`` gives it.

    Raises:
        UnusableText: an id is of no line of the page, or a text is none that a line can show.
    """
    known = {line.id for line in page.lines}
    checked = {}
    for name, text in texts.items():
        if name not in known:
            raise UnusableText(f"no line {name[:40]!r} on the page; expected the ids that its reading has")
        try:
            checked[name] = checked_text(text)
        except UnusableText as error:
            raise UnusableText(f"line {name[:40]!r}: {error}") from None
    return checked


def _is_no_text(character: str) -> bool:
    """Whether it is a control character, half of a surrogate pair, a break of lines, or no character at all."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or ord(character) & 0xFFFE == 0xFFFE
        or (0xFDD0 <= ord(character) <= 0xFDEF)
    )


def _make_usable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OcrkitError(f"no folder {str(folder)!r} can be made: {error.strerror}; give another") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OcrkitError(f"the folder {str(folder)!r} cannot be written to; give another, or allow it")
    other = next((name for name in _OTHER_TABLES if (folder / name).exists()), None)
    if other is not None:
        raise OcrkitError(f"{str(folder / other)!r} is there already; expected a folder of its own, so give another")


def _cut(
    name: str, page: Page, grey: Image, texts: Mapping[str, str]
) -> tuple[dict[str, bytes], list[bytes], dict[str, str]]:
    """The pictures of lines by the names of their files, the rows of the table, and the lines without a picture."""
    regions = tuple(
        replace(region, lines=tuple(line for line in region.lines if line.id in texts)) for region in page.regions
    )
    pictures, rows, left_out = {}, [], {}
    when = datetime.now(UTC).isoformat(timespec="seconds")
    for found in cut_lines(grey, Layout(regions, page.rotation, page.skew)):
        if found.cut is None:
            left_out[found.line.id] = found.reason
            continue
        image = found.cut.image
        digest = _digest(found.line.id.encode(), f"{image.width}x{image.height}".encode(), image.tobytes())
        file = f"{_PICTURES}/{name}/{digest}.png"
        pictures[file] = _png(image)
        rows.append(_row(file, texts[found.line.id], name, page, found.line, when))
    return pictures, rows, left_out


def _row(file: str, text: str, group: str, page: Page, line: Line, when: str) -> bytes:
    row = {
        "name": file,
        "text": text,
        "group": group,
        "line": line.id,
        "read": line.original or line.text,
        "confidence": line.confidence,
        "model": page.model,
        "when": when,
    }
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")


def _rows(table: Path, page: str) -> tuple[list[bytes], set[str]]:
    """The rows of other pages, as they stand, and the pictures that the page's own name."""
    try:
        lines = table.read_bytes().splitlines()
    except FileNotFoundError:
        return [], set()
    others, own = [], set()
    for line in lines:
        name = _name_in(line)
        named = _NAMED.fullmatch(name)
        if named is not None and named[1] == page:
            own.add(name)
        elif line.strip():
            others.append(line)
    return others, own


def _name_in(row: bytes) -> str:
    try:
        values = json.loads(row)
    except ValueError:
        return ""  # of somebody else, who will be told by what reads it
    name = values.get("name") if isinstance(values, dict) else None
    return name if isinstance(name, str) else ""


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:_DIGITS]


def _png(image: Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
