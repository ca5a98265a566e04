"""One run over a collection: what was read before is passed over, the rest is read, and what failed is listed."""

from __future__ import annotations

import json
import os
import socket
import time
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from ocrkit.collections.claims import Claims
from ocrkit.collections.counting import PageCounter
from ocrkit.collections.known import at_a_glance, left_alone
from ocrkit.collections.leftovers import clear_after
from ocrkit.collections.places import status_of
from ocrkit.collections.records import FOLDER, Records
from ocrkit.collections.taken import TakenStems
from ocrkit.errors import DataError
from ocrkit.files import writing_whole
from ocrkit.plugin.engine_specs import PageTask
from ocrkit.plugin.local_engine import HereEngine, LocalEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ocrkit.collections.job import ReadJob
    from ocrkit.collections.tasks import Collection
    from ocrkit.plugin.engine_specs import Engine, Outcome

__all__ = ["FAILURES", "CollectionRun", "new_run_name"]

FAILURES = f"{FOLDER}/failures.jsonl"
"""The manifest of what failed, below the output."""

_FEW = 16  # tasks that are done in this process, for starting others takes longer
_LOOK_AGAIN = 10.0  # seconds after which what another run has in hand is looked at again
_MOST_BUSY = 256  # of those that are kept in mind until then; the oldest is looked at when there are more
_POLL = 2.0


def new_run_name() -> str:
    """What a run is called, on this machine or any other."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A task that another run has in hand, and when it was last looked at."""

    task: PageTask
    since: float


