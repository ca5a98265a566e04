"""The role of a page's picture: what readers of pages take, and what outputs that hold the picture ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.records import Page

__all__ = ["PdfPage", "PdfSource", "ReadPage", "Scan"]


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


class PdfSource(NamedTuple):
    """A PDF that pages are in.

    Attributes:
        name: what messages call it.
        file: where it is, or its bytes.
        password: what opens it, where it is locked.
    """

    name: str
    file: Path | bytes
    password: str | None = None


@runtime_checkable
class PdfPage(Protocol):
    """The further role of a scan that is a page of a PDF, for outputs that take such pages as they are."""

    def pdf_source(self) -> PdfSource:
        """The PDF that it is in."""
        ...


class ReadPage(NamedTuple):
    """A page with what was read on it, and its picture."""

    page: Page
    scan: Scan
