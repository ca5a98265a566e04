"""What stands behind stdout and stderr while a command runs.

Talk never ends a command: where stderr is closed, full or read by nobody any more, it is dropped. Results that cannot
be written always end it, with an exception that no handler of ``OSError`` on the way takes for its own.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from ocrkit.cli.escaping import escaping
from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import ReadableBuffer

__all__ = ["OutputError", "ReaderLeft", "standard_streams"]


class ReaderLeft(Exception):  # noqa: N818 - no error, but the usual end of a pipe into head
    """Whoever read the results has closed the pipe."""


class OutputError(OcrkitError):
    """Results that stdout does not take, since its disk is full or it is closed."""


@contextmanager
def standard_streams() -> Iterator[None]:
    """Put streams in the place of ``sys.stdout`` and ``sys.stderr`` that behave as this module says.

    Both are UTF-8 whatever the locale. A file's name that is not comes out of stdout as the bytes that it is. What
    would steer a terminal is escaped on stderr always, and on stdout where that is a terminal.
    """
    before = sys.stdout, sys.stderr
    _occupy_closed_descriptors()
    sys.stdout, sys.stderr = _results(sys.stdout), _talk(sys.stderr)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _results(stream: TextIO | None) -> TextIO:
    number = _descriptor(stream)
    if number is None and stream is not None:  # no file behind it, as where a test catches what is printed
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
        return stream
    # Python's own, down to the file: were a part of it written in Python, Ctrl-C could come between a write and the
    # note that it was done, and it would be done twice.
    raw = _Closed() if number is None else io.FileIO(number, "w", closefd=False)
    at_once = raw.isatty() or getattr(stream, "write_through", False)  # as PYTHONUNBUFFERED asks
    text = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "surrogateescape", line_buffering=at_once)
    checked = cast("TextIO", _Checked(text))
    return escaping(checked) if raw.isatty() else checked


def _talk(stream: TextIO | None) -> TextIO:
    number = _descriptor(stream)
    if number is None and stream is not None:
        return escaping(stream)
    return escaping(
        io.TextIOWrapper(io.BufferedWriter(_Talk(number)), "utf-8", "backslashreplace", line_buffering=True)
    )


def _descriptor(stream: TextIO | None) -> int | None:
    try:
        return None if stream is None else stream.fileno()
    except (OSError, AttributeError, ValueError):  # io.UnsupportedOperation is the first and the last
        return None


def _occupy_closed_descriptors() -> None:
    """Open nothing in the place of a closed stream; else the next file, a model perhaps, would be taken for it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # which takes the lowest number that is free


class _Checked:
    """A stream of which a write that fails is known by its exception, and is not tried again."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner
        self._failed = False

    def write(self, text: str) -> int:
        with self._failing():
            self._inner.write(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        with self._failing():
            self._inner.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if self._failed:  # the buffers keep what they could not write
                return
            self._failed = True
            if isinstance(error, BrokenPipeError):
                raise ReaderLeft from error
            reason = error.strerror or error
            raise OutputError(f"the results cannot be written to stdout: {reason}; send them elsewhere") from error


class _Closed(io.RawIOBase):
    """Stands for a stdout that is closed."""

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:  # noqa: ARG002 - the base's
        raise OSError(errno.EBADF, "it is closed")


class _Talk(io.RawIOBase):
    """A file descriptor that takes what it can; it is not closed with this object, and may be closed already."""

    def __init__(self, number: int | None) -> None:
        self._number = number

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        if self._number is None:
            raise io.UnsupportedOperation("fileno")
        return self._number

    def isatty(self) -> bool:
        return self._number is not None and os.isatty(self._number)

    def write(self, data: ReadableBuffer, /) -> int:
        size = memoryview(data).nbytes
        while self._number is not None:
            try:
                return os.write(self._number, data)
            except BlockingIOError:
                select.select([], [self._number], [])
            except BrokenPipeError:
                self._number = None
            except OSError:  # a disk that is full may have room again
                return size
        return size
