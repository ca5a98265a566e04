"""What all requests share: the reading, the settings, and whether the service is loading, ready or about to end."""

from __future__ import annotations

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeAlias, TypeVar, get_args

from ocrkit_serve.counts import Counts
from ocrkit_serve.formats import Formats
from ocrkit_serve.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request

    from ocrkit_serve.collecting import Collection
    from ocrkit_serve.settings import Settings
    from ocrkit_serve.work import Job, Work
    from ocrkit_serve.work.records import Asked

__all__ = ["PHASES", "Phase", "Service", "service_of"]

Phase: TypeAlias = Literal["loading", "ready", "ending", "failed"]
PHASES: tuple[Phase, ...] = get_args(Phase)

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

_LOADING = 2  # seconds after which to ask again
_ENDING = 10
_LEFT = 499  # what others answer, too, where nobody hears it
_LOOKED = 0.1  # seconds between two looks
_RECEIVED = 8  # bodies at a time, and two for each place of the queue
_WRITTEN_AT_A_TIME = 2
_KEPT_AT_A_TIME = 2


class Service:
    """The state of the service.

    Args:
        work: what reads.
        settings: how it is reached.
        collection: where corrected lines are kept; None keeps none.

    Attributes:
        counts: of requests.
        formats: that pages are written in.
        failure: why loading failed; None where it did not.
    """

    def __init__(self, work: Work, settings: Settings, collection: Collection | None = None) -> None:
        self.work = work
        self.settings = settings
        self.collection = collection
        self.counts = Counts()
        self.formats = Formats()
        self.failure: BaseException | None = None
        self._writing = asyncio.Semaphore(_WRITTEN_AT_A_TIME)
        # Keeping waits for others who keep, and so not in the threads in which all answers are written.
        self._keepers = ThreadPoolExecutor(_KEPT_AT_A_TIME, thread_name_prefix="keeping")
        self._loading: asyncio.Task[None] | None = None
        self._over: asyncio.Task[None] | None = None
        self._begun: list[Job] = []
        self._ending = False
        self._received = 0
        self._until = math.inf

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        if self._ending:
            return "ending"
        if self.failure is not None:
            return "failed"
        return "ready" if self.work.ready else "loading"

    @property
    def folder(self) -> Path:
        """For files that are received or written: nobody else looks into it, and it goes with the service."""
        return self.work.folder

    @property
    def correctors(self) -> list[str]:
        """The names of what mends words, and may be asked for."""
        return list(self.work.correctors)

    def check_correctors(self, asked: Asked) -> None:
        """Refuse correctors that are not there.

        Raises:
            Problem: one is asked for.
        """
        for name in (asked.correct, asked.propose):
            if name is not None and name not in self.correctors:
                there = f"there are: {', '.join(self.correctors)}" if self.correctors else "there is none"
                way_out = "take one of those, or leave" if self.correctors else "leave"
                raise Problem(400, f"no corrector {name[:40]!r}; {there}", f"{way_out} 'correct' and 'propose' out")

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """Count a body as being received while the block runs, since each takes room on the disk.

        Raises:
            Problem: as many are already as may be.
        """
        if self._received >= _RECEIVED + 2 * self.settings.limits.queue:
            raise Problem(503, "too much is being received at once", headers={"Retry-After": str(_ENDING)})
        self._received += 1
        try:
            yield
        finally:
            self._received -= 1

    @asynccontextmanager
    async def writing(self, left: asyncio.Event | None = None) -> AsyncIterator[None]:
        """Wait for a turn to write pages in a format, which takes memory and time, and hold it while the block runs.

        Args:
            left: set where nobody waits for them any more.

        Raises:
            Problem: nobody waits, or it was nobody's turn to end before the deadline.
        """
        deadline = self.settings.limits.deadline
        turn = asyncio.ensure_future(self._writing.acquire())
        gone = asyncio.ensure_future((left or asyncio.Event()).wait())
        try:
            await asyncio.wait({turn, gone}, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise Problem(_LEFT, "who asked for it has left")
            if not turn.done():
                reason = f"others' pages were being written for all of {deadline:.0f} seconds"
                raise Problem(504, reason, "try again later", {"Retry-After": str(_ENDING)})
            yield
        finally:
            gone.cancel()
            if not turn.cancel():
                self._writing.release()

    async def keeping(
        self, call: Callable[Arguments, Answer], /, *args: Arguments.args, **options: Arguments.kwargs
    ) -> Answer:
        """What a call gives, made in one of the few threads that keep corrected lines."""
        return await asyncio.get_running_loop().run_in_executor(self._keepers, partial(call, *args, **options))

    def begin(self) -> None:
        """Load the models, while requests that need none are answered."""
        self._loading = asyncio.create_task(self._load())

    async def end(self) -> None:
        """Let what is being read come to its end, in the time that the settings give, and clean up; once only."""
        self._ending = True
        self._until = min(self._until, time.monotonic() + self.settings.drain_seconds)
        if self._over is None:
            self._over = asyncio.create_task(self._end())
        await asyncio.shield(self._over)

    def hurry(self) -> None:
        """Wait no longer for what is being read."""
        self._until = 0.0

    def submit(self, file: Path, name: str, asked: Asked) -> Job:
        """Have a file read as a job, which the end of the service waits for.

        Raises:
            Refused: too much waits already.
        """
        job = self.work.submit(file, name, asked)
        self._begun = [*self._unfinished(), job]
        return job

    def check_ready(self) -> None:
        """Refuse what is to be read where it cannot be.

        Raises:
            Problem: the models are being loaded, or the service is about to end.
        """
        if self.phase == "loading":
            headers = {"Retry-After": str(_LOADING)}
            raise Problem(503, "the models are being loaded", "try again in a moment", headers)
        if self.phase != "ready":
            headers = {"Retry-After": str(_ENDING)}
            raise Problem(503, "the service is about to end", "try again in a moment", headers)

    def job(self, name: str) -> Job:
        """The job of that name.

        Raises:
            Problem: there never was one.
            Refused: it is kept no longer.
        """
        job = self.work.job(name)
        if job is None:
            keep = self.settings.limits.keep
            raise Problem(404, "there is no such job", f"send the file again; jobs stay {keep:.0f} s")
        return job

    async def _end(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        waited_for = bool(self._unfinished())
        while self._unfinished() and self._left():
            await asyncio.sleep(_LOOKED)
        lingering = time.monotonic() + self.settings.linger_seconds
        while waited_for and self._left() and time.monotonic() < lingering:
            await asyncio.sleep(_LOOKED)
        await self.work.drain(self._left())
        self._keepers.shutdown(wait=False)

    def _left(self) -> float:
        """Seconds for what is being read."""
        return max(0.0, self._until - time.monotonic())

    def _unfinished(self) -> list[Job]:
        return [job for job in self._begun if job.state in ("waiting", "reading")]

    async def _load(self) -> None:
        try:
            await self.work.start()
        except Exception as error:
            self.failure = error


def service_of(request: Request) -> Service:
    """The service that a request is for."""
    service: Service = request.app.state.service
    return service
