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
from typing import TYPE_CHECKING, TextIO

from ocrkit.cli.escaping import escaping
from ocrkit.errors import OcrkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

__all__ = ["OutputError", "ReaderLeft", "standard_streams"]

_CLOSED = OSError(errno.EBADF, "it is closed")


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
    raw = _Results(number)
    at_once = raw.isatty() or getattr(stream, "write_through", False)  # as PYTHONUNBUFFERED asks
    text = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "surrogateescape", line_buffering=at_once)
    return escaping(text) if raw.isatty() else text


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


class _Descriptor(io.RawIOBase):
    """A file descriptor that is not closed with this object, and may be closed already."""

    def __init__(self, number: int | None) -> None:
        self._number = number
        self._failed = False

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
        if self._failed:
            return size
        try:
            return self._written(data)
        except OSError as error:
            # The buffers above keep what they could not write, and would try it again at the end.
            self._failed = True
            self._fail(error)
            return size

    def _written(self, data: ReadableBuffer) -> int:
        if self._number is None:
            raise _CLOSED
        while True:
            try:
                return os.write(self._number, data)
            except BlockingIOError:
                select.select([], [self._number], [])

    def _fail(self, error: OSError) -> None:
        raise NotImplementedError


class _Results(_Descriptor):
    def _fail(self, error: OSError) -> None:
        if isinstance(error, BrokenPipeError):
            raise ReaderLeft from error
        reason = error.strerror or error
        raise OutputError(f"the results cannot be written to stdout: {reason}; send them elsewhere") from error


class _Talk(_Descriptor):
    def _fail(self, error: OSError) -> None:
        self._failed = isinstance(error, BrokenPipeError)  # a disk that is full may have room again
