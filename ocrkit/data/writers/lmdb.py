"""Writes an LMDB as clovaai's deep-text-recognition-benchmark reads it, with groups besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.sources.lmdb import COUNT, key_of
from ocrkit.data.writers.files import refuse_what_no_line_shows
from ocrkit.data.writers.replacing import mark
from ocrkit.errors import DataError, DependencyError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["LmdbWriter"]

_BATCH = 1 << 24  # bytes that are written together


class LmdbWriter:
    """Writes a folder with ``data.mdb``; a file that locks it is not needed, and not left.

    Args:
        folder: a new one.
        count: of no use here.
        first_size: bytes that the map has at first; it is doubled as often as they do not suffice.
    """

    def __init__(self, folder: Path, count: int, *, first_size: int = 1 << 28) -> None:
        del count
        try:
            import lmdb
        except ImportError as error:
            raise DependencyError(
                "writing an LMDB needs the package lmdb; install it with: pip install 'ocrkit[lmdb]'"
            ) from error
        folder.mkdir()
        self._folder = folder
        self._full, self._error = lmdb.MapFullError, lmdb.Error
        self._environment = lmdb.open(str(folder), map_size=first_size, lock=False, sync=False, metasync=False)
        self._pending: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._count = 0

    def add(self, sample: EncodedSample) -> None:
        """Write an image and its label under the next number."""
        refuse_what_no_line_shows(sample)
        self._count += 1
        self._put(key_of("image", self._count), sample.data)
        self._put(key_of("label", self._count), sample.text.encode())
        if sample.group:
            self._put(key_of("group", self._count), sample.group.encode())
        if self._size >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write the number of samples, and everything to disk."""
        self._put(COUNT, str(self._count).encode())
        self._flush()
        try:
            self._environment.sync(True)
        except self._error as error:
            raise DataError(f"the LMDB cannot be written: {error}") from error
        self._environment.close()
        mark(self._folder, format="lmdb", count=self._count)

    def close(self) -> None:
        """Let go of the environment."""
        self._environment.close()

    def _put(self, key: str, value: bytes) -> None:
        self._pending.append((key.encode(), value))
        self._size += len(value)

    def _flush(self) -> None:
        while True:
            try:
                with self._environment.begin(write=True) as transaction, transaction.cursor() as cursor:
                    cursor.putmulti(sorted(self._pending))
            except self._full:
                self._environment.set_mapsize(2 * self._environment.info()["map_size"])
            except self._error as error:
                raise DataError(f"the LMDB cannot be written: {error}") from error
            else:
                break
        self._pending.clear()
        self._size = 0
