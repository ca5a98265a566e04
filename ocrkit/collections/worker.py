"""What reads pages in a process: it claims each, reads it, writes its files whole, notes that, and gives it back."""

from __future__ import annotations

import errno
import faulthandler
import os
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from ocrkit.collections.claims import Busy, Claim, Claims
from ocrkit.collections.keys import content_of
from ocrkit.collections.known import left_alone, seen_before
from ocrkit.collections.leftovers import clear_after
from ocrkit.collections.places import fetch, is_url, status_of
from ocrkit.collections.records import Record, Records, Written
from ocrkit.errors import DataError, DependencyError, ImageError, OcrkitError
from ocrkit.pages.formats import choose_formats
from ocrkit.pages.opening import open_scans
from ocrkit.pages.writing import PageWriter
from ocrkit.plugin.engine_specs import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ocrkit.collections.terms import ReadsPages, ReadTerms
    from ocrkit.layout.scan import ReadPage, Scan
    from ocrkit.plugin.engine_specs import PageTask

__all__ = ["Worker"]

# What is no page's fault, and stands in the way of all.
_OF_THE_OUTPUT = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}


@dataclass(slots=True)
class _InHand:
    """A task that is claimed, whose pages are being read."""

    task: PageTask
    claim: Claim
    content: str
    keys: Mapping[str, str]
    writer: PageWriter
    began: float
    left_out: int
    unread: int
    pages: int = 0
    lines: int = 0
    expected: int | None = None  # pages, once its last scan is taken
    bad: list[tuple[str, str]] = field(default_factory=list)  # names, and why
    empty: list[str] = field(default_factory=list)


