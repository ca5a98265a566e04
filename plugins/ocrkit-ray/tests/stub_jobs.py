"""A job whose pages are names: it notes who read what, and holds pages until it is told to go on."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from ocrkit.errors import DataError
from ocrkit.files import write_whole
from ocrkit.plugin.engine_specs import Outcome, PageTask

__all__ = ["StubJob", "task_named"]


def task_named(name: str) -> PageTask:
    return PageTask(name, name, None, name, 1, 1)


@dataclass(frozen=True)
class StubJob:
    """Writes ``name.txt`` for each task, which holds its name in capitals.

    Attributes:
        folder: the output.
        held: names of pages that are read once there is a file ``go``.
        refused: what the worker says when it is made.
        full: the name of a page that cannot be written.
        tries: as of any job.
    """

    folder: Path
    held: tuple[str, ...] = ()
    refused: str = ""
    full: str = ""
    tries: int = 2

    def worker(self) -> StubWorker:
        if self.refused:
            raise DataError(self.refused)
        return StubWorker(self)

    def lost(self, task: PageTask, how: str, after: float) -> Outcome | None:  # noqa: ARG002 - the role has it
        times = self.note("lost", f"{task.name} {how}", task.name)
        return Outcome(task, "failed", f"died {times} times: {how}", died=True) if times >= self.tries else None

    def note(self, what: str, line: str, name: str) -> int:
        """How often that was noted of a task, this time included."""
        path = self.folder / f"{what}.log"
        with path.open("a") as file:
            file.write(line + "\n")
        return sum(each.split()[0] == name for each in path.read_text().splitlines())


class StubWorker:
    def __init__(self, job: StubJob) -> None:
        self._job = job

    def __call__(self, task: PageTask) -> Outcome:
        job = self._job
        path = job.folder / f"{task.stem}.txt"
        if path.exists():
            return Outcome(task, "was_read")
        job.note("begun", f"{task.name} {os.getpid()}", task.name)
        job.note("sees", f"{task.name} {os.environ.get('CUDA_VISIBLE_DEVICES', 'all')!r}", task.name)
        if task.name == job.full:
            raise DataError("the disk is full", path)
        while task.name in job.held and not (job.folder / "go").exists():
            time.sleep(0.02)
        write_whole(path, task.name.upper().encode())
        job.note("read", f"{task.name} {os.getpid()}", task.name)
        return Outcome(task, "read", lines=1, pages=1, files=(path.name,))
