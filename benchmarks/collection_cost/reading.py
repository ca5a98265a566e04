"""A collection read in this process, a page at a time on one thread, as a process of ``ocrkit read -o`` does."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from collection_cost.parts import Clock

from ocrkit.collections import ReadJob
from ocrkit.collections.run import CollectionRun, new_run_name
from ocrkit.collections.tasks import Collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocrkit.pages.reader import PageReader
    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask

__all__ = ["Cost", "Reader", "cost_of"]


class Reader(NamedTuple):
    """What pages are read with, by the names of the command's options."""

    model: str
    runtime: str = "auto"
    segmenter: str | None = None
    lexicon: str | None = None
    language_model: str | None = None

    def page_reader(self) -> PageReader:
        """Load the models."""
        from ocrkit.pages.finding import Segmenting, choose_segmenter
        from ocrkit.pages.reader import PageReader
        from ocrkit.recognition import Recognizer

        recognizer = Recognizer.load(
            self.model, runtime=self.runtime, lexicon=self.lexicon, language_model=self.language_model, threads=1
        )
        chosen = choose_segmenter(self.segmenter, runtime=self.runtime)
        find = Segmenting(chosen.segmenter, recognizer.model.charset)
        return PageReader(recognizer, find, model=self.model, segmenter=chosen.name)


@dataclass(frozen=True, slots=True)
class Cost:
    """What pages cost.

    Attributes:
        pages: that were counted; the first of the collection is read before, to warm up.
        lines: on them.
        seconds: of CPU, of each part, all pages together.
        start: CPU seconds until the models were loaded.
        memory: bytes that the process had at most.
        written: bytes of output a page.
        noted: bytes of a record.
    """

    pages: int
    lines: int
    seconds: Mapping[str, float]
    start: float
    memory: int
    written: float
    noted: float

    def page(self) -> float:
        """CPU seconds a page."""
        return sum(self.seconds.values()) / self.pages


def cost_of(places: list[str], reader: Reader, formats: tuple[str, ...]) -> Cost:
    """Read pages into a folder that is taken away again; once a process.

    Raises:
        OcrkitError: a model or a format cannot be had, or pages cannot be read.
        ValueError: there are fewer than two pages.
    """
    clock = Clock()
    clock.wrap()
    made = reader.page_reader()
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "out")
        keys = dict.fromkeys(formats, "measured")
        job = ReadJob(partial(_same, made), output, formats, {}, keys, new_run_name(), per="page", deadline=600.0)
        engine, outcomes = _OneByOne(clock), []
        CollectionRun(job, Collection(places, output, by_page=True), engine=engine, on_outcome=outcomes.append).read()
        counted = outcomes[1:]
        for outcome in outcomes:
            if outcome.state != "read":
                raise ValueError(f"{outcome.task.name}: {outcome.reason}")
        if not counted:
            raise ValueError(f"{', '.join(places)}: one page alone; expected two at least, as the first one warms up")
        written = [(output / name).stat().st_size for outcome in outcomes for name in outcome.files]
        noted = [path.stat().st_size for path in output.glob(".ocrkit/done/*/*.json")]
        memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Cost(
            len(counted),
            sum(outcome.lines for outcome in counted),
            engine.seconds,
            start,
            memory,
            sum(written) / len(outcomes),
            sum(noted) / len(outcomes),
        )


class _OneByOne:
    """The engine: a worker in this process, which takes a page when it is done with the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """See ``ocrkit.plugin.engine_specs.Engine``."""
        worker = job.worker()
        for place, task in enumerate(tasks):
            outcome = worker(task)
            if not place:
                self._clock.start()
            self.seconds = self._clock.seconds()
            yield outcome


def _same(made: PageReader) -> PageReader:
    return made