class Worker:
    """Reads pages one after another, in one process.

    Args:
        job: what is to be done.
        reader: reads the pages.

    Attributes:
        on_page: called after each page with its number of lines.
    """

    def __init__(self, job: ReadTerms, reader: ReadsPages) -> None:
        self._job = job
        self._reader = reader
        self._formats = choose_formats(job.formats, job.settings)
        self._records = Records(job.output)
        self._claims = Claims(job.output, job.run)
        self._hands: deque[_InHand] = deque()
        self._early: deque[Outcome] = deque()
        self._trouble: BaseException | None = None  # of the tasks themselves
        self._watch: Callable[[], None] = _nothing
        self.on_page: Callable[[int], None] = _nothing

    def __call__(self, task: PageTask) -> Outcome:
        """Read a page and write its files, each whole or not at all; of a bad page the outcome says so.

        Where it takes longer than the job's deadline, the process ends.
        """
        with self._watched():
            return next(self.read([task]))

    def read(self, tasks: Iterable[PageTask]) -> Iterator[Outcome]:
        """Read pages, lines of several together, and give what became of each.

        Raises:
            DataError: files cannot be written to the output at all.
            DependencyError: something that opens pages is not installed.
        """
        remaining = iter(tasks)
        while True:
            try:
                yield from self._stream(remaining)
            except DependencyError:
                self._let_go()
                raise
            except Exception as error:
                if error is self._trouble or not self._hands or _is_of_output(error):
                    self._let_go()
                    if isinstance(error, OSError) and _is_of_output(error):
                        said = error.strerror or str(error)
                        raise DataError(f"nothing can be written there: {said}", self._job.output) from error
                    raise
                yield from self._one_by_one(error)
            except BaseException:
                self._let_go()
                raise
            else:
                return

    def close(self) -> None:
        """End what looks after claims."""
        self._claims.close()

    def _stream(self, tasks: Iterator[PageTask]) -> Iterator[Outcome]:
        for read in self._reader.read(self._scans(tasks), reject=self._job.reject):
            while self._early:
                yield self._early.popleft()
            self._take(self._hands[0], read)
            if self._hands[0].pages == self._hands[0].expected:
                outcome = self._finished(self._hands[0])
                self._hands.popleft()
                yield outcome
        while self._early:
            yield self._early.popleft()
        if self._trouble is not None:
            raise self._trouble

    def _one_by_one(self, error: Exception) -> Iterator[Outcome]:
        """What becomes of the tasks in hand, one of which failed as no page should."""
        hands, self._hands = list(self._hands), deque()
        trouble, self._trouble = self._trouble, None
        for hand in hands:
            hand.writer.abandon()
            if len(hands) > 1:
                self._claims.give_back(hand.claim)
        if len(hands) > 1:
            for hand in hands:
                yield from self.read([hand.task])
        elif hands:
            said = str(error) if isinstance(error, OcrkitError) else f"unexpected {type(error).__name__}: {error}"
            yield self._job.failed(hands[0].task, said)
            self._claims.give_back(hands[0].claim)
        self._trouble = trouble

    def _let_go(self) -> None:
        """Give back what is in hand, of which nothing is kept that is not whole: an earlier file may be."""
        while self._hands:
            hand = self._hands.popleft()
            hand.writer.abandon()
            self._claims.give_back(hand.claim)

    def _scans(self, tasks: Iterator[PageTask]) -> Iterator[Scan]:
        """The pages of tasks, as readings are asked for; which are whose is told by the order."""
        while True:
            try:
                task = next(tasks, None)
            except Exception as error:  # raised when what is in hand is done
                self._trouble = error
                return
            if task is None:
                return
            try:
                begun = self._begun(task)
            except (OcrkitError, ValueError) as error:
                begun = self._job.failed(task, str(error))
            if isinstance(begun, Outcome):
                self._early.append(begun)
                continue
            self._hands.append(begun)
            count, last = 0, None
            for scan in self._opened(task):
                if last is not None:
                    yield last
                count, last = count + 1, scan
            begun.expected = count
            if last is not None:
                yield last

    def _opened(self, task: PageTask) -> Iterator[Scan]:
        job = self._job
        wanted = job.wanted if task.number is None else task.number
        # What has a name and can be read is opened as a file that is open.
        source = cast("BinaryIO", fetch(task.place)) if is_url(task.place) else Path(task.place)
        return open_scans([source], pages=wanted, dpi=job.dpi, password=job.password)

    def _begun(self, task: PageTask) -> _InHand | Outcome:
        claim = self._claims.take(task.stem)
        if isinstance(claim, Busy):
            return Outcome(task, "busy", str(claim.owner or "another run"))
        try:
            begun = self._looked_up(task, claim)
        except BaseException:
            self._claims.give_back(claim)
            raise
        if isinstance(begun, Outcome):
            self._claims.give_back(claim)
        return begun

    def _looked_up(self, task: PageTask, claim: Claim) -> _InHand | Outcome:
        job = self._job
        if reason := job.verdict(claim.dead):
            return job.failed(task, reason, died=True)
        known = left_alone(job, self._records, task)
        if known is not None:
            return known
        try:
            content = _content_or_none(task.place) or ""  # what is wrong is told when it is opened
        except ImageError as error:
            return job.failed(task, error.reason)
        keys = job.keys_of(task)
        known = seen_before(job, self._records, task, keys, content)
        if known is not None:
            return known
        if claim.generation:
            clear_after([task.stem], job.output, job.suffixes())
        writer = PageWriter(self._formats, job.output, per=job.per, stem=_Stem(task))
        counted = self._reader.left_out, self._reader.unread
        return _InHand(task, claim, content, keys, writer, time.monotonic(), *counted)

    def _take(self, hand: _InHand, read: ReadPage) -> None:
        hand.pages += 1
        if read.page.error:
            hand.bad.append((read.scan.name, read.page.error))
        else:
            lines = sum(1 for _ in read.page.lines)
            hand.lines += lines
            if not lines:
                hand.empty.append(read.scan.name)
            if self._claims.is_mine(hand.claim):
                hand.writer.take(read)
            self.on_page(lines)
        self._watch()

    def _finished(self, hand: _InHand) -> Outcome:
        outcome = self._outcome(hand)
        self._claims.give_back(hand.claim)
        return outcome

    def _outcome(self, hand: _InHand) -> Outcome:
        task = hand.task
        if not self._claims.is_mine(hand.claim):
            hand.writer.abandon()
            return Outcome(task, "busy", "another run, which took this one for dead")
        if len(hand.bad) == hand.pages:
            hand.writer.abandon()
            several = "" if hand.pages == 1 else f"none of its {hand.pages} pages can be opened: "
            return self._job.failed(task, several + hand.bad[0][1] if hand.bad else "it has no pages")
        hand.writer.__exit__(None, None, None)
        if status_of(task.place) != (task.size, task.modified) and _content_or_none(task.place) != hand.content:
            return self._job.failed(task, "it was changed while it was read; the next run reads it again")
        files = {self._named(path): self._written(path, hand) for path in hand.writer.files}
        bad = tuple(f"{name}: {reason}" for name, reason in hand.bad)
        others = self._others(hand, files)
        record = Record(
            task.stem, task.place, task.size, task.modified, hand.content, {**others, **files}, hand.pages, bad
        )
        self._records.add(record)
        return Outcome(
            task,
            "read",
            seconds=time.monotonic() - hand.began,
            pages=hand.pages,
            lines=hand.lines,
            files=tuple(files),
            bad=bad,
            empty=tuple(hand.empty),
            unread=self._reader.unread - hand.unread,
            left_out=self._reader.left_out - hand.left_out,
        )

    def _named(self, path: Path) -> str:
        return path.relative_to(self._job.output).as_posix()

    def _written(self, path: Path, hand: _InHand) -> Written:
        name = hand.writer.formats_of[path]
        return Written(name, hand.keys[name], path.stat().st_size)

    def _others(self, hand: _InHand, files: Mapping[str, Written]) -> dict[str, Written]:
        """Files of formats that this run does not write, made of the same page by other runs."""
        earlier = self._records.done(hand.task.stem)
        if earlier is None or earlier.content != hand.content:
            return {}
        return {
            name: written
            for name, written in earlier.files.items()
            if written.format not in hand.keys and name not in files
        }

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Have the process end unless each page comes in time, also where it loops without letting go of Python."""
        if self._job.deadline <= 0:
            yield
            return
        with open(os.devnull, "w") as nowhere:
            self._watch = lambda: faulthandler.dump_traceback_later(self._job.deadline, exit=True, file=nowhere)
            self._watch()
            try:
                yield
            finally:
                faulthandler.cancel_dump_traceback_later()
                self._watch = _nothing


@dataclass(frozen=True, slots=True)
class _Stem:
    """What a task's files are called, as ``PageWriter`` asks for it."""

    task: PageTask

    def __call__(self, scan: Scan, with_number: bool) -> Path:
        stem = Path(self.task.stem)
        several = self.task.number is None and scan.name.endswith(f"#{scan.number}")
        return stem.with_name(f"{stem.name}-{scan.number:04d}") if with_number and several else stem


def _nothing(*_: object) -> None:
    """Do nothing."""


def _content_or_none(place: str) -> str | None:
    """What ``content_of`` gives; None for a file that is gone, or cannot be read."""
    try:
        return content_of(place)
    except OSError:
        return None


def _is_of_output(error: Exception) -> bool:
    """Whether nothing can be written any more, whatever the page."""
    cause = error.__cause__ if isinstance(error, DataError) else error
    return isinstance(cause, OSError) and cause.errno in _OF_THE_OUTPUT
