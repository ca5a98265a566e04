"""The workers of a run: started where they fit, each with one task in hand, replaced when they die."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import ray
from ray.exceptions import OutOfMemoryError, RayActorError, RayError, RayTaskError

from ocrkit import __version__
from ocrkit.errors import LostProcess, OcrkitError, OptionError, PluginError
from ocrkit_ray.worker import RemoteWorker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ocrkit.plugin.engine_specs import Job, Outcome, PageTask
    from ocrkit_ray.options import RayOptions

__all__ = ["Event", "Fleet", "Kind", "fitting", "how_it_ended"]

_log = logging.getLogger("ocrkit")

_LOOKED = 5.0  # seconds after which it is looked again for machines that came or went
_WAIT = 1.0  # seconds for which nothing may happen
_DEATHS_AT_START = 3  # workers in a row that may die before they are ready


class Kind(NamedTuple):
    """What a worker takes of its machine."""

    cpus: float
    gpus: float

    def count_in(self, cpus: float, gpus: float) -> int:
        """How many fit a machine; those that share a GPU share one."""
        fits = []
        if self.cpus:
            fits.append(int(cpus / self.cpus + 1e-9))
        if self.gpus:
            fits.append(int(1 / self.gpus + 1e-9) * int(gpus) if self.gpus < 1 else int(gpus / self.gpus))
        return max(0, min(fits))

    def __str__(self) -> str:
        return f"{self.cpus:g} CPU" + (f" and {self.gpus:g} GPU" if self.gpus else "")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a task.

    Attributes:
        task: the task.
        outcome: what became of it; None where its process died.
        how: it did.
        after: seconds that the process had it in hand.
    """

    task: PageTask
    outcome: Outcome | None = None
    how: str = ""
    after: float = 0.0


@dataclass(slots=True, eq=False)
class _Worker:
    """An actor; what it does is to start while it has no task in hand."""

    actor: Any
    kind: Kind
    ready: bool = False
    task: PageTask | None = None
    given: float = 0.0


class Fleet:
    """Workers of a job on the cluster that this process is connected to.

    Args:
        options: how many, and what each takes.
        job: makes the worker within each.

    Raises:
        OptionError: no machine of the cluster is large enough for a worker.
    """

    def __init__(self, options: RayOptions, job: Job) -> None:
        self._options = options
        self._kinds = [Kind(options.cpus, options.gpus)] + [Kind(options.cpus, 0.0)] * options.mixed
        self._job = ray.put(job)
        self._remote = ray.remote(RemoteWorker)
        self._doing: dict[Any, _Worker] = {}
        self._idle: list[_Worker] = []
        self._targets = dict.fromkeys(self._kinds, 0)
        self._looked = self._alone_since = time.monotonic()
        self._deaths_at_start = 0
        self._started = 0
        self._unfit = 0
        self._look()
        if options.workers == -1 and not any(self._targets.values()):
            raise OptionError(_too_small(self._kinds[0], _nodes()))

    @property
    def in_hand(self) -> int:
        """Tasks that workers have."""
        return sum(worker.task is not None for worker in self._doing.values())

    @property
    def idle(self) -> int:
        """Workers that wait for a task."""
        return len(self._idle)

    @property
    def unoccupied(self) -> int:
        """Workers that wait for a task, or will once they are ready."""
        return len(self._idle) + len(self._doing) - self.in_hand

    def wanted(self) -> int:
        """Workers that there could be beyond those that there are."""
        if time.monotonic() - self._looked > _LOOKED:
            self._look()
        return max(0, sum(self._targets.values()) - self._unfit - len(self._doing) - len(self._idle))

    def grow(self) -> None:
        """Start one more worker."""
        workers = [*self._doing.values(), *self._idle]
        present = {kind: sum(worker.kind == kind for worker in workers) for kind in self._kinds}
        kind = next((kind for kind in self._kinds if present[kind] < self._targets[kind]), self._kinds[-1])
        actor: Any = self._remote.options(
            num_cpus=kind.cpus, num_gpus=kind.gpus, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD"
        ).remote(__version__, sees_gpus=kind.gpus > 0)
        self._doing[actor.start.remote(self._job)] = _Worker(actor, kind)

    def give(self, task: PageTask) -> None:
        """Hand a task to a worker that waits for one."""
        worker = self._idle.pop()
        worker.task, worker.given = task, time.monotonic()
        self._doing[worker.actor.read.remote(task)] = worker

    def events(self) -> Iterator[Event]:
        """What has happened, after a wait of a second at most.

        Raises:
            OcrkitError: what stands in the way of all tasks.
            LostProcess: workers die before they are ready, or none starts for long.
        """
        self._check_patience()
        if not self._doing:
            if not self._idle:
                time.sleep(_WAIT)  # no machine is there on which one could be started
            return
        ready, _ = ray.wait(list(self._doing), num_returns=1, timeout=_WAIT)
        if ready and len(self._doing) > 1:
            ready, _ = ray.wait(list(self._doing), num_returns=len(self._doing), timeout=0)
        for reference in ready:
            event = self._happened(reference, self._doing.pop(reference))
            if event is not None:
                yield event

    def close(self) -> None:
        """End all workers, whatever they have in hand."""
        for worker in (*self._doing.values(), *self._idle):
            ray.kill(worker.actor, no_restart=True)
        self._doing.clear()
        self._idle.clear()

    def _happened(self, reference: Any, worker: _Worker) -> Event | None:
        task, worker.task = worker.task, None
        try:
            result = ray.get(reference)
        except RayTaskError as error:
            if task is not None:
                raise _cause(error) from error
            self._cannot_start(worker, _cause(error))
            return None
        except RayError as error:
            # One that only does not answer would come back and go on with what another has by then.
            ray.kill(worker.actor, no_restart=True)
            if task is not None:
                return Event(task, how=how_it_ended(error), after=time.monotonic() - worker.given)
            self._died_at_start(error)
            return None
        self._idle.append(worker)
        if task is not None:
            return Event(task, result)
        worker.ready = True
        self._started += 1
        self._deaths_at_start = 0
        return None

    def _cannot_start(self, worker: _Worker, error: Exception) -> None:
        """Leave out a worker that says why it cannot start; where none ever could, that ends the run."""
        ray.kill(worker.actor, no_restart=True)
        if self._started == 0 or not isinstance(error, OcrkitError):
            raise error
        self._unfit += 1
        _log.warning("one worker fewer, since it cannot start: %s", error)

    def _died_at_start(self, error: RayError) -> None:
        self._deaths_at_start += 1
        if isinstance(error, RayActorError) and error.actor_init_failed:
            raise PluginError(
                f"a worker cannot start on the cluster: {_last_line(error)}; "
                "install the same Python, ocrkit and plugins on all machines"
            ) from error
        if self._deaths_at_start >= _DEATHS_AT_START:
            raise LostProcess(
                f"{self._deaths_at_start} workers died one after the other while they started: {how_it_ended(error)}; "
                "memory may be short: take more cpus a worker, or fewer workers"
            ) from error

    def _check_patience(self) -> None:
        now = time.monotonic()
        if any(worker.ready for worker in (*self._doing.values(), *self._idle)):
            self._alone_since = now
        elif now - self._alone_since > self._options.patience:
            raise LostProcess(
                f"no worker could be started for {self._options.patience:g} s: each takes {self._kinds[0]}, and the "
                "cluster has none free; `ray status` tells who has them, and patience=SECONDS waits longer"
            )

    def _look(self) -> None:
        """See how many workers fit the machines that there are."""
        self._looked = time.monotonic()
        self._targets = fitting(self._kinds, _nodes())
        if self._options.workers > 0:
            left = self._options.workers
            for kind in self._kinds:
                self._targets[kind] = min(left, self._targets[kind])
                left -= self._targets[kind]
            # What does not fit is asked for all the same, so that a cluster that scales by itself grows.
            self._targets[self._kinds[0]] += left


