"""Tells from the losses of steps when a training has gone wrong for good."""

from __future__ import annotations

import math
import statistics
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.training.underway import Step

__all__ = ["BatchPlace", "Divergence", "Trouble"]

_MOST_FAILED = 20  # steps in a row
_MEDIAN_OF = 25  # steps; a few batches of bad lines do not move it
_FACTOR = 2.0
_MARGIN = 2.0  # nats a label: from 0.1 to 2.1 a reader unlearns to read
_PATIENCE = 200  # steps
_FALLING = 0.9


@dataclass(frozen=True, slots=True)
class BatchPlace:
    """Which batch a step took: the ``batch``-th, from 0, of an ``epoch``, in the ``step``-th of the run."""

    step: int
    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a training cannot go on, and the batch that it began with."""

    reason: str
    began: BatchPlace


class Divergence:
    """Watches the losses of a run.

    The median of the last 25 losses is followed. When it is above twice its lowest, and by 2 nats a label at least,
    for 200 steps, and has not fallen by a tenth meanwhile, the weights have left the valley that they were in. Warm-up,
    hard batches and another data set do not do that for so long; a rate that is too high does.
    """

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=_MEDIAN_OF)
        self._lowest = math.inf
        self._risen: BatchPlace | None = None
        self._least_since = math.inf
        self._steps_above = 0
        self._failed_since: BatchPlace | None = None

    @property
    def suspected(self) -> bool:
        """Whether the loss is too high already, but not for long enough to be sure."""
        return self._steps_above > 0

    def note(self, step: Step, place: BatchPlace, *, failed: int) -> Trouble | None:
        """Take up what came of a step; returns what is wrong, if anything is.

        Args:
            step: the step.
            place: which batch it took.
            failed: how many steps in a row, this one included, were left out since they were not finite.
        """
        if not step.taken:
            self._failed_since = place if failed == 1 or self._failed_since is None else self._failed_since
            if failed < _MOST_FAILED:
                return None
            return Trouble(
                f"the loss or its gradient was not finite in {_MOST_FAILED} steps in a row", self._failed_since
            )
        return self._note_loss(step.loss, place)

    def _note_loss(self, loss: float, place: BatchPlace) -> Trouble | None:
        level = max(_FACTOR * self._lowest, self._lowest + _MARGIN)
        if loss <= level and not self._steps_above:
            self._risen = None
        elif self._risen is None:
            self._risen = place
        self._losses.append(loss)
        if len(self._losses) < _MEDIAN_OF:
            return None
        median = statistics.median(self._losses)
        self._lowest = min(self._lowest, median)
        if median <= level:
            self._steps_above, self._least_since = 0, math.inf
            return None
        return self._note_high(median, place)

    def _note_high(self, median: float, place: BatchPlace) -> Trouble | None:
        self._steps_above += 1
        if median < _FALLING * self._least_since:
            falls = math.isfinite(self._least_since)
            self._least_since = median
            self._steps_above = 1 if falls else self._steps_above
        if self._steps_above < _PATIENCE:
            return None
        return Trouble(
            f"the loss has been {median:.3g} nats a label for some {_PATIENCE} steps, where it was {self._lowest:.3g}: "
            "the training diverges",
            self._risen or place,
        )
