"""Opening a file that somebody named, at once, whatever lies there: a pipe or a device is refused, not waited for."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["open_plain", "read_plain"]

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Opening a pipe into which nobody writes would wait for a writer.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
# Where shells put the pipe of a process substitution; a pipe with a name of its own lies anywhere else.
_OPEN_FILES = ("/dev/fd/", "/dev/stdin", "/proc/")


def open_plain(path: str | os.PathLike[str], *, stream: bool = False) -> BufferedReader:
    """Open a file for reading, from its start.

    Args:
        path: the file.
        stream: take a pipe that is open already too, as ``<(zcat words.gz)`` and ``/dev/stdin`` are; it can be read
            only once, and has no size and no place to go back to.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is a folder, a pipe or a device, or cannot be opened; ``strerror`` says which.
    """
    try:
        descriptor = os.open(path, _FLAGS | _AT_ONCE)
    except ValueError as error:  # a zero byte, or half of a surrogate pair
        raise FileNotFoundError(errno.ENOENT, "no file can have this name", os.fspath(path)) from error
    try:
        mode = os.fstat(descriptor).st_mode
        piped = stat.S_ISFIFO(mode) and stream and os.fspath(path).startswith(_OPEN_FILES)
        if not piped and not stat.S_ISREG(mode):
            raise _refusal(mode, os.fspath(path), stream=stream)
        os.set_blocking(descriptor, True)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_plain(path: str | os.PathLike[str], *, stream: bool = False) -> bytes:
    """All that is in a file; as ``open_plain``."""
    with open_plain(path, stream=stream) as file:
        return file.read()


def _refusal(mode: int, path: str, *, stream: bool) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if stat.S_ISFIFO(mode):
        way_out = "write a file, or give it as <(command)" if stream else "write what comes out of it to a file"
        return OSError(errno.EINVAL, f"it is a pipe{' with a name' * stream}; {way_out}", path)
    return OSError(errno.EINVAL, "it is a device; expected a file", path)
