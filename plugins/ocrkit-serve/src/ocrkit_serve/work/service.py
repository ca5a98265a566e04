"""What reads for everyone who asks: opened in processes of their own, in turn, line beside line."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ocrkit.layout.records import Page
from ocrkit.runtime_choice import finder_runtime, sooner_runtime
from ocrkit_serve.work.admission import Admission
from ocrkit_serve.work.allocation import bound_memory, give_back_memory
from ocrkit_serve.work.correctors import Correctors
from ocrkit_serve.work.folder import PrivateFolder
from ocrkit_serve.work.jobs import Job, Jobs
from ocrkit_serve.work.models import Models
from ocrkit_serve.work.opened import Opened
from ocrkit_serve.work.openers import Openers
from ocrkit_serve.work.patience import Patience
from ocrkit_serve.work.reading import Reading
from ocrkit_serve.work.records import MOST_ALTERNATIVES, Metric, Refused
from ocrkit_serve.work.segmenters import Segmenters
from ocrkit_serve.work.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.scan import ReadPage
    from ocrkit.plugin.registry import Registry
    from ocrkit_serve.work.records import Asked, Limits
    from ocrkit_serve.work.upload_scan import UploadScan

__all__ = ["Work"]

Answer = TypeVar("Answer")

_LINES_AT_A_TIME = 4  # requests for single lines, which are opened and read beside pages
_LONGEST_SWEEP = 5.0  # seconds
_log = logging.getLogger("ocrkit")


class Work:
    """Reads uploads for many at a time.

    Args:
        models: those to start with, the first for whoever names none: files, runs' folders or installed ones' names;
            None for the one that ``ocrkit read`` would take. Installed ones may be asked for besides.
        limits: what a request may cost.
        device: where models compute.
        threads: of torch; 0 leaves them.
        segmenter: what finds lines where none is asked for; None for the best that is installed.
        correctors: the names of those that may be asked for; None for all that are installed and can be used as they
            are.
        registry: knows what is installed; None for the default one.

    Raises:
        UnknownNameError: there is no corrector of a name.
    """

    def __init__(
        self,
        models: Sequence[str | None],
        *,
        limits: Limits,
        device: str = "auto",
        threads: int = 0,
        segmenter: str | None = None,
        correctors: Sequence[str] | None = None,
        registry: Registry | None = None,
    ) -> None:
        self.limits = limits
        self._at_a_time = max(2, min(4, (os.cpu_count() or 2) // 2))
        self._admission = Admission(limits.queue, self._at_a_time)
        self._under_way = _UnderWay()
        self._models = Models(models, device=device, threads=threads, registry=registry, others=self._under_way.count)
        self._correctors = Correctors(correctors, registry)
        finds = finder_runtime("auto", sooner_runtime(device))
        self._reading = Reading(self._models, Segmenters(segmenter, registry, finds), self._correctors)
        self._openers = Openers(self._at_a_time + 1, limits)
        self._jobs = Jobs(limits)
        self._folder: PrivateFolder | None = None
        self._threads = ThreadPoolExecutor(self._at_a_time + 1, thread_name_prefix="opening")
        self._page_turns = Turns(self._at_a_time, "pages")
        self._line_turns = Turns(_LINES_AT_A_TIME, "lines")
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether requests are taken."""
        return self._admission.stage == "ready"

    @property
    def models(self) -> list[dict[str, object]]:
        """What models there are, the one that is taken where none is asked for first."""
        return self._models.described()

    @property
    def correctors(self) -> list[str]:
        """The names of what mends words."""
        return list(self._correctors.names)

    @property
    def folder(self) -> Path:
        """A folder that nobody else looks into, and that goes with the service: for uploads on their way."""
        if self._folder is None:
            self._folder = PrivateFolder()
        return self._folder.path

    async def start(self) -> None:
        """Load the models, and start what opens files.

        Raises:
            OcrkitError: a model or the segmenter is not there, or is damaged, or what opens files does not start.
        """
        bound_memory()
        _ = self.folder
        loop = asyncio.get_running_loop()
        starting = loop.run_in_executor(self._threads, self._openers.start)
        await asyncio.gather(starting, loop.run_in_executor(self._threads, self._load))
        if self._admission.stage == "starting":
            self._sweeping = asyncio.create_task(self._sweep())
            self._admission.stage = "ready"

    async def drain(self, seconds: float) -> None:
        """Take no more requests, let those in hand end for at most so long, and end everything."""
        self._admission.stage = "ending"
        until = time.monotonic() + seconds
        while not self._admission.is_idle and time.monotonic() < until:
            await asyncio.sleep(0.05)
        for job in self._jobs.all():
            self._end_job(job, "cancelled")
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._openers.close()
        await asyncio.to_thread(self._close)
        self._admission.stage = "ended"

    async def open(self, file: Path, name: str = "") -> Opened:
        """What kind of file an upload is, and how many pages it has.

        Args:
            file: where it lies; it stays the caller's.
            name: what the sender calls it, for the name of its pages; it is never opened.

        Raises:
            Refused: it cannot be opened, or the service is full.
        """
        return await self._apart(lambda: self._opened(file, name))

    async def read(
        self, opened: Opened, number: int, asked: Asked, *, cancelled: asyncio.Event | None = None
    ) -> ReadPage:
        """What stands on a page, from 1, or in the line that it is.

        Args:
            opened: the upload.
            number: the page.
            asked: how to read it.
            cancelled: set where nobody waits for the answer any more.

        Raises:
            Refused: it cannot be read, takes too long, or the service is full.
        """
        self._check(asked)
        scan, patience = opened.scan(number), Patience(self.limits.deadline)
        future: Future[ReadPage] = Future()
        self._admission.begin_reading()
        future.add_done_callback(lambda _: self._admission.end_reading())
        turns = self._turns(asked)
        turns.add(patience, [lambda: _settle(future, lambda: self._read(scan, asked, patience))])
        waiting = asyncio.wrap_future(future)
        gone = asyncio.ensure_future((cancelled or asyncio.Event()).wait())
        both: set[asyncio.Future[Any]] = {waiting, gone}
        try:
            await asyncio.wait(both, timeout=patience.left, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                if gone.done():
                    patience.end()
                patience.check()
            return await self._counted(waiting)
        finally:
            patience.end()
            turns.drop(patience)
            gone.cancel()
            waiting.cancel()

    async def picture(self, opened: Opened, number: int, *, longest: int = 2000) -> bytes:
        """A page's picture as a JPEG for browsers, at most so many px a side.

        Raises:
            Refused: it cannot be opened, or the service is full.
        """
        scan = opened.scan(number)
        return await self._apart(lambda: self._openers.jpeg(scan.file, number, longest=longest))

    async def full_picture(self, opened: Opened, number: int) -> Image:
        """A page's picture as it was read, upright, in mode ``L`` or ``RGB``.

        Raises:
            Refused: it cannot be opened, or the service is full.
        """
        scan = opened.scan(number)
        return await self._apart(lambda: self._openers.pixels(scan.file, number, grey=False).image)

    def submit(self, file: Path, name: str, asked: Asked) -> Job:
        """Read all pages of an upload in the background, in turn with others.

        Args:
            file: where it lies; it is removed with the job.
            name: what the sender calls it.
            asked: how to read it.

        Raises:
            Refused: it cannot be done, or the service is full; the file stays the caller's.
        """
        self._check(asked)
        self._admission.begin_reading()
        job = Job(file, name, asked)
        try:
            self._jobs.add(job)
        except BaseException:
            self._admission.end_reading()
            raise
        self._line_turns.add(job, [lambda: self._begin_job(job)])
        return job

    def job(self, job_id: str) -> Job | None:
        """A job; None where there never was one of that id.

        Raises:
            Refused: it is kept no longer.
        """
        return self._jobs.get(job_id)

    def cancel(self, job_id: str) -> None:
        """Read no more of a job, and keep nothing of it."""
        job = self._jobs.get(job_id)
        if job is not None:
            self._end_job(job, "cancelled")
            self._jobs.remove(job)

    def metrics(self) -> Iterator[Metric]:
        """What is counted."""
        lines, batches, waiting = self._models.counts()
        jobs = self._jobs.all()
        queued = self._page_turns.waiting() + self._line_turns.waiting()
        yield from self._admission.metrics()
        yield Metric("ocrkit_lines_read_total", "counter", "Lines that models read.", {(): lines})
        yield Metric("ocrkit_line_batches_total", "counter", "Batches that models read them in.", {(): batches})
        yield Metric("ocrkit_lines_waiting", "gauge", "Lines that wait for a model.", {(): waiting})
        yield Metric("ocrkit_pages_waiting", "gauge", "Pages that nobody has begun to read.", {(): queued})
        yield Metric("ocrkit_openers_lost_total", "counter", "Processes that files ended.", {(): self._openers.died})
        yield Metric("ocrkit_jobs_kept", "gauge", "Jobs that are kept.", {(): len(jobs)})
        yield Metric("ocrkit_jobs_kept_bytes", "gauge", "What they take.", {(): sum(job.size for job in jobs)})

    def _check(self, asked: Asked) -> None:
        if len(asked.lexicon) > self.limits.lexicon_words:
            most = self.limits.lexicon_words
            raise self._admission.refusal(400, f"the lexicon has {len(asked.lexicon)} words; send at most {most}")
        if not 0 <= asked.alternatives <= MOST_ALTERNATIVES:
            raise self._admission.refusal(
                400, f"alternatives is {asked.alternatives}; ask for 0 to {MOST_ALTERNATIVES}"
            )
        try:
            self._reading.check(asked)
        except Refused as refused:
            raise self._admission.counted(refused) from None

    def _turns(self, asked: Asked) -> Turns:
        return self._line_turns if asked.kind == "line" else self._page_turns

    def _opened(self, file: Path, name: str) -> Opened:
        kind, pages = self._openers.open(file)
        return Opened(kind, pages, file, name or "upload", self._openers)

    async def _apart(self, call: Callable[[], Answer]) -> Answer:
        """What a call gives, in a thread of those that wait for what opens files."""
        self._admission.begin_opening()
        future = self._threads.submit(call)
        future.add_done_callback(lambda _: self._admission.end_opening())
        return await self._counted(asyncio.wrap_future(future))

    async def _counted(self, waiting: asyncio.Future[Answer]) -> Answer:
        try:
            return await waiting
        except Refused as refused:
            raise self._admission.counted(refused) from None

    def _read(self, scan: UploadScan, asked: Asked, patience: Patience) -> ReadPage:
        begun = time.monotonic()
        with self._under_way:
            read = self._reading.read(scan, asked, patience)
        self._admission.was_read(time.monotonic() - begun if asked.kind == "page" else None)
        return read

    def _begin_job(self, job: Job) -> None:
        try:
            job.patience.check()
            opened = self._opened(job.file, job.name)
        except Refused as refused:
            self._end_job(job, "failed", refused)
            return
        except Exception:
            self._end_job(job, "failed", _fault("a document could not be opened"))
            return
        job.begin(opened)
        numbers = range(1, opened.pages + 1)
        self._turns(job.asked).add(job, [partial(self._read_of, job, number) for number in numbers])

    def _read_of(self, job: Job, number: int) -> None:
        if job.is_over or job.opened is None:
            return
        scan = job.opened.scan(number)
        patience = Patience(self.limits.deadline, within=job.patience)
        try:  # what a plugin has put in the page may also be none that can be kept
            is_last = job.take(number, self._read(scan, job.asked, patience).page)
        except Refused as refused:
            is_last = job.take(number, _unread(scan, refused))
        except Exception:
            is_last = job.take(number, _unread(scan, _fault("a page could not be read")))
        if is_last:
            self._end_job(job, "done")

    def _end_job(self, job: Job, state: str, refused: Refused | None = None) -> None:
        if job.end(state, self.limits.keep, refused):  # type: ignore[arg-type]  # one of State's
            self._page_turns.drop(job)
            self._line_turns.drop(job)
            self._admission.end_reading()

    def _load(self) -> None:
        self._models.load()
        self._reading.segmenters.load()
        with self._models.lent(None) as model:
            self._correctors.load(model.recognizer.model.charset)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(_LONGEST_SWEEP, self.limits.keep / 2))
            try:
                self._jobs.sweep()
                await asyncio.to_thread(give_back_memory)
            except Exception:
                _log.exception("what is kept no longer could not be swept away; it is tried again")

    def _close(self) -> None:
        for turns in (self._page_turns, self._line_turns):
            turns.close(0)
        self._models.close(1.0)
        self._threads.shutdown(cancel_futures=True)
        for job in self._jobs.all():
            self._jobs.remove(job)
        if self._folder is not None:
            self._folder.remove()


class _UnderWay:
    """Counts the blocks of ``with`` that threads are in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def count(self) -> int:
        """How many there are."""
        return self._count

    def __enter__(self) -> None:
        with self._lock:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1


def _settle(future: Future[Answer], call: Callable[[], Answer]) -> None:
    """Give a future what a call gives, or what it raises."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)


def _unread(scan: UploadScan, refused: Refused) -> Page:
    return Page(scan.name, 0, 0, number=scan.number, error=refused.reason)


def _fault(what: str) -> Refused:
    _log.exception(what)
    return Refused(500, f"{what}, by a fault of the service")
