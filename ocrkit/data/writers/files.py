"""Image files written one by one, each under a name of its own that keeps what it was called and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.writers.encoded import file_stem
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["ImageFiles", "refuse", "refuse_what_no_line_shows"]

_IN_A_FOLDER = 10_000  # images; with more of them, each thousand has a folder


class ImageFiles:
    """Numbers images from 1 and names them ``0012-STEM.png``, so that files sort as they were written.

    Args:
        folder: where they will lie.
        count: how many there are at most, which gives the width of the numbers.
        parted: whether each thousand of very many may have a folder of its own.
    """

    def __init__(self, folder: Path, count: int, *, parted: bool = True) -> None:
        self._folder = folder
        self._width = len(str(count))
        self._parted = parted and count > _IN_A_FOLDER
        self._number = 0

    def next_stem(self, sample: EncodedSample) -> str:
        """The path of the next image without its suffix, relative to the folder, which is there then."""
        self._number += 1
        stem = "-".join(filter(None, (f"{self._number:0{self._width}d}", file_stem(sample.name))))
        part = f"{(self._number - 1) // 1000:0{max(self._width - 3, 1)}d}/" if self._parted else ""
        (self._folder / part).mkdir(parents=True, exist_ok=True)
        return part + stem

    def write(self, relative: str, data: bytes) -> None:
        """Write a file below the folder."""
        (self._folder / relative).write_bytes(data)


def refuse(sample: EncodedSample, what: str, way_out: str) -> DataError:
    """The error for a text that a format cannot hold."""
    text = sample.text if len(sample.text) <= 60 else sample.text[:57] + "..."
    return DataError(f"the text {text!r} {what}; {way_out}", sample.place)


def refuse_what_no_line_shows(sample: EncodedSample) -> None:
    """Refuse a text that no format's reader would take.

    Raises:
        DataError: it is empty, has a line break, or holds half of a surrogate pair, which UTF-8 has no bytes for.
    """
    text = sample.text
    if not text or text.isspace():
        raise refuse(sample, "is empty", "expected a label, so give it or drop the sample")
    if "\n" in text or "\r" in text:
        raise refuse(sample, "has a line break", "expected one line of text")
    if "\n" in sample.group or "\r" in sample.group:
        raise refuse(sample, f"has the group {sample.group!r}, which has a line break", "expected a plain name")
    for part in (text, sample.group):
        try:
            part.encode()
        except UnicodeEncodeError as error:
            point = f"U+{ord(part[error.start]):04X}"
            raise refuse(
                sample, f"or its group holds {point}, half a character", "expected whole characters"
            ) from error
