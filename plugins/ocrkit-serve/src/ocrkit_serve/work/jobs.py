"""Documents that are read in the background, and what was read of them so far."""

from __future__ import annotations

import logging
import pickle
import secrets
import threading
import time
import zlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from ocrkit.layout.scan import ReadPage
from ocrkit_serve.work.patience import Patience
from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.layout.records import Page
    from ocrkit_serve.work.opened import Opened
    from ocrkit_serve.work.records import Asked, Limits

__all__ = ["Job", "Jobs", "State"]

State: TypeAlias = Literal["waiting", "reading", "done", "failed", "cancelled"]

_REMEMBERED = 1000  # ids of jobs that are kept no longer
_log = logging.getLogger("ocrkit")


@dataclass(slots=True, eq=False)
class Job:
    """A document that is read in the background.

    Attributes:
        file: the document, the job's own.
        name: what the sender calls it.
        asked: how it is read.
        id: 128 random bits, in hexadecimal.
        state: what becomes of it.
        opened: the document, once that is known.
        error: why it failed; empty where it did not.
        refused: likewise, with its status.
        kept_until: seconds since 1970 at which it goes; None while it is being read.
        patience: of whoever asked for it.
        file_size: bytes.
    """

    file: Path
    name: str
    asked: Asked
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    state: State = "waiting"
    opened: Opened | None = None
    error: str = ""
    refused: Refused | None = None
    kept_until: float | None = None
    patience: Patience = field(default_factory=Patience)
    file_size: int = 0
    _read: dict[int, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pages(self) -> int | None:
        """How many pages it has; None where that is not known yet."""
        return None if self.opened is None else self.opened.pages

    @property
    def done(self) -> int:
        """How many are read."""
        return len(self._read)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be read."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def size(self) -> int:
        """Bytes that its file and what was read take."""
        return self.file_size + sum(map(len, self._read.values()))

    @property
    def read(self) -> list[ReadPage]:
        """The pages that are read, in order."""
        return [page for number in sorted(self._read) if (page := self.page(number)) is not None]

    def page(self, number: int) -> ReadPage | None:
        """A page, from 1; None where it is not read yet, or there is none."""
        packed = self._read.get(number)
        if packed is None or self.opened is None:
            return None
        return ReadPage(pickle.loads(zlib.decompress(packed)), self.opened.scan(number))

    def begin(self, opened: Opened) -> None:
        """Tell what was found when it was opened."""
        with self._lock:
            if not self.is_over:
                self.opened, self.state = opened, "reading"

    def take(self, number: int, page: Page) -> bool:
        """Keep a page that was read; whether it was the last."""
        # Packed, a page takes a twentieth of the memory, and so of what many kept jobs take.
        packed = zlib.compress(pickle.dumps(page, pickle.HIGHEST_PROTOCOL), 1)
        with self._lock:
            if self.is_over:
                return False
            self._read[number] = packed
            return len(self._read) == self.pages

    def end(self, state: State, seconds: float, refused: Refused | None = None) -> bool:
        """Say what became of it, and keep it for so long; whether nobody had said so before."""
        with self._lock:
            if self.is_over:
                return False
            self.state, self.refused = state, refused
            self.error = "" if refused is None else refused.reason
            self.kept_until = time.time() + seconds
        self.patience.end()
        return True


class Jobs:
    """The jobs that are kept, with bounds on how many, how large, and how long.

    Args:
        limits: these bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Job] = OrderedDict()
        self._gone: deque[str] = deque(maxlen=_REMEMBERED)

    def add(self, job: Job) -> None:
        """Keep a job; those that are done go before their time where there is no room.

        Raises:
            Refused: there is none, since others are not done.
        """
        job.file_size = job.file.stat().st_size
        with self._lock:
            for other in [other for other in self._kept.values() if other.is_over]:
                if self._has_room_for(job):
                    break
                self._remove(other)
            if not self._has_room_for(job):
                raise Refused(503, "the service holds as many documents as it may; try again later", 60)
            self._kept[job.id] = job

    def get(self, job_id: str) -> Job | None:
        """A job; None where there never was one of that id.

        Raises:
            Refused: it is kept no longer.
        """
        with self._lock:
            job = self._kept.get(job_id)
            if job is None and job_id in self._gone:
                raise Refused(410, "the job is kept no longer; send the document again")
        return job

    def remove(self, job: Job) -> None:
        """Keep a job no longer, and remove its file."""
        with self._lock:
            if job.id in self._kept:
                self._remove(job)

    def sweep(self, now: float | None = None) -> None:
        """Remove those whose time is over."""
        now = time.time() if now is None else now
        with self._lock:
            for job in [job for job in self._kept.values() if job.kept_until is not None and job.kept_until <= now]:
                self._remove(job)

    def all(self) -> list[Job]:
        """Those that are kept."""
        with self._lock:
            return list(self._kept.values())

    def _has_room_for(self, job: Job) -> bool:
        held = sum(other.size for other in self._kept.values())
        return len(self._kept) < self._limits.kept_jobs and held + job.size <= self._limits.kept_bytes

    def _remove(self, job: Job) -> None:
        del self._kept[job.id]
        self._gone.append(job.id)
        try:
            job.file.unlink(missing_ok=True)
        except OSError as error:  # others are to be removed all the same; the folder goes with the service
            _log.warning("the file of a job could not be removed: %s", error.strerror)
