"""Parquet files of images, opened once a process, with the row group that was read last."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.image_file import decode_bytes
from ocrkit.errors import DataError, DependencyError, ImageError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pyarrow import ChunkedArray
    from pyarrow.parquet import ParquetFile

__all__ = ["ParquetImage", "column", "parquet_file"]

_GROUPS_KEPT = 2  # row groups: reading goes on from one to the next, and two threads may be at either


@dataclass(frozen=True, slots=True)
class ParquetImage:
    """An image in a row of a Parquet file.

    Attributes:
        location: the file.
        column: its column of images: binary, or a struct with ``bytes``.
        row_group: which one the row is in.
        index: the row's place in it.
    """

    location: Path
    column: str
    row_group: int
    index: int

    def read(self) -> bytes:
        """The image's bytes; raises ``ImageError`` where the row has none."""
        try:
            value = column(self.location, self.row_group, self.column)[self.index].as_py()
        except DataError as error:
            raise ImageError(str(error)) from error
        data = value.get("bytes") if isinstance(value, dict) else value
        if data is None:
            raise ImageError(f"column {self.column!r} holds no image's bytes in this row")
        return bytes(data)

    def __call__(self) -> Image:
        """The image, decoded; raises ``ImageError``."""
        return decode_bytes(self.read())


def parquet_file(location: Path) -> ParquetFile:
    """A Parquet file, opened once a process.

    Raises:
        DataError: it is none, or cannot be opened.
        DependencyError: pyarrow is not installed.
    """
    return _opened(location, _stamp(location))[1]


def column(location: Path, row_group: int, name: str) -> ChunkedArray:
    """A column of a row group; the last few are kept.

    Raises:
        DataError: it cannot be read.
    """
    return _column(location, _stamp(location), row_group, name)


def _stamp(location: Path) -> tuple[int, int, int]:
    """What tells this process and this version of the file from others."""
    try:
        status = os.stat(location)
    except OSError as error:
        raise DataError(error.strerror or str(error), location) from error
    return os.getpid(), status.st_mtime_ns, status.st_size


@lru_cache(maxsize=8)
def _opened(location: Path, stamp: tuple[int, int, int]) -> tuple[threading.Lock, ParquetFile]:
    del stamp
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise DependencyError(
            f"{location}: a Parquet file needs the package pyarrow; install it with: pip install 'ocrkit[parquet]'"
        ) from error
    try:
        return threading.Lock(), ParquetFile(location)
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError(f"not a Parquet file that can be opened: {error}", location) from error


@lru_cache(maxsize=2 * _GROUPS_KEPT)  # of images and of texts
def _column(location: Path, stamp: tuple[int, int, int], row_group: int, name: str) -> ChunkedArray:
    import pyarrow

    lock, file = _opened(location, stamp)
    try:
        with lock:
            return file.read_row_group(row_group, columns=[name], use_threads=False).column(name)
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError(f"row group {row_group}, column {name!r} cannot be read: {error}", location) from error