def fitting(kinds: Sequence[Kind], nodes: Sequence[Mapping[str, Any]]) -> dict[Kind, int]:
    """How many workers of each kind fit machines that are empty, the first kind first.

    Args:
        kinds: what a worker takes.
        nodes: the machines, as ``ray.nodes`` tells them.
    """
    counts = dict.fromkeys(kinds, 0)
    for node in nodes:
        if not node["Alive"]:
            continue
        cpus, gpus = (float(node["Resources"].get(name, 0)) for name in ("CPU", "GPU"))
        for kind in kinds:
            count = kind.count_in(cpus, gpus)
            counts[kind] += count
            cpus -= count * kind.cpus
            gpus -= count * kind.gpus
    return counts


def how_it_ended(error: RayError) -> str:
    """How a process ended, in a few words; empty where that is not known."""
    text = str(error)
    if isinstance(error, OutOfMemoryError) or "running low on memory" in text:
        how = "its machine ran short of memory"
    elif "node has died" in text or "node was terminated" in text:
        how = "its machine went away"
    else:
        how = ""
    where = re.search(r"^\tip: (\S+)$", text, re.MULTILINE)
    return f"{how or 'it ended'} ({where[1]})" if where else how


def _nodes() -> list[dict[str, Any]]:
    nodes: Any = ray.nodes  # it has no types
    return list(nodes())


def _too_small(kind: Kind, nodes: Sequence[Mapping[str, Any]]) -> str:
    alive: list[dict[str, float]] = [node["Resources"] for node in nodes if node["Alive"]]
    largest = max(alive, key=lambda each: (each.get("GPU", 0), each.get("CPU", 0)), default={})
    return (
        f"a worker takes {kind}, and no machine of the cluster has that: the largest of {len(alive)} has "
        f"{Kind(largest.get('CPU', 0), largest.get('GPU', 0))}; give less in cpus or gpus"
    )


def _cause(error: RayTaskError) -> Exception:
    return error.cause if isinstance(error.cause, Exception) else error


def _last_line(error: BaseException) -> str:
    return str(error).strip().rpartition("\n")[2].rstrip(".")
