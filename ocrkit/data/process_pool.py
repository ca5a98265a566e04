"""Processes that do one task, each behind a pipe of its own, so that any may be killed at any moment.

``concurrent.futures`` has all processes write into one pipe: when one is killed while it writes, who reads waits for
the rest for ever. It needs semaphores besides, which need ``/dev/shm``.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import threading
import traceback
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from multiprocessing import parent_process
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess
    from types import FrameType

__all__ = ["ProcessPool", "WorkerDied", "begin_work"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Answer: TypeAlias = "Future[list[Any]]"


class WorkerDied(Exception):  # noqa: N818 - its catchers know what the process did, and make the error
    """The process that had the items in hand is no more."""


class ProcessPool:
    """Does a task over lists of items in processes, of which one more is started with each list, up to ``count``.

    Args:
        count: processes, at least 1.
        context: starts them.
        task: pickled; called in the processes with each item.
        shared: what can be handed to a process only when it is started, such as memory that it shares; the task's
            second argument where it is not None.
    """

    def __init__(self, count: int, context: ForkServerContext, task: bytes, shared: object = None) -> None:
        self._count = count
        self._context = context
        self._task = task
        self._shared = shared
        self._waiting: queue.SimpleQueue[tuple[bytes, _Answer] | None] = queue.SimpleQueue()
        self._processes: list[BaseProcess] = []
        self._threads: list[threading.Thread] = []
        self._broken = False
        self._lock = threading.Lock()  # so that nothing is left waiting in a pool that is broken

    def submit(self, items: bytes) -> _Answer:
        """The task's results over a pickled list of items, to come.

        Raises:
            WorkerDied: a process has died since the pool was made; the future raises it too.
        """
        if self._broken:
            raise WorkerDied
        if len(self._processes) < self._count:
            with _uninterrupted():
                self._start()
        answer: _Answer = Future()
        with self._lock:
            if self._broken:
                raise WorkerDied
            self._waiting.put((items, answer))
        return answer

    def close(self) -> None:
        """Stop the processes, each after the list that it has in hand."""
        self._break()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def abandon(self) -> None:
        """Stop the processes at once."""
        for process in self._processes:
            process.kill()
        self.close()

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._task, self._shared), daemon=True)
        process.start()
        theirs.close()  # or its end would never be seen
        thread = threading.Thread(target=self._attend, args=(process, ours), name="ocrkit-worker", daemon=True)
        thread.start()
        self._processes.append(process)
        self._threads.append(thread)

    def _attend(self, process: BaseProcess, pipe: Connection[Any, Any]) -> None:
        """In a thread: give a process one list after another, until it dies or there is no more."""
        while (given := self._waiting.get()) is not None:
            items, answer = given
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                pipe.send_bytes(items)
                received = pipe.recv_bytes()
            except (EOFError, OSError):
                self._break()
                answer.set_exception(WorkerDied())
                break
            _settle(answer, received)
        pipe.close()
        process.join()

    def _break(self) -> None:
        """Take no more, and give up what no process has in hand yet."""
        with self._lock:
            self._broken = True
        ends = 0
        while True:
            try:
                given = self._waiting.get_nowait()
            except queue.Empty:
                break
            if given is None:
                ends += 1
            else:
                given[1].set_exception(WorkerDied())
        for _ in range(ends):
            self._waiting.put(None)


def begin_work() -> None:
    """In a worker: leave to the parent what a terminal or a supervisor sends to all, and end when it ends, however."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _settle(answer: _Answer, received: bytes) -> None:
    try:
        done, value = pickle.loads(received)
    except Exception as error:  # whatever unpickling a stranger's result raises is that result's
        done, value = False, error
    if done:
        answer.set_result(value)
    else:
        answer.set_exception(value)


def _serve(pipe: Connection[Any, Any], pickled: bytes, shared: object) -> None:
    """In a process: answer lists of items until nobody sends any."""
    begin_work()
    task = pickle.loads(pickled)
    if shared is not None:
        task = partial(task, shared=shared)
    while True:
        try:
            items = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        answer = _answered(task, items)
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _answered(task: Callable[[Any], Any], items: bytes) -> bytes:
    try:
        return pickle.dumps((True, [task(item) for item in pickle.loads(items)]))
    except Exception as error:  # carried over to who waits for the results
        error.add_note(f"in a process: {traceback.format_exc()}")
        try:
            return pickle.dumps((False, error))
        except Exception:  # an exception need not be picklable
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _end_with_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        # The main thread may be in the middle of a long item.
        os._exit(1)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP wait until the block has ended: half-started processes end in a traceback each."""
    came: list[tuple[int, FrameType | None]] = []
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    for number in before:
        signal.signal(number, lambda *signalled: came.append(signalled))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for signalled in came:
            before[signal.Signals(signalled[0])](*signalled)
