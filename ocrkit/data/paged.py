"""Files of several pages: which pages a TIFF holds, and the names of pages, ``lines.tif#2``.

Source: TIFF 6.0 (Adobe 1992), pages 13 to 16 and 36, and the BigTIFF proposal, for where one directory names the next.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

__all__ = ["OnePage", "names_of_pages", "offsets_in", "page_at", "page_in", "page_offset", "page_offsets"]

_PAGE = re.compile(r"(.+)#([1-9][0-9]{0,8})", re.DOTALL)
_NEW_SUBFILE_TYPE, _SUBFILE_TYPE = 254, 255
_SMALLER, _MASK = 1, 4  # bits of the new subfile type: the page before in another size, or what of it is to be seen
_OLD_SMALLER = 2
_MOST_ENTRIES = 1 << 16  # of one directory; pages have some twenty
_FILES_KEPT = 32


def page_in(path: Path) -> tuple[Path, int] | None:
    """The file and the page, from 1, that a name such as ``lines.tif#2`` means; None where a file is called so."""
    match = _PAGE.fullmatch(str(path))
    if match is None or os.path.lexists(path) or not os.path.isfile(match[1]):
        return None
    return Path(match[1]), int(match[2])


def names_of_pages(path: Path) -> list[Path]:
    """The names of a file's pages, where it is a TIFF of several; else the path itself."""
    pages = page_offsets(path)
    return [Path(f"{path}#{number}") for number in range(1, len(pages) + 1)] if len(pages) > 1 else [path]


def page_offsets(path: Path) -> tuple[int, ...]:
    """Where the directory of each page of a TIFF begins, none for another file; -1 for one that is damaged, the last.

    Smaller copies of a page, and masks, are none. Nothing is decoded: this takes a few reads a page.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
            return ()
        return _offsets(path, (status.st_mtime_ns, status.st_size))
    except (OSError, ValueError):
        return ()


def offsets_in(file: IO[bytes]) -> tuple[int, ...]:
    """Where the directory of each page of an open file begins, as ``page_offsets`` has it."""
    file.seek(0, os.SEEK_END)
    return _pages(file, file.tell())


def page_offset(path: Path, number: int) -> int:
    """Where the directory of a page begins, from 1; 0 for the only page of a file that is no TIFF.

    Raises:
        ImageError: there is no such page, or its directory is damaged.
    """
    return page_at(page_offsets(path), number, str(path))


def page_at(offsets: tuple[int, ...], number: int, name: str = "it") -> int:
    """Where the directory of a page begins, of those of all pages; 0 where there is none.

    Raises:
        ImageError: there is no such page, or its directory is damaged.
    """
    offsets = offsets or (0,)
    if number > len(offsets):
        pages = "one page" if len(offsets) == 1 else f"{len(offsets)} pages"
        raise ImageError(f"{name} has {pages}; expected a page from 1 to {len(offsets)}")
    if offsets[number - 1] < 0:
        raise ImageError(
            f"the directory of this page is damaged; expected a whole file, so those after {number - 1} are lost"
        )
    return offsets[number - 1]


class OnePage(io.RawIOBase):
    """A TIFF file, to be read, whose first page is another one.

    Pillow finds page N by reading the N - 1 before, so reading all of them would take the square of their number.
    """

    def __init__(self, file: IO[bytes], offset: int) -> None:
        self._file = file
        start = file.read(16)
        file.seek(0)
        order = "<" if start[:2] == b"II" else ">"
        self._start = (
            start[:8] + struct.pack(f"{order}Q", offset)
            if struct.unpack(f"{order}H", start[2:4])[0] == 43
            else start[:4] + struct.pack(f"{order}I", offset)
        )

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be gone about in."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """What the file holds, but for where its first directory is."""
        view = memoryview(buffer).cast("B")
        place = self._file.tell()
        data = self._file.read(len(view))
        if place < len(self._start):
            replaced = self._start[place : place + len(data)]
            data = replaced + data[len(replaced) :]
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def fileno(self) -> int:
        """The file's descriptor, which libtiff reads by; it goes to the page by its place, not by the file's start."""
        return self._file.fileno()


@lru_cache(maxsize=_FILES_KEPT)
def _offsets(path: Path, stamp: tuple[int, int]) -> tuple[int, ...]:
    with path.open("rb") as file:
        return _pages(file, stamp[1])


def _pages(file: IO[bytes], size: int) -> tuple[int, ...]:
    file.seek(0)
    found = list(_directories(file, size))
    pages = tuple(offset for offset, is_page in found if is_page)
    return pages or tuple(offset for offset, _ in found)


def _directories(file: IO[bytes], size: int) -> Iterator[tuple[int, bool]]:
    """Each directory's place, and whether it is a page of its own; -1 where the chain breaks."""
    start = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None or len(start) < 8:
        return
    version = struct.unpack(f"{order}H", start[2:4])[0]
    if version == 43 and len(start) == 16:
        number, step, following, offset = "Q", 20, "Q", struct.unpack(f"{order}Q", start[8:])[0]
    elif version == 42:
        number, step, following, offset = "H", 12, "I", struct.unpack(f"{order}I", start[4:8])[0]
    else:
        return
    seen: set[int] = set()
    while offset:
        if offset in seen:
            return  # as Pillow has it: the chain has come round, and all pages are told
        seen.add(offset)
        entries = _entries(file, offset, size, f"{order}{number}", step)
        if entries is None:
            yield -1, True
            return
        yield offset, _is_page(entries, order, step)
        after = file.read(struct.calcsize(f"{order}{following}"))
        if len(after) < struct.calcsize(f"{order}{following}"):
            return
        offset = struct.unpack(f"{order}{following}", after)[0]


def _entries(file: IO[bytes], offset: int, size: int, number: str, step: int) -> bytes | None:
    """A directory's entries, the file standing behind them; None where it does not lie within the file."""
    if offset >= size:
        return None
    file.seek(offset)
    counted = file.read(struct.calcsize(number))
    count = struct.unpack(number, counted)[0] if len(counted) == struct.calcsize(number) else 0
    if not 0 < count < _MOST_ENTRIES:
        return None
    entries = file.read(count * step)
    return entries if len(entries) == count * step else None


def _is_page(entries: bytes, order: str, step: int) -> bool:
    for place in range(0, len(entries), step):
        tag, kind = struct.unpack(f"{order}HH", entries[place : place + 4])
        if tag > _SUBFILE_TYPE:
            break
        if tag in (_NEW_SUBFILE_TYPE, _SUBFILE_TYPE):
            value = place + step - (4 if step == 12 else 8)
            what = struct.unpack(
                f"{order}{'H' if kind == 3 else 'I'}", entries[value : value + (2 if kind == 3 else 4)]
            )[0]
            if (tag == _SUBFILE_TYPE and what == _OLD_SMALLER) or (
                tag == _NEW_SUBFILE_TYPE and what & (_SMALLER | _MASK)
            ):
                return False
    return True
