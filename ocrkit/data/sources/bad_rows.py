"""What is wrong with a row of a data set: raised at the first, or told one by one to whoever wants them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ocrkit.data.records import BadRow
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BadRows", "Report", "RowFault", "check_text"]

Report = Callable[[BadRow], None]


class RowFault(Exception):  # noqa: N818 - never leaves the sources: `BadRows` turns it into a DataError or a BadRow
    """A row that cannot be used: its kind, one word for machines, and the reason, for people.

    ``earlier`` is the line of the row that it contradicts, if any.
    """

    def __init__(self, kind: str, reason: str, *, earlier: int = 0) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.earlier = earlier


class BadRows:
    """Takes what is wrong with rows.

    Args:
        report: told of each, whose row is then left out; where None, the first is raised as a ``DataError``.
    """

    def __init__(self, report: Report | None = None) -> None:
        self._report = report

    @property
    def raised(self) -> bool:
        """Whether the first fault ends the reading."""
        return self._report is None

    def add(self, path: Path | str, line: int, fault: RowFault, *, cause: Exception | None = None) -> None:
        """Raise or report what is wrong at a line of a file.

        Where the format has no lines, ``line`` is 0, and ``path`` may name a key or row too, as ``set.lmdb#label-7``.
        """
        if self._report is None:
            raise DataError(fault.reason, path, line or None) from cause
        self._report(BadRow(str(path), line, fault.kind, fault.reason, fault.earlier))


def check_text(text: str, name: str) -> None:
    """Refuse a text that no line can show.

    Raises:
        RowFault: it is empty, or has a line break.
    """
    if not text or text.isspace():
        raise RowFault("empty-text", f"the text of {name!r} is empty; expected a label, so give it or drop the row")
    if "\n" in text or "\r" in text:
        raise RowFault("line-break", f"the text of {name!r} has a line break; expected one line of text")
