"""LMDB environments of images, opened once a process and again in each worker; whatever is wrong has a name."""

from __future__ import annotations

import os
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.image_file import decode_bytes
from ocrkit.errors import DataError, DependencyError, ImageError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import lmdb
    from PIL.Image import Image

__all__ = ["DATA_FILE", "LmdbImage", "is_lmdb", "lookup", "reading"]

DATA_FILE = "data.mdb"
_MAGIC = b"\xde\xc0\xef\xbe"  # of a meta page, after its header of sixteen bytes; little-endian
_opened: dict[Path, tuple[int, tuple[int, int, int], lmdb.Environment]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class LmdbImage:
    """An image under a key of an LMDB."""

    location: Path
    key: str

    def read(self) -> bytes:
        """The image's bytes; raises ``ImageError`` where the key is not there."""
        try:
            data = lookup(self.location, self.key)
        except DataError as error:
            raise ImageError(str(error)) from error
        if data is None:
            raise ImageError(f"there is no key {self.key!r} in the LMDB")
        return data

    def __call__(self) -> Image:
        """The image, decoded; raises ``ImageError``."""
        return decode_bytes(self.read())


def is_lmdb(location: Path) -> bool:
    """Whether a file begins as an LMDB does, or a folder has a ``data.mdb`` that does; needs no extra."""
    try:
        with open_plain(location / DATA_FILE if location.is_dir() else location) as file:
            return file.read(20)[16:] == _MAGIC
    except (OSError, ValueError):
        return False


def lookup(location: Path, key: str) -> bytes | None:
    """The value of a key, or None.

    Raises:
        DataError: the LMDB cannot be opened or read.
        DependencyError: lmdb is not installed.
    """
    with reading(location) as transaction:
        value = transaction.get(key.encode())
        return None if value is None else bytes(value)


@contextmanager
def reading(location: Path) -> Iterator[lmdb.Transaction]:
    """A transaction that reads.

    Raises:
        DataError: the LMDB cannot be opened, or is found to be damaged while it is read.
        DependencyError: lmdb is not installed.
    """
    opened = _environment(location)
    import lmdb

    try:
        with opened.begin() as transaction:
            yield transaction
    except lmdb.Error as error:
        raise DataError(f"the LMDB is damaged: {error}; fetch it again, or write it anew", location) from error


def _environment(location: Path) -> lmdb.Environment:
    """The environment in a folder or file, read-only, without locks; one a process, which LMDB demands."""
    try:
        import lmdb
    except ImportError as error:
        raise DependencyError(
            f"{location}: an LMDB needs the package lmdb; install it with: pip install 'ocrkit[lmdb]'"
        ) from error
    file = location / DATA_FILE if location.is_dir() else location
    with _lock:
        try:
            status = os.stat(file)
            # The inode and the time too: a set may be written anew where another was.
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = _opened.get(file)
            if known is not None:
                if known[:2] == (os.getpid(), stamp):
                    return known[2]
                # Of the parent's, where this process was forked, LMDB lets go only what is closed.
                known[2].close()
                del _opened[file]
            opened = lmdb.open(str(file), subdir=False, readonly=True, lock=False, create=False, readahead=False)
        except OSError as error:
            raise DataError(error.strerror or str(error), file) from error
        except lmdb.Error as error:
            raise DataError(f"not an LMDB that can be opened: {error}", file) from error
        _check_size(file, opened, status.st_size)
        _opened[file] = (os.getpid(), stamp, opened)
        return opened


def _check_size(file: Path, opened: lmdb.Environment, size: int) -> None:
    # A page past the end of the file would not be an error but SIGBUS, which ends the process.
    with file.open("rb") as data:
        (page,) = struct.unpack_from("<I", data.read(44), 40)
    expected = (opened.info()["last_pgno"] + 1) * page
    if size < expected:
        opened.close()
        raise DataError(
            f"the LMDB is cut short, {size:,} bytes of {expected:,}; "
            "fetch it again, or rewrite a whole one with 'mdb_copy -c'",
            file,
        )
