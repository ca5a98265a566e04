"""What a plugin yields to read many pages: an engine, which has workers read them, in processes or on machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Engine", "EngineSpec", "Job", "Outcome", "PageTask", "PageWorker", "State"]

State: TypeAlias = Literal["read", "was_read", "busy", "failed"]
"""``busy`` is what another run has in hand."""


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page to read, or a document where a file of the output holds one: names and numbers, never pixels.

    Attributes:
        name: what messages and the manifest of failures call it: ``book.pdf#12``.
        place: its file: a path, or a URL.
        number: the page of that file, from 1; None for all that are wanted.
        stem: what the files that are written of it are called, below the output, without ending.
        size: bytes of the file.
        modified: when it was last changed, in ns since 1970.
    """

    name: str
    place: str
    number: int | None
    stem: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    Attributes:
        task: the task.
        state: ``read``; ``was_read`` before, as is seen; ``busy``, since another run has it in hand; or ``failed``.
        reason: why it failed, or who has it in hand.
        seconds: that reading took.
        pages: that were read.
        lines: that were read.
        files: that were written, below the output.
        bad: pages of it that cannot be opened and were left out, each with why.
        empty: names of its pages on which no text was found.
        unread: lines that have no reading.
        left_out: lines in which nothing could be read.
        died: whether it failed by having processes die, and not by what stands in its file.
    """

    task: PageTask
    state: State
    reason: str = ""
    seconds: float = 0.0
    pages: int = 0
    lines: int = 0
    files: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unread: int = 0
    left_out: int = 0
    died: bool = False


class PageWorker(Protocol):
    """The role of what ``Job.worker`` makes: it reads one page after another, in the process that it was made in."""

    def __call__(self, task: PageTask) -> Outcome:
        """Read a page and write its files, each whole or not at all; of a bad page the outcome says so."""
        ...


class Job(Protocol):
    """The role of what an engine is to have done: it is small, can be pickled, and makes workers anywhere."""

    def worker(self) -> PageWorker:
        """Make a worker, which takes seconds and is done once a process.

        The process may end at any moment: a page that takes longer than its deadline ends it.
        """
        ...

    def lost(self, task: PageTask, how: str, after: float) -> Outcome | None:
        """Note that a process died with a task in hand; None where the task is to be tried again.

        An engine that does not see processes die need not call it: workers see what was left by those that died.

        Args:
            task: the task.
            how: how the process ended, in a few words.
            after: seconds that it had been at work on its last page.
        """
        ...


class Engine(Protocol):
    """The role of what ``EngineSpec.build`` returns."""

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """Have workers do tasks, and give what became of each, once, in any order.

        A task whose process died is given to another, until ``job.lost`` or a worker says that it failed. Tasks are
        taken as there are workers free for them. Where the iterator is closed, workers are stopped.

        Args:
            tasks: as many as there are, each of which may be asked for late.
            job: makes the workers.
        """
        ...


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """A way to have many pages read.

    Attributes:
        name: what ``--engine`` calls it.
        summary: one line for listings.
        options: a frozen dataclass whose fields, each with a default, are the options; one called ``workers`` is filled
            with what the user asked for.
        build: makes the engine from an instance of ``options``; import what is heavy in here, not above.
    """

    name: str
    summary: str
    options: type
    build: Callable[[Any], Engine]
