"""Progress on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ocrkit.cli.escaping import escaping, unescaped
from ocrkit.cli.notes import say, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Stages", "counting", "say"]

_EVERY = 15.0  # seconds between lines where there is no terminal


class Stages:
    """Shows how far each of a few named stages is; use it as a context manager.

    Args:
        remaining: whether a bar tells how long it will take; else the remark does.
    """

    def __init__(self, *, remaining: bool = True) -> None:
        self._remaining = remaining
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, float] = {}

    def __enter__(self) -> Stages:
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                *([TimeRemainingColumn()] if self._remaining else []),
            )
            # Unasked, rich would catch what goes to stdout and print it above the bar, on stderr.
            console = Console(file=unescaped(sys.stderr), emoji=False)
            self._bars = Progress(*columns, console=console, transient=True, redirect_stdout=False)
            self._bars.start()
            # What rich puts in stderr's place, to print above the bar, knows of no escaping; ``stop`` takes it away.
            sys.stderr = escaping(sys.stderr)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def update(self, stage: str, done: int, total: int | None, remark: str = "") -> None:
        """``done`` of ``total`` of a stage, None where nobody knows, are finished; ``remark`` follows its name."""
        if self._bars is None:
            self._say_now_and_then(stage, done, total, remark)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total, description=f"{stage} {remark}".strip())
        if total is not None and done >= total:
            self._bars.remove_task(self._tasks.pop(stage))

    def progress(self, stage: str) -> Callable[[int, int], None]:
        """What shows how many of how many of a stage are done."""
        return lambda done, total: self.update(stage, done, total)

    def say(self, line: str) -> None:
        """A line above the bars, or among the lines."""
        if self._bars is None:
            say(line)
        else:
            self._bars.console.print(spoken(line), markup=False, highlight=False, soft_wrap=True)

    def _say_now_and_then(self, stage: str, done: int, total: int | None, remark: str) -> None:
        now = time.monotonic()
        begun = self._said.setdefault(stage, now)
        if now - begun >= _EVERY:
            self._said[stage] = now
            of_all = "" if total is None else f" of {total}"
            say(f"{stage}: {done}{of_all}" + (f", {remark}" if remark else ""))


@contextmanager
def counting(stage: str) -> Iterator[Callable[[int, int], None]]:
    """A function that shows how many of how many are done."""
    with Stages() as stages:
        yield stages.progress(stage)
