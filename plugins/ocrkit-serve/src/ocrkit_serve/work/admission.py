"""Who is let in: so many readings and openings at a time, and the others are told when to come again."""

from __future__ import annotations

import math
import threading
from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias

from ocrkit_serve.work.records import Metric, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Admission", "Stage"]

Stage: TypeAlias = Literal["starting", "ready", "ending", "ended"]

_USUAL_SECONDS = 3.0  # of a page, before one was read
_LEARNT = 0.1  # of what the last page took
_LONGEST_RETRY = 120


class Admission:
    """Counts what is in hand, and refuses what is too much.

    Args:
        most: readings and jobs in hand, and likewise openings.
        at_a_time: pages that are read at a time.

    Attributes:
        stage: of the service; only a ready one lets anybody in.
        readings: and jobs in hand.
        openings: of files in hand.
    """

    def __init__(self, most: int, at_a_time: int) -> None:
        self.stage: Stage = "starting"
        self.readings = self.openings = 0
        self._most = most
        self._at_a_time = at_a_time
        self._seconds = _USUAL_SECONDS
        self._pages = 0
        self._refused: Counter[int] = Counter()
        self._lock = threading.Lock()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in hand."""
        return self.readings == self.openings == 0

    def begin_reading(self) -> None:
        """Let a reading in.

        Raises:
            Refused: the service is full, or not ready.
        """
        with self._lock:
            self._check(self.readings)
            self.readings += 1

    def end_reading(self) -> None:
        """Tell that a reading is no longer in hand."""
        with self._lock:
            self.readings -= 1

    def begin_opening(self) -> None:
        """Let an opening in.

        Raises:
            Refused: the service is full, or not ready.
        """
        with self._lock:
            self._check(self.openings)
            self.openings += 1

    def end_opening(self) -> None:
        """Tell that an opening is no longer in hand."""
        with self._lock:
            self.openings -= 1

    def was_read(self, seconds: float | None) -> None:
        """Count what was read, a page that took so long, or a line by itself, which tells nothing of pages."""
        with self._lock:
            self._pages += 1
            if seconds is not None:
                self._seconds += _LEARNT * (seconds - self._seconds)

    def refusal(self, status: int, reason: str, retry_after: int | None = None) -> Refused:
        """A refusal, which is counted."""
        return self.counted(Refused(status, reason, retry_after))

    def counted(self, refused: Refused) -> Refused:
        """The refusal, counted."""
        self._refused[refused.status] += 1
        return refused

    def metrics(self) -> Iterator[Metric]:
        """What was counted."""
        refused: dict[tuple[tuple[str, str], ...], float] = {
            (("status", str(status)),): count for status, count in sorted(self._refused.items())
        }
        yield Metric("ocrkit_pages_read_total", "counter", "Pages and single lines that were read.", {(): self._pages})
        yield Metric("ocrkit_readings", "gauge", "Readings and jobs in hand.", {(): self.readings})
        yield Metric("ocrkit_openings", "gauge", "Files being opened.", {(): self.openings})
        yield Metric("ocrkit_refusals_total", "counter", "What was not served, by status.", refused)

    def _check(self, held: int) -> None:
        if self.stage == "starting":
            raise self.refusal(503, "the service is starting", 5)
        if self.stage != "ready":
            raise self.refusal(503, "the service is ending", 5)
        if held >= self._most:
            # Half of those before are ended by then, if all are pages.
            seconds = math.ceil(self._seconds * self._most / self._at_a_time / 2)
            raise self.refusal(503, "the service is busy; try again later", min(_LONGEST_RETRY, max(1, seconds)))
