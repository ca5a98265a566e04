"""What ``ocrkit read`` says while it reads a collection, and at the end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from ocrkit.cli.notes import say
from ocrkit.cli.page_talk import tell_of_lines
from ocrkit.collections.pace import Pace, spoken_time
from ocrkit.collections.run import FAILURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit.cli.progress import Stages
    from ocrkit.collections.run import CollectionRun
    from ocrkit.plugin.engine_specs import Outcome

__all__ = ["CollectionTalk"]

_STAGE = "reading"
_FEW = 16  # pages after which there is something to be said at the end


class CollectionTalk:
    """Counts what becomes of pages, shows how far it is, and names those that cannot be read.

    Args:
        stages: shows it.
        output: the folder that is written to.

    Attributes:
        failed: pages, or documents, that could not be read.
    """

    def __init__(self, stages: Stages, output: Path) -> None:
        self._stages = stages
        self._output = output
        self._pace = Pace()
        self._began = time.monotonic()
        self._total: int | None = None
        self._stopped = threading.Event()
        self._told = 0  # pages that are read of tasks that are not done
        self._read = self._before = self._lines = self._unread = self._left_out = self._died = self._empty = 0
        self._missing = 0  # pages without which their document was written
        self._first_empty = ""
        self.failed = 0

    def count(self, counts: Iterator[int]) -> None:
        """In a thread: how many pages there are."""
        total = 0
        try:
            for pages in counts:
                if self._stopped.is_set():
                    return
                total += pages
        except Exception:  # told by who reads them
            return
        self._total = total

    def stop(self) -> None:
        """Count no more."""
        self._stopped.set()

    def page(self, lines: int) -> None:
        """A page is read."""
        del lines
        self._told += 1
        self._pace.add()
        self._show()

    def settle(self, outcome: Outcome) -> None:
        """A task is done."""
        for bad in outcome.bad:
            say(f"left out {bad}")
        self.failed += len(outcome.bad)
        self._missing += len(outcome.bad)
        if outcome.state == "failed":
            say(f"left out {outcome.task.name}: {outcome.reason}")
            self.failed += 1
            self._died += outcome.died
        elif outcome.state == "was_read":
            self._before += outcome.pages
        else:
            good = outcome.pages - len(outcome.bad)
            if self._told < good:  # an engine need not tell of single pages
                self._pace.add(good - self._told)
            self._told = max(0, self._told - good)
            self._read += good
            self._lines += outcome.lines
            self._unread += outcome.unread
            self._left_out += outcome.left_out
            self._first_empty = self._first_empty or "".join(outcome.empty[:1])
            self._empty += len(outcome.empty)
        self._show()

    def wait(self, count: int, who: str) -> None:
        """Others have the rest in hand."""
        pages = "1 page" if count == 1 else f"{count} pages"
        self._stages.update("waiting", 0, None, f"for {pages} that other runs have in hand, such as {who}")

    def say_it_was_stopped(self) -> None:
        """Say how far it came, and how to go on."""
        total = "" if self._total is None else f" of {self._total:,}"
        say(f"stopped after {self._done():,}{total} pages; the same command goes on from there")

    def report(self, run: CollectionRun, reject: float | None) -> None:
        """Say what was done, and what is odd about it, if anything is."""
        tell_of_lines(self._first_empty, self._empty, self._left_out, self._unread, self._lines, reject)
        if run.numbered:
            count = "1 output is" if run.numbered == 1 else f"{run.numbered} outputs are"
            say(f"note: {count} numbered, for other pages are called the same; a folder above them keeps them apart")
        if self.failed:
            say(
                f"{self.failed} of {self._done()} pages could not be "
                + ("read" if self._died else "opened")
                + self._where()
            )
        if self._before or self._read > _FEW:
            self._say_what_was_done()

    def _where(self) -> str:
        """Where those are listed that could not be read, but for pages of documents that were written without them."""
        if self.failed == self._missing:
            return ""
        which = "those of which nothing was written" if self._missing else "them"
        return f"; {self._output / FAILURES} lists {which}"

    def _say_what_was_done(self) -> None:
        seconds = time.monotonic() - self._began
        parts = [f"read {_pages(self._read)} in {spoken_time(seconds)}"]
        if self._read > _FEW:
            parts[0] += f", {self._read / seconds:.2g} a second"
        if self._before:
            parts.append(f"{_pages(self._before)} had been read before")
        say("; ".join(parts))

    def _done(self) -> int:
        return self._read + self._before + self.failed

    def _show(self) -> None:
        done = self._done() + self._told
        remark = f"{self._lines} lines" if self._lines else ""
        pace = self._pace.a_second()
        if pace:
            left = self._pace.left(max(0, self._total - done)) if self._total is not None else ""
            remark = ", ".join(filter(None, (remark, f"{pace:.2g} pages a second", left)))
        self._stages.update(_STAGE, done, self._total, remark)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"
