"""Writes MJSynth's layout: ``1_word_2.jpg``, the word being the text, and ``annotation.txt``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ocrkit.data.writers.files import refuse, refuse_what_no_line_shows
from ocrkit.data.writers.replacing import mark

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["MjsynthWriter"]

_LONGEST = 255  # bytes of a file's name
_log = logging.getLogger("ocrkit")


class MjsynthWriter:
    """Writes folders of a thousand images each, and the list of them."""

    def __init__(self, folder: Path, count: int) -> None:
        del count
        folder.mkdir()
        self._folder = folder
        self._list = (folder / "annotation.txt").open("w", encoding="utf-8", newline="")
        self._count = 0
        self._groups = 0

    def add(self, sample: EncodedSample) -> None:
        """Write an image, named by its text, and its line."""
        refuse_what_no_line_shows(sample)
        name = f"{self._count + 1}_{sample.text}_0{sample.suffix}"
        if "/" in sample.text or "\0" in sample.text or len(name.encode()) > _LONGEST:
            what = "has a slash, or is too long," if "\0" not in sample.text else "has a NUL character"
            raise refuse(sample, f"{what} for a file's name", "mjsynth cannot hold it, and labels-tsv can")
        part = f"{self._count // 1000}"
        if self._count % 1000 == 0:
            (self._folder / part).mkdir()
        (self._folder / part / name).write_bytes(sample.data)
        self._list.write(f"./{part}/{name} 0\n")
        self._count += 1
        self._groups += bool(sample.group)

    def finish(self) -> None:
        """End the list, and say what was lost."""
        self._list.close()
        if self._groups:
            _log.warning("mjsynth has no place for groups: those of %d samples are not written", self._groups)
        mark(self._folder, format="mjsynth", count=self._count)

    def close(self) -> None:
        """Let go of the list."""
        self._list.close()
