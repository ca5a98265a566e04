"""Talk on stderr: what a command says, and the warnings that the library logs."""

from __future__ import annotations

import logging
import sys

from ocrkit.cli.escaping import one_line
from ocrkit.cli.flags import in_flags

__all__ = ["say", "show_warnings", "spoken"]


def say(line: str) -> None:
    """One line of talk on stderr, whatever the names in it hold."""
    # Looked up afresh each time: while a progress bar is on, stderr is what prints above it.
    print(spoken(line), file=sys.stderr, flush=True)


def spoken(line: str) -> str:
    """The line as a command says it: with its flags for the fields that are named, and harmless to a terminal."""
    return one_line(in_flags(line))


def show_warnings(*, debug: bool = False) -> None:
    """Show what is logged under ``ocrkit`` from WARNING on, or with ``debug`` all, once each, as notes on stderr."""
    logger, level = logging.getLogger("ocrkit"), logging.DEBUG if debug else logging.WARNING
    logger.setLevel(level if debug else logging.NOTSET)
    notes = [handler for handler in logger.handlers if isinstance(handler, _Notes)] or [_Notes(level)]
    for handler in notes:
        handler.setLevel(level)
        logger.addHandler(handler)


class _Notes(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message not in self._said:
            self._said.add(message)
            say(f"note: {message}")
