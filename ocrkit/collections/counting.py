"""How many pages PDFs have, asked in a process of its own: one on which PDFium crashes, or never ends, stops no run."""

from __future__ import annotations

import contextlib
import os
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.collections.terms import death_notice
from ocrkit.data.sources.images import image_suffixes
from ocrkit.data.workers import WorkerDied, Workers
from ocrkit.errors import LostProcess, WorkerLostError
from ocrkit.pages.opening import pages_held

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PageCounter"]

_LONGEST = 60.0  # seconds; longer takes a disk that does not answer, or what never ends
_MEMORY = 2_000_000_000  # bytes that counting may take
_OOM_FIRST = "1000"


class PageCounter:
    """Counts the pages of files, PDFs in a process that is started with the first one.

    Any thread may ask.

    Args:
        password: of PDFs that are locked.
        tries: processes that may die of a file before it is given up.
        deadline: seconds that counting may take, at most 60 of which count; 0 for any time.
        held: counts a file's pages, given its password; picklable.
    """

    def __init__(
        self,
        password: str | None = None,
        *,
        tries: int = 2,
        deadline: float = _LONGEST,
        held: Callable[[Path, str | None], int] = pages_held,
    ) -> None:
        self._tries = tries
        self._deadline = min(deadline, _LONGEST) if deadline else None
        self._workers: Workers[Path | None, int] = Workers(
            partial(_counted, held=held, password=password), count=1, what="counts pages"
        )
        self._ready = self._closed = False
        self._lock = threading.Lock()
        self._given_up: dict[str, str] = {}

    def count(self, path: Path) -> int:
        """How many pages a file has; 0 where it cannot be opened, or is given up.

        Raises:
            DependencyError: it is a PDF, and pypdfium2 is not installed.
            LostProcess: processes die before they can count anything.
            DataError: no process can be started.
        """
        if path.suffix.lower() in image_suffixes():
            return pages_held(path)  # a TIFF's directories are read by no library, and within bounds
        with self._lock:
            died = 0
            while not self._closed and str(path) not in self._given_up:
                try:
                    return self._asked(path)
                except (WorkerDied, WorkerLostError, TimeoutError) as error:
                    self._workers.abandon()
                    self._ready = False
                    died += 1
                    if died >= self._tries and not self._closed:
                        late = f"it took longer than {self._deadline:g} s" if isinstance(error, TimeoutError) else ""
                        self._given_up[str(path)] = death_notice("counted its pages", died, late)
            return 0

    def why_given_up(self, place: str) -> str:
        """Why a file's pages are not known, where processes died of it; empty for any other."""
        return self._given_up.get(place, "")

    def close(self) -> None:
        """Stop the process, whatever it has in hand, and count no more."""
        self._closed = True
        self._workers.abandon()

    def _asked(self, path: Path) -> int:
        if not self._ready:
            try:
                self._workers.submit(None).result()
            except WorkerDied as error:
                raise LostProcess("processes that count pages die before they have a file") from error
            self._ready = True
        [count] = self._workers.submit(path).result(self._deadline)
        return count


def _counted(path: Path | None, held: Callable[[Path, str | None], int], password: str | None) -> int:
    """In the process: how many pages a file has; None comes first."""
    if path is not None:
        try:
            return held(path, password)
        except MemoryError:
            os._exit(1)
    # Where memory runs out, this process ends and no other.
    with contextlib.suppress(ImportError, OSError, ValueError):  # another system, or a limit that is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_FIRST)
    return 0
