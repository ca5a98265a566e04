"""Warnings that the library logs, shown on stderr."""

from __future__ import annotations

import logging
import sys

__all__ = ["show_warnings"]


def show_warnings() -> None:
    """Show what is logged under ``ocrkit`` from the level WARNING on, each message once, as a note on stderr."""
    logger = logging.getLogger("ocrkit")
    if not any(isinstance(handler, _Notes) for handler in logger.handlers):
        logger.addHandler(_Notes(logging.WARNING))


class _Notes(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        # Looked up afresh each time: while a progress bar is on, stderr is what prints above it.
        message = record.getMessage()
        if message not in self._said:
            self._said.add(message)
            print(f"note: {message}", file=sys.stderr, flush=True)
