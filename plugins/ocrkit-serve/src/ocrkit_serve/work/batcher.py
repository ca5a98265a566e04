"""Lines of all requests read together, a few at a time, by the one thread that a model has."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocrkit_serve.work.records import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrkit.data.loading import FittedLine
    from ocrkit.data.records import BadImage, Prediction
    from ocrkit.recognition import Recognizer
    from ocrkit_serve.work.patience import Patience

__all__ = ["Batcher"]

MOST_LINES = 64
"""That are read together, so that nobody's line waits behind more than these."""

_WAIT = 0.02  # seconds that a line waits for others, where others may come
_LOOK = 0.1  # seconds between looks whether anybody still waits
_log = logging.getLogger("ocrkit")


class Batcher:
    """Reads lines that come from any thread.

    Args:
        name: of its thread.
        others: tells how many requests are being read, whose lines may still come.

    Attributes:
        lines: that were read so far.
        batches: in which they were.
    """

    def __init__(self, name: str, others: Callable[[], int] = lambda: 0) -> None:
        self.lines = self.batches = 0
        self._others = others
        self._condition = threading.Condition()
        self._asked: deque[_Asked] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"lines of {name}", daemon=True)
        self._thread.start()

    def read(
        self,
        recognizer: Recognizer,
        names: Sequence[str],
        lines: Sequence[FittedLine | BadImage],
        patience: Patience,
    ) -> list[Prediction]:
        """What stands in lines, in their order; what one reads as does not depend on the others.

        Args:
            recognizer: reads them. Only lines that are given with the same one are read together.
            names: of the lines.
            lines: as many.
            patience: of whoever asked for them; lines that nobody waits for are not read.

        Raises:
            Refused: nobody waits for them any more, or the service ends.
        """
        if not lines:
            return []
        asked = _Asked(recognizer, names, lines, patience)
        with self._condition:
            if self._closed:
                raise Refused(503, "the service is ending")
            self._asked.append(asked)
            self._condition.notify_all()
        while not asked.done.wait(_LOOK):
            patience.check()
        if asked.error is not None:
            raise asked.error
        return [asked.readings[place] for place in range(len(lines))]

    def waiting(self) -> int:
        """How many lines wait to be read."""
        with self._condition:
            return sum(len(asked.left) for asked in self._asked)

    def close(self, seconds: float) -> None:
        """Read nothing more, and wait at most so long for the lines in hand."""
        with self._condition:
            self._closed = True
            for asked in self._asked:
                asked.fail(Refused(503, "the service is ending"))
            self._asked.clear()
            self._condition.notify_all()
        self._thread.join(seconds)

    def _work(self) -> None:
        while batch := self._next():
            self._read(batch)
            del batch

    def _next(self) -> list[tuple[_Asked, int]]:
        """The lines to be read together; none once it is closed."""
        with self._condition:
            while not self._closed:
                self._forget_the_gone()
                if self._asked and not self._may_wait():
                    return self._taken()
                self._condition.wait(_WAIT if self._asked else None)
            return []

    def _forget_the_gone(self) -> None:
        # One that failed with its first lines has none left, whoever may still wait.
        for asked in [asked for asked in self._asked if asked.patience.is_over or not asked.left]:
            self._asked.remove(asked)

    def _may_wait(self) -> bool:
        """Whether others may bring lines soon, and there is time to wait for them."""
        if sum(len(asked.left) for asked in self._asked) >= MOST_LINES or self._others() <= len(self._asked):
            return False
        return time.monotonic() < self._asked[0].came + _WAIT

    def _taken(self) -> list[tuple[_Asked, int]]:
        """A line of each who asks in turn, of those that one recogniser reads, who then go behind the others."""
        recognizer = self._asked[0].recognizer
        together = [asked for asked in self._asked if asked.recognizer is recognizer]
        batch: list[tuple[_Asked, int]] = []
        while len(batch) < MOST_LINES and any(asked.left for asked in together):
            for asked in together:
                if asked.left and len(batch) < MOST_LINES:
                    batch.append((asked, asked.left.popleft()))
        for asked in together:
            self._asked.remove(asked)
        self._asked.extend(asked for asked in together if asked.left)
        return batch

    def _read(self, batch: list[tuple[_Asked, int]]) -> None:
        recognizer = batch[0][0].recognizer
        try:
            readings = recognizer.read_loaded(
                [asked.names[place] for asked, place in batch], [asked.lines[place] for asked, place in batch]
            )
        except Exception as error:
            if len(batch) > 1:  # one of them may be at fault, and the others are not to suffer for it
                for one in batch:
                    self._read([one])
                return
            _log.exception("a line could not be read")
            batch[0][0].fail(error)
            return
        self.lines += len(batch)
        self.batches += 1
        for (asked, place), reading in zip(batch, readings, strict=True):
            asked.take(place, reading)


@dataclass(slots=True, eq=False)
class _Asked:
    """Lines that somebody waits for."""

    recognizer: Recognizer
    names: Sequence[str]
    lines: Sequence[FittedLine | BadImage]
    patience: Patience
    came: float = field(default_factory=time.monotonic)
    left: deque[int] = field(init=False)
    readings: dict[int, Prediction] = field(default_factory=dict)
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.left = deque(range(len(self.lines)))

    def take(self, place: int, reading: Prediction) -> None:
        self.readings[place] = reading
        if len(self.readings) == len(self.lines):
            self.done.set()

    def fail(self, error: Exception) -> None:
        self.error = error
        self.left.clear()
        self.done.set()