class CollectionRun:
    """Reads what is not read yet of a collection.

    Args:
        job: says how pages are read.
        collection: the pages.
        engine: has them read; None for this process where they are few, else for what ``processes`` gives.
        processes: gives the engine for many pages.
        most_failures: after more failures than these the run is stopped; None for never.
        on_outcome: called with what became of each task.
        on_page: called after each page that is read, with its number of lines, where that can be told.
        on_wait: called with how many tasks other runs have in hand, and whose one is, while there is nothing else.
        counter: counts the pages of files; None for one on the job's terms.

    Attributes:
        failed: tasks that failed, or of whose pages some did.
        numbered: tasks whose files are numbered, since others' would be called the same.
    """

    def __init__(
        self,
        job: ReadJob,
        collection: Collection,
        *,
        engine: Engine | None = None,
        processes: Callable[[], Engine] = LocalEngine,
        most_failures: int | None = None,
        on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
        on_page: Callable[[int], None] = lambda _lines: None,
        on_wait: Callable[[int, str], None] = lambda _count, _who: None,
        counter: PageCounter | None = None,
    ) -> None:
        self._job = job
        self._counter = counter or PageCounter(job.password, tries=job.tries, deadline=job.deadline)
        self._collection = replace(collection, held=self._held)
        self._engine = engine
        self._processes = processes
        self._most_failures = most_failures
        self._on_outcome = on_outcome
        self._on_page = on_page
        self._on_wait = on_wait
        self._records = Records(job.output)
        self._claims = Claims(job.output, job.run)
        self._given: dict[str, None] = {}  # stems of tasks of which nobody has said yet what became of them
        self._busy: deque[_Waiting] = deque()
        self.failed = 0
        self.numbered = 0

    def count(self) -> Iterator[int]:
        """How many pages each task has, as files say themselves; in any thread."""
        return self._collection.count()

    def read(self) -> None:
        """Read until nothing is left; pages that other runs have in hand are waited for.

        Raises:
            DataError: more tasks failed than may, a folder cannot be listed, nothing can be written, or a file would be
                written over one of another format.
            LostProcess: processes die before they can read anything.
            OcrkitError: whatever else is wrong with the job.
        """
        self._collection.check()
        try:
            self._job = replace(self._job, since=self._claims.now())
        except OSError as error:
            raise DataError(f"nothing can be written there: {error.strerror or error}", self._job.output) from error
        try:
            tasks = self._unknown()
            few = list(islice(tasks, _FEW + 1))
            while few:
                for outcome in self._outcomes(few, tasks):
                    self._settle(outcome)
                tasks = self._others()
                few = list(islice(tasks, _FEW + 1))
        finally:
            # Workers are stopped, and what they had in hand is given back.
            clear_after(filter(self._claims.was_ours, self._given), self._job.output, self._job.suffixes())
            self._counter.close()
            self._claims.end_run()
            self._claims.close()
            self._write_failures()

    def _outcomes(self, few: list[PageTask], more: Iterator[PageTask]) -> Iterator[Outcome]:
        """What becomes of tasks, the first of which are at hand."""
        here = self._engine is None and len(few) <= _FEW and not any(self._claims.deaths(each.stem) for each in few)
        engine = HereEngine() if here else self._engine or self._processes()
        if hasattr(engine, "on_page"):
            engine.on_page = self._on_page
        outcomes = engine.run(iter(few) if here else chain(few, more), self._job)
        try:
            yield from outcomes
        finally:
            if hasattr(outcomes, "close"):
                outcomes.close()

    def _unknown(self) -> Iterator[PageTask]:
        """The tasks of which nothing is known at a glance, those that others had in hand among them."""
        taken = TakenStems()
        for task in self._collection.tasks(taken):
            self.numbered = taken.numbered
            if why := self._counter.why_given_up(task.place):
                self._settle(self._job.failed(task, why, died=True))
            else:
                yield from self._looked_at([task])
            while self._busy and (len(self._busy) > _MOST_BUSY or self._is_due(self._busy[0])):
                yield from self._looked_at([self._busy.popleft().task])

    def _held(self, path: Path, stem: str) -> int:
        """How many pages a file has; 0 where that cannot be told, or killed processes before."""
        task = PageTask(str(path), str(path), None, stem, *status_of(path))
        return 0 if left_alone(self._job, self._records, task) is not None else self._counter.count(path)

    def _others(self) -> Iterator[PageTask]:
        """The tasks that others had in hand, once they have them no more."""
        while self._busy:
            for _ in range(len(self._busy)):
                yield from self._looked_at([self._busy.popleft().task])
            if self._busy:
                self._on_wait(len(self._busy), self._claims.holder(self._busy[0].task.stem))
                time.sleep(_POLL)

    def _looked_at(self, tasks: Iterable[PageTask]) -> Iterator[PageTask]:
        for task in tasks:
            known = at_a_glance(self._job, self._records, task)
            if known is not None:
                self._settle(known)
            elif self._claims.holder(task.stem):
                self._busy.append(_Waiting(task, time.monotonic()))
            else:
                self._given[task.stem] = None
                yield task

    def _is_due(self, waiting: _Waiting) -> bool:
        return time.monotonic() - waiting.since > _LOOK_AGAIN

    def _settle(self, outcome: Outcome) -> None:
        self._given.pop(outcome.task.stem, None)
        if outcome.state == "busy":
            self._busy.append(_Waiting(outcome.task, time.monotonic()))
            return
        self.failed += outcome.state == "failed" or bool(outcome.bad)
        self._on_outcome(outcome)
        if self._most_failures is not None and self.failed > self._most_failures:
            raise DataError(f"{self.failed} pages or documents failed, and `max_failures` is {self._most_failures}")

    def _write_failures(self) -> None:
        """Bring the manifest up to date, which tells of all runs."""
        path = self._job.output / FAILURES
        failures = self._records.failures()
        first = next(failures, None)
        with suppress(OSError):  # what ended the run is told, or is the same
            if first is None:
                path.unlink(missing_ok=True)
                return
            with writing_whole(path) as file:
                for failure in chain([first], failures):
                    line = {
                        "page": failure.name,
                        "reason": failure.reason,
                        "died": failure.died,
                        "output": failure.stem,
                    }
                    file.write(_as_line(line))


def _as_line(table: dict[str, object]) -> bytes:
    """The table as a line of JSON, which is UTF-8 whatever bytes the names of files have."""
    try:
        return json.dumps(table, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # such a byte is an escape then, as ``os.fsencode`` takes it
        return json.dumps(table).encode() + b"\n"
