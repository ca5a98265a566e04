"""The engine ``local``: processes of this machine that each read one page after another, with a model of their own.

Each process is behind a pipe of its own, so that any may be killed at any moment: whoever dies is followed by another,
and the page that it had in hand is given to it, until the job says that it is left.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from ocrkit.data.free_memory import free_memory
from ocrkit.data.workers import begin_work, context_without_script, cores
from ocrkit.errors import LostProcess
from ocrkit.plugin.engine_specs import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from ocrkit.plugin.engine_specs import Job, PageTask

__all__ = ["HereEngine", "LocalEngine", "process_count"]

_MEMORY = 1.5e9  # bytes that a process is reckoned to take: libraries, models, a large page
_STARTS = 3  # processes that may die one after another before they have a page
_GOES = 5  # processes that a page may have, whatever the job says
_FILES = 3  # that a process takes of those that this one may open: its pipe, and two that tell of its end
_OTHER_FILES = 32
_log = logging.getLogger("ocrkit")


def process_count(asked: int) -> int:
    """How many processes are meant: -1 is as many as there are cores and memory for, at least one."""
    if asked > 0:
        return asked
    return max(1, min(cores(), int(min(free_memory() / _MEMORY, 1 << 16))))


def _as_may_be_open(count: int) -> int:
    """So many processes, or as many of them as the system's limit of open files has room for, at least one."""
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        used = len(os.listdir("/proc/self/fd"))
    except (ImportError, OSError):  # another system
        return count
    if limit == resource.RLIM_INFINITY or limit >= used + _OTHER_FILES + _FILES * count:
        return count
    room = max(1, (limit - used - _OTHER_FILES) // _FILES)
    _log.warning("%d processes instead of %d: no more than %d files may be open here", room, count, limit)
    return room


@dataclass(slots=True)
class _Process:
    """A process, and what it has in hand."""

    process: BaseProcess
    pipe: Connection[Any, Any]
    task: PageTask | None = None
    since: float = 0.0
    ready: bool = False  # its worker is made


@dataclass(slots=True)
class LocalEngine:
    """Reads pages in processes of this machine.

    Args:
        workers: processes; -1 for as many as there are cores and memory for.
        on_page: called in this process after each page with its number of lines.
    """

    workers: int = -1
    on_page: Callable[[int], None] = field(default=lambda _lines: None)

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """See ``ocrkit.plugin.engine_specs.Engine``.

        Raises:
            LostProcess: processes die before they can read anything.
        """
        running = _Run(_as_may_be_open(process_count(self.workers)), pickle.dumps(job), job, iter(tasks), self.on_page)
        try:
            yield from running.outcomes()
        finally:
            running.stop()


@dataclass(slots=True)
class HereEngine:
    """Reads pages in the process that asks, lines of several together.

    Args:
        on_page: as ``LocalEngine`` has it.
    """

    on_page: Callable[[int], None] = field(default=lambda _lines: None)

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """See ``ocrkit.plugin.engine_specs.Engine``."""
        worker = job.worker()
        if hasattr(worker, "on_page"):
            worker.on_page = self.on_page
        read, close = getattr(worker, "read", partial(map, worker)), getattr(worker, "close", None)
        try:
            yield from read(tasks)
        finally:
            if close is not None:
                close()


class _Run:
    """One run of the engine."""

    def __init__(
        self, count: int, pickled: bytes, job: Job, tasks: Iterator[PageTask], on_page: Callable[[int], None]
    ) -> None:
        self._count = count
        self._pickled = pickled
        self._job = job
        self._tasks = tasks
        self._on_page = on_page
        self._again: deque[PageTask] = deque()
        self._goes: dict[str, int] = {}
        self._processes: list[_Process] = []
        self._starts = 0
        self._context = context_without_script(b"__main__" in pickled)

    def outcomes(self) -> Iterator[Outcome]:
        """What became of each task."""
        while True:
            self._hand_out()
            busy = [each for each in self._processes if each.task is not None]
            if not busy:
                return
            # A process tells by its pipe's end that it died.
            for pipe in wait([each.pipe for each in busy]):
                [process] = [each for each in busy if each.pipe is pipe]
                outcome = self._heard(process)
                if outcome is not None:
                    yield outcome

    def stop(self) -> None:
        """End all processes: those without a task by themselves, the others at once."""
        for each in self._processes:
            if each.task is not None:
                each.process.kill()
            each.pipe.close()
        for each in self._processes:
            each.process.join()

    def _hand_out(self) -> None:
        """Give each process that is free a task, and start one more where there are more tasks."""
        free = [each for each in self._processes if each.task is None]
        while free or len(self._processes) < self._count:
            task = self._again.popleft() if self._again else next(self._tasks, None)
            if task is None:
                return
            try:
                process = free.pop() if free else self._started()
            except OSError as error:
                self._again.appendleft(task)
                self._count = self._fewer(error)
                return
            process.task, process.since = task, time.monotonic()
            with suppress(OSError):  # it has died, which its pipe tells as well
                process.pipe.send(task)

    def _started(self) -> _Process:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._pickled, self._threads()), daemon=True)
        process.start()
        theirs.close()  # or its end would never be seen
        begun = _Process(process, ours)
        self._processes.append(begun)
        return begun

    def _fewer(self, error: OSError) -> int:
        """How many processes there are, where one more cannot be started."""
        count, reason = len(self._processes), error.strerror or error
        if not count:
            raise LostProcess(f"no process can be started: {reason}; with `workers` 0 pages are read without any")
        _log.warning("%d of %d processes are started, and no more can be: %s", count, self._count, reason)
        return count

    def _threads(self) -> int:
        return max(1, cores() // self._count)

    def _heard(self, process: _Process) -> Outcome | None:
        """What a process says: a result, that it is at work, or, by the end of its pipe, that it died."""
        try:
            kind, value = process.pipe.recv()
        except (EOFError, OSError):
            return self._died(process)
        if kind == "ready":
            process.ready, process.since, self._starts = True, time.monotonic(), 0
        elif kind == "page":
            process.since = time.monotonic()
            self._on_page(value)
        elif kind == "note":
            _log.warning("%s", value)
        elif kind == "error":
            raise value
        else:
            process.task = None
            self._goes.pop(value.task.name, None)
            outcome: Outcome = value
            return outcome
        return None

    def _died(self, process: _Process) -> Outcome | None:
        self._processes.remove(process)
        process.pipe.close()
        process.process.join()
        task = process.task
        assert task is not None
        if not process.ready:
            self._starts += 1
            if self._starts >= _STARTS:
                raise LostProcess(f"processes that read pages die before they have one: {_ended(process)}")
            self._again.append(task)
            return None
        goes = self._goes[task.name] = self._goes.get(task.name, 0) + 1
        outcome = self._job.lost(task, _ended(process), time.monotonic() - process.since)
        if outcome is None and goes >= _GOES:
            outcome = Outcome(task, "failed", f"{goes} processes that read it died: {_ended(process)}", died=True)
        if outcome is None:
            self._again.append(task)
        else:
            del self._goes[task.name]
        return outcome


def _ended(process: _Process) -> str:
    code = process.process.exitcode
    return f"killed by signal {-code}" if code is not None and code < 0 else f"it ended with code {code}"


def _serve(pipe: Connection[Any, Any], pickled: bytes, threads: int) -> None:
    """In a process: read pages until nobody sends any."""
    begin_work()
    # Read when numerical libraries are loaded, which is later; all cores in each process would be in each other's way.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    logging.getLogger("ocrkit").addHandler(_Notes(pipe))
    try:
        worker = pickle.loads(pickled).worker()
        if hasattr(worker, "on_page"):
            worker.on_page = lambda lines: pipe.send(("page", lines))
        pipe.send(("ready", None))
        while True:
            task = pipe.recv()
            pipe.send(("outcome", worker(task)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:
        _tell(pipe, error)


def _tell(pipe: Connection[Any, Any], error: Exception) -> None:
    with suppress(OSError):
        try:
            pickle.loads(pickle.dumps(error))
            pipe.send(("error", error))
        except Exception:  # an exception need not be picklable
            pipe.send(("error", RuntimeError(f"{type(error).__name__}: {error}")))


class _Notes(logging.Handler):
    """Sends what is logged to the process that started this one."""

    def __init__(self, pipe: Connection[Any, Any]) -> None:
        super().__init__(logging.WARNING)
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            self._pipe.send(("note", record.getMessage()))
