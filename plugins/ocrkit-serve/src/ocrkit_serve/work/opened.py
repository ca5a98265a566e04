"""An upload whose kind and pages are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit_serve.work.records import Refused
from ocrkit_serve.work.upload_scan import UploadScan

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit_serve.work.openers import Openers

__all__ = ["Opened"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An upload whose kind and pages are known; its file is whose it was.

    Attributes:
        kind: its MIME type, by its content.
        pages: how many it has.
        file: where it lies.
        name: what the sender calls it.
    """

    kind: str
    pages: int
    file: Path
    name: str
    openers: Openers

    def scan(self, number: int) -> UploadScan:
        """A page, from 1, as outputs take it; its picture is opened when it is asked for, which takes its time.

        Raises:
            Refused: there is no such page.
        """
        if not 1 <= number <= self.pages:
            told = "one page" if self.pages == 1 else f"{self.pages} pages"
            raise Refused(404, f"there is no page {number} in a file of {told}")
        called = f"{self.name}#{number}" if self.pages > 1 else self.name
        return UploadScan(self.openers, self.file, self.kind, called, number)

    def close(self) -> None:
        """Nothing is held open: each page is opened when it is asked for."""
