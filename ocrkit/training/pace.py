"""How fast training goes, and how much of the time the device stands idle."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.training.underway import Step

__all__ = ["Pace"]

_STEPS = 50


class Pace:
    """Lines a second and the share of waiting over the last fifty steps, saving and validation left out."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_STEPS)
        self._lines: deque[int] = deque(maxlen=_STEPS)
        self._waited: deque[float] = deque(maxlen=_STEPS)

    def launched(self, seconds: float) -> None:
        """A step was launched this long after the one before, the wait for its lines included."""
        self._seconds.append(seconds)

    def done(self, step: Step) -> None:
        """What a step was is known."""
        self._lines.append(step.lines)
        self._waited.append(step.waited)

    @property
    def speed(self) -> float:
        """Lines a second."""
        seconds = sum(self._seconds)
        # Of the steps launched, the last few may not be done.
        return sum(self._lines) / seconds * len(self._seconds) / max(1, len(self._lines)) if seconds else 0.0

    @property
    def waited(self) -> float:
        """The share of the time, 0 to 1, in which the device had nothing to do."""
        seconds = sum(self._seconds)
        return min(1.0, sum(self._waited) / seconds) if seconds else 0.0
