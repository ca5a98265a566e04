"""How fast pages are read at present, and when all will be."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Pace", "spoken_time"]

_WINDOW = 180.0  # seconds that the pace is taken over
_STEP = 1.0  # seconds within which pages are counted as one


class Pace:
    """Pages a second over the last minutes.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._counts: deque[tuple[float, int]] = deque()

    def add(self, pages: int = 1) -> None:
        """Note that pages were read, which those that were read before are not."""
        now = self._clock()
        if self._counts and now - self._counts[-1][0] < _STEP:
            self._counts[-1] = (self._counts[-1][0], self._counts[-1][1] + pages)
        else:
            self._counts.append((now, pages))

    def a_second(self) -> float:
        """Pages a second; 0 where none was read."""
        now = self._clock()
        while self._counts and now - self._counts[0][0] > _WINDOW:
            self._counts.popleft()
        passed = min(_WINDOW, now - self._began)
        return sum(pages for _, pages in self._counts) / passed if passed > 0 else 0.0

    def left(self, pages: int) -> str:
        """How long so many more pages will take, in words; empty where that cannot be told."""
        pace = self.a_second()
        return f"{spoken_time(pages / pace)} left" if pace > 0 else ""


def spoken_time(seconds: float) -> str:
    """Seconds in words: ``3 min``, ``2 h 10 min``, ``4 days 3 h``."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min"
    return f"{hours // 24} days {hours % 24} h"
