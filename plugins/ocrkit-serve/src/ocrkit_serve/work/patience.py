"""How long somebody waits for an answer, and whether anybody does still."""

from __future__ import annotations

import math
import threading
import time

from ocrkit_serve.work.records import Refused

__all__ = ["Patience"]


class Patience:
    """Of whoever asked for something.

    Args:
        seconds: until an answer is of no use.
        within: whoever asked for more, of which this is a part; nobody waits for this where nobody waits for that.
    """

    def __init__(self, seconds: float = math.inf, *, within: Patience | None = None) -> None:
        self._seconds = seconds
        self._within = within
        self._until = time.monotonic() + seconds
        self._gone = threading.Event()

    @property
    def left(self) -> float:
        """Seconds, 0 where nobody waits."""
        if self._gone.is_set():
            return 0.0
        left = max(0.0, self._until - time.monotonic())
        return left if self._within is None else min(left, self._within.left)

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for the answer."""
        return self.left == 0

    def end(self) -> None:
        """Tell that nobody waits."""
        self._gone.set()

    def check(self) -> None:
        """See that somebody waits.

        Raises:
            Refused: nobody does.
        """
        if self._within is not None:
            self._within.check()
        if self._gone.is_set():
            raise Refused(499, "who asked for it has left")
        if self.left == 0:
            raise Refused(504, f"it took more than {self._seconds:.0f} seconds; send less, or ask for a job", 10)
