"""Processes that open uploads, one of which may die of a file without harm to anything else."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import mmap
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.errors import LostProcess
from ocrkit_serve.work.environment import environment_of_process
from ocrkit_serve.work.kinds import PILLOW_FORMATS
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from ocrkit_serve.work.records import Limits

__all__ = ["Openers", "Pixels"]

_START_SECONDS = 60.0  # on a machine that is busy; a tenth of a second of computing
_PATIENCE = 2.0  # times the seconds that a process may compute for, and one more, until it is thought to hang
_USES = 200  # requests after which a process is replaced, since libraries may keep what they took
_PIXEL_BYTES = 3
_LONGEST_ANSWER = 1 << 16  # bytes, many times those of a true one
_log = logging.getLogger("ocrkit")


@dataclass(frozen=True, slots=True)
class Pixels:
    """A page's picture, and the pixels an inch that its file tells of, or None."""

    image: Image.Image
    dpi: float | None


class Openers:
    """Opens uploads in processes of their own, from any thread.

    Args:
        count: of processes.
        limits: what a file may cost.

    Attributes:
        died: how many processes ended over a file so far.
    """

    def __init__(self, count: int, limits: Limits) -> None:
        self.died = 0
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._all: set[_Opener] = set()
        self._free: queue.LifoQueue[_Opener | None] = queue.LifoQueue()  # None stands for one to be started
        for _ in range(count):
            self._free.put(None)
        self._count = count

    def start(self) -> None:
        """Start all processes, and wait until they are ready.

        Raises:
            LostProcess: one does not start.
        """
        begun = [self._begun() for _ in range(self._count)]
        for opener in begun:
            self._free.get_nowait()
            opener.wait_until_ready()
        for opener in begun:
            self._free.put(opener)

    def close(self) -> None:
        """End all processes, whatever they have in hand."""
        with self._lock:
            self._closed = True
            openers, self._all = list(self._all), set()
        for opener in openers:
            opener.end()

    def open(self, file: Path) -> tuple[str, int]:
        """A file's MIME type by its content, and the number of its pages.

        Raises:
            Refused: it cannot be opened, or has too many.
        """
        answer, _ = self._ask(file, {"do": "open", "most_pages": self._limits.max_pages})
        return str(answer["kind"]), int(answer["pages"])

    def pixels(self, file: Path, number: int, *, grey: bool) -> Pixels:
        """The picture of a page, from 1, upright; in grey, or as it is.

        Raises:
            Refused: it cannot be opened, or is too large.
        """
        answer, memory = self._ask(file, {**self._page("pixels", number), "grey": grey})
        size, mode = (answer["width"], answer["height"]), answer["mode"]
        # Grey is taken in place, and lives for as long as the picture does.
        image = Image.frombuffer(mode, size, memory, "raw", mode, 0, 1)  # type: ignore[arg-type]  # any buffer will do
        return Pixels(image, answer["dpi"])

    def jpeg(self, file: Path, number: int, *, longest: int) -> bytes:
        """The picture of a page, from 1, as a JPEG of at most so many px a side.

        Raises:
            Refused: it cannot be opened, or is too large.
        """
        return bytes(self._ask(file, {**self._page("jpeg", number), "longest": longest})[1])

    def _page(self, what: str, number: int) -> dict[str, Any]:
        return {"do": what, "number": number, "most_pixels": self._limits.max_pixels}

    def _ask(self, file: Path, request: dict[str, Any]) -> tuple[dict[str, Any], memoryview]:
        """What a process answers, and what it wrote."""
        opener = self._free.get()
        try:
            if opener is None or opener.is_spent:
                if opener is not None:
                    self._put_away(opener)
                opener = self._begun()
            opener.wait_until_ready()
            with _upload(file) as upload, _memory() as pixels:
                answer = opener.ask(request, upload, pixels, 1 + _PATIENCE * self._limits.open_seconds)
                if "refused" in answer:
                    status, reason = answer["refused"]
                    raise Refused(int(status), str(reason))
                return answer, _mapped(pixels)
        except (_Lost, OSError) as lost:
            if opener is not None:
                self._put_away(opener)
                opener = None
            if self._closed:
                raise Refused(503, "the service is ending") from None
            if not isinstance(lost, _Lost):
                raise
            self.died += 1
            _log.warning("a file was not opened: its process %s", lost.how)
            raise Refused(422, lost.reason) from None
        finally:
            self._free.put(opener)

    def _begun(self) -> _Opener:
        opener = _Opener(self._limits)
        with self._lock:
            closed = self._closed
            if not closed:
                self._all.add(opener)
        if closed:
            opener.end()
            raise Refused(503, "the service is ending")
        return opener

    def _put_away(self, opener: _Opener) -> None:
        with self._lock:
            self._all.discard(opener)
        opener.end()


