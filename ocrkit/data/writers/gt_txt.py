"""Writes pairs of files: ``line.png`` and ``line.gt.txt``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ocrkit.data.writers.files import ImageFiles, refuse_what_no_line_shows
from ocrkit.data.writers.replacing import mark

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["GtTxtWriter"]

_log = logging.getLogger("ocrkit")


class GtTxtWriter:
    """Writes a folder of pairs, all at its top level, where they are recognised."""

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir()
        self._folder = folder
        self._images = ImageFiles(folder, count, parted=False)
        self._count = 0
        self._groups = 0

    def add(self, sample: EncodedSample) -> None:
        """Write an image and its text."""
        refuse_what_no_line_shows(sample)
        stem = self._images.next_stem(sample)
        # A byte order mark at the start of a file is taken for no text, so a text that begins with one needs two.
        mark_twice = "\ufeff" if sample.text.startswith("\ufeff") else ""
        self._images.write(f"{stem}.gt.txt", f"{mark_twice}{sample.text}\n".encode())
        self._images.write(f"{stem}{sample.suffix}", sample.data)
        self._count += 1
        self._groups += bool(sample.group)

    def finish(self) -> None:
        """Say what was lost, and mark the folder."""
        if self._groups:
            _log.warning("gt.txt has no place for groups: those of %d samples are not written", self._groups)
        mark(self._folder, format="gt.txt", count=self._count)

    def close(self) -> None:
        """Nothing is open."""
