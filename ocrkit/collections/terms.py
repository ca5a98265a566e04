"""What is asked of the reading of many pages, and what is noted of those that could not be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ocrkit.collections.claims import Claims
from ocrkit.collections.keys import key_of
from ocrkit.collections.records import Failure, Records
from ocrkit.pages.formats import choose_formats
from ocrkit.pages.opening import PageNumbers
from ocrkit.pages.writing import suffixes_of
from ocrkit.plugin.engine_specs import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from ocrkit.layout.scan import ReadPage, Scan
    from ocrkit.pages.writing import Per
    from ocrkit.plugin.engine_specs import PageTask

__all__ = ["ReadTerms", "ReadsPages", "death_notice"]

_DEATHS_OF_ALL = 2  # times as many deaths in all runs as in one, after which a page is left


class ReadsPages(Protocol):
    """The role of what reads pages; a ``PageReader`` plays it."""

    left_out: int
    unread: int

    def read(self, scans: Iterable[Scan], *, reject: float | None = None) -> Iterator[ReadPage]:
        """Each page with what was read on it, in the order of the scans, which are taken as readings are."""
        ...


@dataclass(frozen=True, slots=True)
class ReadTerms:
    """What pages are read with, and into which files below a folder; small, and the same in any process.

    Attributes:
        make: makes what reads the pages; it and what it holds can be pickled.
        output: the folder.
        formats: names of the formats.
        settings: options of the formats.
        keys: what stands for all that files hang on but their page, by the formats' names; ``format_keys`` gives them.
        run: what this run is called, which no other is.
        per: what a file holds, as ``PageWriter`` takes it.
        wanted: pages of every file.
        dpi: as ``open_scans`` takes it.
        password: as ``open_scans`` takes it.
        reject: as ``PageReader.read`` takes it.
        beside: gives what else a task hangs on, such as the file of its layout; None for nothing.
        tries: processes that may die with a page in hand, in one run, before it is left.
        deadline: seconds after which a page's process ends; 0 for none.
        again: whether pages are read again that failed before.
        since: when the run began, by the clock of the output's file system.
        folder: the working folder, which relative names are below.
    """

    make: Callable[[], ReadsPages]
    output: Path
    formats: tuple[str, ...]
    settings: Mapping[str, object]
    keys: Mapping[str, str]
    run: str
    per: Per | None = None
    wanted: PageNumbers = field(default_factory=PageNumbers)
    dpi: float | None = None
    password: str | None = None
    reject: float | None = None
    beside: Callable[[PageTask], str] | None = None
    tries: int = 2
    deadline: float = 0.0
    again: bool = False
    since: float = 0.0
    folder: str = field(default_factory=os.getcwd)

    def suffixes(self) -> tuple[str, ...]:
        """The endings of the files that are written."""
        return tuple(suffixes_of(choose_formats(self.formats, self.settings)).values())

    def keys_of(self, task: PageTask) -> Mapping[str, str]:
        """The keys of a task's files, by their formats."""
        if self.beside is None:
            return self.keys
        beside = self.beside(task)
        return {name: key_of({"key": key, "beside": beside}) for name, key in self.keys.items()}

    def key_of(self, task: PageTask) -> str:
        """What stands for all that a task's files hang on but the page."""
        return key_of(self.keys_of(task))

    def verdict(self, deaths: Iterable[str], how: str = "") -> str:
        """Why a page is left at which processes died in such runs; empty where it is to be tried again."""
        runs = list(deaths)
        here = runs.count(self.run)
        if here < self.tries and len(runs) < _DEATHS_OF_ALL * self.tries:
            return ""
        return death_notice("read it", len(runs), how)

    def lost(self, task: PageTask, how: str, after: float) -> Outcome | None:
        """Note that a process died with a task in hand; None where the task is to be tried again."""
        if 0 < self.deadline <= after:
            how = f"it took longer than {self.deadline:g} s"
        claims = Claims(self.output, self.run)
        claims.bury(task.stem)
        reason = self.verdict(claims.deaths(task.stem), how)
        if not reason:
            return None
        outcome = self.failed(task, reason, died=True)
        claims.forget(task.stem)
        return outcome

    def failed(self, task: PageTask, reason: str, *, died: bool = False) -> Outcome:
        """Note that a task failed."""
        failure = Failure(task.stem, task.name, task.place, task.size, task.modified, self.key_of(task), reason, died)
        Records(self.output).add_failure(failure)
        return Outcome(task, "failed", reason, died=died)


def death_notice(did: str, deaths: int, how: str = "") -> str:
    """That processes which did something died, how often, and how, where that is known."""
    times = "once" if deaths == 1 else "twice" if deaths == 2 else f"{deaths} times"
    return f"the process that {did} died {times}" + (f": {how}" if how else "")
