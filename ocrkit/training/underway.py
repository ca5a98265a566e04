"""Steps whose numbers are still on their way from the device, so that the host need not wait for each."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Step", "Underway"]

_MOST = 8  # steps that the host may be ahead of the device


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a batch.

    Attributes:
        number: of the step in its run.
        lines: of the batch.
        labels: of its lines together.
        nats: the loss of its lines together.
        rate: the learning rate.
        taken: whether the weights moved; they do not where the loss or the gradient is not finite.
        waited: seconds that the device had nothing to do before it.
    """

    number: int
    lines: int
    labels: int
    nats: float
    rate: float
    taken: bool
    waited: float

    @property
    def loss(self) -> float:
        """Nats a label; not a number where the step was left out."""
        return self.nats / self.labels if self.taken else math.nan


@dataclass(frozen=True, slots=True)
class Launched:
    """A step that the device has been given: as of ``Step``, but for what only the device knows."""

    number: int
    lines: int
    labels: int
    rate: float
    waited: float


class Underway:
    """The steps that a device has been given and whose numbers nobody has read yet, in their order.

    On a CPU numbers are there at once. On CUDA they are copied into pinned memory behind the step, and read when an
    event says that they have come; events also tell how long the device stood idle between two steps.
    """

    def __init__(self, device: torch.device, *, ahead: int | None = None) -> None:
        """Of a device that may be ``ahead`` steps behind the host: by itself 8 on CUDA, elsewhere none."""
        self._on_cuda = device.type == "cuda"
        self._ahead = (_MOST if self._on_cuda else 0) if ahead is None else ahead
        self._steps: deque[tuple[Launched, Tensor, _Events | None]] = deque()
        self._began: torch.cuda.Event | None = None
        self._last_done: torch.cuda.Event | None = None

    def begin(self) -> None:
        """Mark the beginning of a step, before its first operation and after its images are there."""
        if self._on_cuda:
            self._began = _event()

    def add(self, step: Launched, numbers: Tensor) -> list[Step]:
        """Take up a step that has been launched; returns those whose numbers are known by now, oldest first.

        Args:
            step: what the host knows of it.
            numbers: (2,) nats, and 1 where the step was taken, 0 where not.
        """
        events = None
        if self._on_cuda:
            pinned = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
            numbers = pinned.copy_(numbers, non_blocking=True)
            events = _Events(self._last_done, self._began, _event())
            self._last_done = events.done
        self._steps.append((step, numbers, events))
        return self._read(leaving=self._ahead)

    def settle(self) -> list[Step]:
        """Wait for all steps; returns what came of those that no ``add`` has returned."""
        self._last_done = None
        return self._read(leaving=0)

    def _read(self, *, leaving: int) -> list[Step]:
        """The steps that are done, waiting only while more than ``leaving`` are not read."""
        read: list[Step] = []
        while len(self._steps) > leaving or (self._steps and _is_done(self._steps[0][2])):
            step, numbers, events = self._steps.popleft()
            if events is not None:
                events.done.synchronize()
            read.append(_known(step, numbers, events.idle() if events else step.waited))
        return read


@dataclass(frozen=True, slots=True)
class _Events:
    """Where on the device's stream the step before ended, and this one began and ended."""

    before: torch.cuda.Event | None
    began: torch.cuda.Event | None
    done: torch.cuda.Event

    def idle(self) -> float:
        """Seconds between the end of the step before and the beginning of this one, once both have been."""
        if self.before is None or self.began is None:
            return 0.0
        return max(0.0, float(self.before.elapsed_time(self.began)) / 1000)


def _event() -> torch.cuda.Event:
    event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]  # torch has left it so
    event.record()
    return event


def _is_done(events: _Events | None) -> bool:
    return events is not None and bool(events.done.query())  # type: ignore[no-untyped-call]  # as above


def _known(step: Launched, numbers: Tensor, waited: float) -> Step:
    nats, taken = numbers.tolist()
    moved = bool(taken) and math.isfinite(nats)
    return Step(step.number, step.lines, step.labels, nats, step.rate, moved, waited)
