"""The role of a page's picture: what readers of pages take, and what outputs that hold the picture ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.records import Page

__all__ = ["ReadPage", "Scan"]


class Scan(Protocol):
    """A page that can be opened: one of a file's, or a picture in memory."""

    @property
    def name(self) -> str:
        """What messages call it: ``book.pdf#12``."""
        ...

    @property
    def path(self) -> Path | None:
        """The file that it is in; None where it is in none."""

    @property
    def number(self) -> int:
        """The page of that file, from 1."""
        ...

    @property
    def dpi(self) -> float | None:
        """Pixels of ``image`` an inch; None where nothing says it, or what says it cannot be."""

    def image(self) -> Image:
        """The picture, mode ``L`` or ``RGB``, on white where it was transparent, turned as its EXIF orientation says.

        Raises:
            ImageError: it cannot be opened.
        """
        ...

    def jpeg(self) -> bytes | None:
        """The file's own JPEG data of this picture, where it is one; else None.

        Its pixels are those of ``image`` once they are turned as its EXIF orientation says.
        """


class ReadPage(NamedTuple):
    """A page with what was read on it, and its picture."""

    page: Page
    scan: Scan
