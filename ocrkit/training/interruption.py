"""Ctrl-C, SIGTERM and SIGHUP as a wish that the loop sees between two steps."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

__all__ = ["Interruption"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """While its block runs, the first signal is remembered and the second one interrupts at once.

    A signal that whoever started the process has it ignore, as a shell does for a job in the background, stays ignored.
    Outside the main thread, where Python sets no handlers, it only ever says no.

    Attributes:
        requested: whether a signal came.
        signal: its number; 0 before.
    """

    def __init__(self) -> None:
        self.requested = False
        self.signal = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._remember) for number in heeded}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            # None stands for a handler that was not set from Python, and that Python cannot set again.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # type: ignore[arg-type]
        self._before = {}

    def heed(self, number: int) -> None:
        """Take up a signal that another process of the run was given."""
        self.requested = True
        self.signal = self.signal or number

    def _remember(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            handler = self._before[number]
            if callable(handler):
                handler(number, frame)  # which ends the program in the way that the signal asks for
            raise KeyboardInterrupt
        self.requested = True
        self.signal = number
