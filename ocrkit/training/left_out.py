"""Telling of lines that are left out, as they are met: the first by name, all of them in the log."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.data.records import BadImage
    from ocrkit.training.lines import Lines
    from ocrkit.training.observer import Observer
    from ocrkit.training.run_writer import RunWriter

__all__ = ["LeftOut"]

_NAMED = 5  # bad lines of a set in notes


class LeftOut:
    """Tells an observer, and the run's log once there is one.

    Attributes:
        record: writes the log; None before it is begun, which then names the lines that are bad so far.
    """

    def __init__(self, observer: Observer) -> None:
        self.record: RunWriter | None = None
        self._observer = observer
        self._counts = Counter[str]()

    def __call__(self, lines: Lines, bad: BadImage) -> None:
        """Tell that a line of a set is left out."""
        self._counts[lines.what] += 1
        count = self._counts[lines.what]
        if count <= _NAMED:
            self._observer.note(f"left out {bad}")
        elif count == _NAMED + 1:
            self._observer.note(f"left out more of the {len(lines)} {lines.what} lines; log.jsonl names each")
        if self.record is not None:
            self.record.leave_out(bad)