class _Lost(Exception):  # noqa: N818 - an event, of which an error is made
    """A process that ended, or had to be ended, over a file."""

    def __init__(self, how: str, reason: str) -> None:
        super().__init__(how)
        self.how = how
        self.reason = reason


class _Opener:
    """One process."""

    def __init__(self, limits: Limits) -> None:
        self.uses = 0
        self._ready = False
        self._rest = b""
        self._channel, theirs = socket.socketpair()
        told = json.dumps(
            {
                "formats": PILLOW_FORMATS,
                "memory": limits.open_memory,
                "file_bytes": _PIXEL_BYTES * limits.max_pixels + (1 << 20),
                "seconds": limits.open_seconds,
            }
        )
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "ocrkit_serve.work.opening_process", str(theirs.fileno()), told],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=environment_of_process() | {"OCRKIT_PLUGINS": "none"},
                    start_new_session=True,  # so that Ctrl-C ends the service, which ends these in its own time
                )
            except OSError as error:
                self._channel.close()
                raise _unstarted(f"cannot be run ({error.strerror})") from error

    @property
    def is_spent(self) -> bool:
        """Whether another is to take its place."""
        return self.uses >= _USES or self._process.poll() is not None

    def wait_until_ready(self) -> None:
        """Wait until it can be asked.

        Raises:
            LostProcess: it does not start.
        """
        if self._ready:
            return
        try:
            self._line(_START_SECONDS)
        except (_Lost, OSError) as error:
            raise _unstarted(str(error)) from error
        self._ready = True

    def ask(self, request: dict[str, Any], upload: int, pixels: int, seconds: float) -> dict[str, Any]:
        """What it answers.

        Raises:
            _Lost: it ended, or took too long.
        """
        self.uses += 1
        try:
            socket.send_fds(self._channel, [json.dumps(request).encode() + b"\n"], [upload, pixels])
        except OSError:
            raise self._ended() from None
        answer: dict[str, Any] = json.loads(self._line(seconds))
        return answer

    def end(self) -> None:
        """Kill it, and close what belongs to it."""
        self._process.kill()
        self._process.wait()
        self._channel.close()

    def _line(self, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            self._channel.settimeout(max(0.001, until - time.monotonic()))
            try:
                part = self._channel.recv(1 << 16)
            except TimeoutError:
                raise _Lost("hung", _too_long(seconds)) from None
            except OSError:
                part = b""
            if not part or len(self._rest) > _LONGEST_ANSWER:
                raise self._ended()
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _ended(self) -> _Lost:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.returncode
        if code == -signal.SIGXCPU:
            return _Lost("took too long", _too_long(None))
        how = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with {code}"
        return _Lost(how, "the file cannot be opened: what opens it fails over it; it may be damaged: save it anew")


def _unstarted(why: str) -> LostProcess:
    return LostProcess(
        f"a process that opens files does not start: it {why}; see that memory is left, or install ocrkit-serve anew"
    )


def _too_long(seconds: float | None) -> str:
    told = "too long" if seconds is None else f"more than {seconds:.0f} seconds"
    return f"opening the page takes {told}; send it smaller, or save it anew"


@contextlib.contextmanager
def _upload(file: Path) -> Iterator[int]:
    try:
        number = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Refused(410, "the file is no longer kept; send it again") from None
    try:
        yield number
    finally:
        os.close(number)


@contextlib.contextmanager
def _memory() -> Iterator[int]:
    """A file in memory, without a name, that two processes can hold."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            yield number
        finally:
            os.close(number)
    else:
        with tempfile.TemporaryFile() as file:
            yield file.fileno()


def _mapped(number: int) -> memoryview:
    """What a file holds, in place; it lives for as long as somebody holds this."""
    if hasattr(os, "memfd_create"):
        # Where its writer could cut it short, looking behind its end would end this process.
        fcntl.fcntl(number, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
    size = os.fstat(number).st_size
    return memoryview(mmap.mmap(number, size, access=mmap.ACCESS_READ) if size else b"")
