"""Bytes that worker processes read and write in place, in rooms from which each process claims what it needs.

The bytes are those of a file without a name: in memory where the system makes such, else on disk. ``/dev/shm`` is not
asked for, which holds 64 MB in most containers, and nothing is left when the last process ends, however it does.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
from multiprocessing import reduction
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.data.free_memory import free_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SharedMemory"]

_PAGE = 4096
_BLOCK = 32 << 20  # bytes that a room takes from the system at a time
_LEFT_FREE = 512 << 20  # bytes that others may still need
_NONE = -1  # in the place of a file
_UNSHARED = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
_COUNTERS = 2  # of a room: what is claimed of it, and what the system has given for it


class SharedMemory:
    """Rooms of bytes, none of which takes memory before it is written to or claimed.

    It goes to another process as an argument of that process, when it is started.

    Args:
        sizes: bytes of each room; the sum may be far more than the machine has.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = tuple(_whole_pages(size) for size in sizes)
        self._file = _NONE  # or nothing could be closed where none can be made
        self._file = _nameless_file(_PAGE + sum(self._sizes))
        self._open()

    @property
    def shareable(self) -> bool:
        """Whether other processes can be given it: not where a bound on the size of files keeps it from being one."""
        return self._file != _NONE

    def starts(self, room: int) -> int:
        """Where a room starts."""
        return _PAGE + sum(self._sizes[:room])

    def array(self, start: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """The bytes from ``start`` on as an array, which may be written to."""
        return np.frombuffer(self._bytes, np.uint8, int(np.prod(shape)), start).reshape(shape)

    def claim(self, room: int, size: int) -> int | None:
        """Where ``size`` bytes of a room start that nobody else has claimed; None where there is no more room.

        A room ends where the system has no more memory, too.
        """
        with self._lock:
            self._lock_file()
            try:
                start = int(self._counters[room, 0])
                if start + size > self._sizes[room] or not self._taken(room, start + size):
                    return None
                self._counters[room, 0] = start + size
                return self.starts(room) + start
            finally:
                self._unlock_file()

    def clear(self, room: int) -> None:
        """Let all of a room be claimed again."""
        self._counters[room, 0] = 0

    def close(self) -> None:
        """Give the memory back, as soon as no array of it is held any more."""
        if self._file != _NONE:
            os.close(self._file)
        self._file = _NONE

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _attached, (reduction.DupFd(self._file), self._sizes)

    def _open(self) -> None:
        size = _PAGE + sum(self._sizes)
        self._bytes = mmap.mmap(self._file, size) if self.shareable else mmap.mmap(_NONE, size, _UNSHARED)
        self._counters = np.frombuffer(self._bytes, np.int64, len(self._sizes) * _COUNTERS).reshape(-1, _COUNTERS)
        self._lock = threading.Lock()

    def _taken(self, room: int, end: int) -> bool:
        """Whether the system gives memory for a room up to ``end``; to write without asking could end the process."""
        given = int(self._counters[room, 1])
        if end <= given:
            return True
        wanted = min(self._sizes[room], max(end, given + _BLOCK)) - given
        if free_memory() < wanted + _LEFT_FREE:
            return False
        if self.shareable and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(self._file, self.starts(room) + given, wanted)
            except OSError:
                return False
        self._counters[room, 1] = given + wanted
        return True

    def _lock_file(self) -> None:
        # Such a lock ends with the process that holds it; the other lock is for the threads of one process.
        if self.shareable:
            import fcntl

            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def _unlock_file(self) -> None:
        if self.shareable:
            import fcntl

            fcntl.lockf(self._file, fcntl.LOCK_UN)


def _attached(file: Any, sizes: tuple[int, ...]) -> SharedMemory:
    memory = SharedMemory.__new__(SharedMemory)
    memory._sizes, memory._file = sizes, file.detach()
    memory._open()
    return memory


def _nameless_file(size: int) -> int:
    """A file of so many bytes, none of which takes room before it is written; -1 where there can be none."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("ocrkit", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile(prefix="ocrkit-") as named:
            file = os.dup(named.fileno())
    try:
        os.ftruncate(file, size)
    except OSError:
        os.close(file)
        return _NONE
    return file


def _whole_pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
