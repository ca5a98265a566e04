"""One task over many items in worker processes: results in order, only a few items in hand at a time."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from ocrkit.data.process_pool import ProcessPool, WorkerDied, begin_work
from ocrkit.errors import DataError, WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.popen_forkserver import Popen
    from multiprocessing.process import BaseProcess

__all__ = ["WorkerDied", "Workers", "begin_work", "context_without_script", "cores"]

T = TypeVar("T")
R = TypeVar("R")

_CHUNK = 16  # items sent to a worker at a time
_AHEAD = 4  # chunks in hand for each worker
_DIED = (
    "a process that {what} died; with workers = 0 none is started. "
    "A script whose own functions or classes are sent to processes must do its work under "
    "'if __name__ == \"__main__\":', since each imports it; else memory may have run out"
)

_Pending: TypeAlias = deque[tuple[list[T], "Future[list[R]] | None"]]

_start_lock = threading.Lock()


class Workers(Generic[T, R]):
    """Applies a task to items in processes that are started at the first use.

    Worker processes do not import the script that was started, unless a task or an item is defined there: only then
    must the script's own work stand under ``if __name__ == "__main__":``.

    Attributes:
        count: processes; 0 works in this one.

    Args:
        task: picklable; called in the workers.
        count: processes; -1 takes one a core.
        what: what the processes do, for the message when one dies.
        on_death: gives the result of an item at which a worker died (a library crashed, or memory ran out); without
            it, the death of a worker is an error.
        shared: what can be handed to a process only when it is started; the task's second argument, ``shared``, where
            it is not None.
        knows_script: whether the processes import the script that was started from the first on, since items will
            come that are defined there.
    """

    def __init__(
        self,
        task: Callable[[T], R],
        *,
        count: int = -1,
        what: str = "loads images",
        on_death: Callable[[T], R] | None = None,
        shared: object = None,
        knows_script: bool = False,
    ) -> None:
        self._task = task
        self._shared = shared
        self._here: Callable[[T], R] = task if shared is None else partial(task, shared=shared)  # type: ignore[call-arg]
        self.count = cores() if count < 0 else count
        self._what = what
        self._on_death = on_death
        self._pool: ProcessPool | None = None
        self._process = os.getpid()  # a fork of it has neither its threads nor its processes
        self._knows_script = knows_script

    def map(self, items: Iterable[T]) -> Iterator[R]:
        """Each item's result, in the order of the items, which are taken as results are.

        Raises:
            DataError: a worker died, and there is no ``on_death``; what the task raises passes.
        """
        if self.count == 0 or self._process != os.getpid():
            yield from map(self._here, items)
            return
        iterator = iter(items)
        pending: _Pending[T, R] = deque()
        try:
            while chunk := list(itertools.islice(iterator, _CHUNK)):
                pending.append((chunk, self._submitted(chunk)))
                if len(pending) >= _AHEAD * self.count:
                    yield from self._taken(pending)
            while pending:
                yield from self._taken(pending)
        finally:
            if pending:
                self.abandon()

    def submit(self, item: T) -> Future[list[R]]:
        """The result of one item, alone in a list, to come; without processes it has come when this returns.

        Raises:
            DataError: a worker died, or none can be started.
        """
        if self.count == 0 or self._process != os.getpid():
            return self._done_here(item)
        future = self._submitted([item])
        if future is None:
            raise self.death()
        return future

    def death(self) -> WorkerLostError:
        """The error that a future's ``WorkerDied`` means."""
        return WorkerLostError(_DIED.format(what=self._what))

    def close(self) -> None:
        """Stop the workers, each after the few items that it has in hand."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.close()
        self._pool = None

    def abandon(self) -> None:
        """Stop the workers at once, whatever they have in hand, since nobody waits for it any more."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.abandon()
        self._pool = None

    @classmethod
    @contextmanager
    def opened(
        cls,
        task: Callable[[T], R],
        *,
        count: int = -1,
        what: str = "loads images",
        on_death: Callable[[T], R] | None = None,
        shared: object = None,
    ) -> Iterator[Workers[T, R]]:
        """Workers that stop at the end of the block."""
        workers = cls(task, count=count, what=what, on_death=on_death, shared=shared)
        try:
            yield workers
        except BaseException:
            workers.abandon()
            raise
        finally:
            workers.close()

    def _done_here(self, item: T) -> Future[list[R]]:
        future: Future[list[R]] = Future()
        try:
            future.set_result([self._here(item)])
        except Exception as error:  # carried over to who waits for the result, as from a process
            future.set_exception(error)
        return future

    def _submitted(self, chunk: list[T]) -> Future[list[R]] | None:
        """The chunk's future, or None where the processes are found dead."""
        sent = pickle.dumps(chunk)
        try:
            return self._started(sent).submit(sent)
        except WorkerDied:
            return None
        except OSError as error:
            raise DataError(
                f"no process that {self._what} can be started: {error}; with workers = 0 none is needed"
            ) from error

    def _taken(self, pending: _Pending[T, R]) -> Iterator[R]:
        """The results of the first chunk; those of all, where the processes have died."""
        chunk, future = pending.popleft()
        found = _result(future)
        if found is not None:
            yield from found
            return
        if self._on_death is None:
            raise self.death()
        self.close()
        lost = [(chunk, None), *((chunk, _result(future)) for chunk, future in pending)]
        pending.clear()
        for chunk, known in lost:
            yield from known if known is not None else map(self._alone, chunk)

    def _alone(self, item: T) -> R:
        """The result of one item while nothing else is worked on, so that a death is that item's doing."""
        found = _result(self._submitted([item]))
        if found is not None:
            return found[0]
        self.close()
        # Processes that die without anything to do are no item's fault.
        if self._on_death is None or _result(self._submitted([])) is None:
            raise self.death()
        return self._on_death(item)

    def _started(self, sent: bytes) -> ProcessPool:
        """The processes, which know the script that was started if what is sent to them is defined in it."""
        if self._pool is not None and not self._knows_script and _is_of_script(sent):
            self.close()
        if self._pool is None:
            task = pickle.dumps(self._task)
            self._knows_script |= _is_of_script(task) or _is_of_script(sent)
            # Forking a process that runs torch's threads can deadlock; a fork server has none.
            context = context_without_script(self._knows_script)
            context.set_forkserver_preload(["ocrkit.data.loading"])
            self._pool = ProcessPool(self.count, context, task, self._shared)
        return self._pool


def context_without_script(knows_script: bool = False) -> ForkServerContext:
    """What starts processes that do not import the script that was started, unless they are to know it."""
    return multiprocessing.get_context("forkserver") if knows_script else _WithoutScript()


def cores() -> int:
    """The cores that this process may run on, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _result(future: Future[list[R]] | None) -> list[R] | None:
    """A chunk's results, or None where its worker died; what the task raised passes."""
    try:
        return None if future is None else future.result()
    except WorkerDied:
        return None


class _ProcessWithoutScript(ForkServerProcess):
    """A process that does not import the script that was started: it may do its work at once when it is imported."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802 - the name is the base's
        with _start_lock:
            script = sys.modules.pop("__main__")
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = script


class _WithoutScript(ForkServerContext):
    Process = _ProcessWithoutScript


def _is_of_script(pickled: bytes) -> bool:
    """Whether something is defined in the script that was started; it may be said of a text that names it, too."""
    return b"__main__" in pickled
