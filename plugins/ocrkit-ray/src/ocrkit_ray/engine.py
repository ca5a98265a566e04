"""The engine ``ray``: tasks handed to workers on a cluster one by one, and given again where a worker dies."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

from ocrkit_ray.cluster import connected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask
    from ocrkit_ray.fleet import Fleet
    from ocrkit_ray.options import RayOptions

__all__ = ["RayEngine", "make_engine"]


def make_engine(options: RayOptions) -> RayEngine:
    """The engine of options.

    Raises:
        OptionError: an option is out of range.
    """
    options.check()
    return RayEngine(options)


class RayEngine:
    """Has tasks done by workers on a Ray cluster.

    A worker has one task in hand at a time, so that it is known which one was when it dies; a worker's death costs that
    task a try, and no other one anything. Names and numbers travel, and what became of them.
    """

    def __init__(self, options: RayOptions) -> None:
        self._options = options

    def run(self, tasks: Iterable[PageTask], job: Job) -> Iterator[Outcome]:
        """What became of each task, in any order; where the iterator is closed, workers end and the cluster stays.

        Raises:
            DependencyError: Ray is not installed.
            OptionError: no cluster answers, or no machine of it is large enough for a worker.
            LostProcess: workers die before they are ready, or none starts for long.
            OcrkitError: what stands in the way of all tasks, as the job's worker tells it.
        """
        with connected(self._options):
            from ocrkit_ray.fleet import Fleet

            with closing(Fleet(self._options, job)) as fleet:
                yield from _outcomes(fleet, _Queue(tasks), job)


def _outcomes(fleet: Fleet, queue: _Queue, job: Job) -> Iterator[Outcome]:
    while True:
        while fleet.wanted() and queue.holds(fleet.unoccupied + 1):
            fleet.grow()
        while fleet.idle and queue.holds(1):
            fleet.give(queue.take())
        if not fleet.in_hand and not queue.holds(1):
            return
        for event in fleet.events():
            if event.outcome is not None:
                yield event.outcome
                continue
            outcome = job.lost(event.task, event.how, event.after)
            if outcome is None:
                queue.give_again(event.task)
            else:
                yield outcome


class _Queue:
    """Tasks that nobody has in hand, taken from where they come as there are workers for them."""

    def __init__(self, tasks: Iterable[PageTask]) -> None:
        self._remaining = iter(tasks)
        self._waiting: deque[PageTask] = deque()

    def holds(self, count: int) -> bool:
        """Whether there are at least so many."""
        while len(self._waiting) < count:
            task = next(self._remaining, None)
            if task is None:
                return False
            self._waiting.append(task)
        return True

    def take(self) -> PageTask:
        return self._waiting.popleft()

    def give_again(self, task: PageTask) -> None:
        # Soon, but by another worker, which is what comes next.
        self._waiting.appendleft(task)
