"""An engine: a collection is read in the process that was started, one page after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask, PageWorker


class Here:
    """Reads pages in this process."""

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """What became of each task, as soon as it is done."""
        worker: PageWorker | None = None
        for task in tasks:
            worker = worker or job.worker()
            yield worker(task)
