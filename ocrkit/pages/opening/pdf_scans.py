"""Pages of PDFs: drawn so that a page's own picture comes out as it is, others at the resolution asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.errors import DependencyError, ImageError
from ocrkit.layout.scan import PdfSource
from ocrkit.pages.opening.image_scans import BadScan
from ocrkit.pages.opening.pdf_file import NO_PAGES, OpenedPdf, is_pdf
from ocrkit.pages.opening.pdf_resolution import POINTS, PageSize, page_size
from ocrkit.pages.opening.picture import MAX_PAGE_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2
    from numpy.typing import NDArray

    from ocrkit.layout.scan import Scan
    from ocrkit.pages.opening.numbers import PageNumbers

__all__ = ["PdfFile", "PdfScan", "is_pdf"]


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A PDF whose pages are wanted.

    Attributes:
        source: the file, or its bytes.
        name: what messages call it.
        password: what it is locked by.
    """

    source: Path | bytes
    name: str
    password: str | None = None

    def count(self) -> int:
        """How many pages it says that it has.

        Raises:
            ImageError: it cannot be opened.
            DependencyError: pypdfium2 is not installed.
        """
        opened = OpenedPdf(self.source, self.name, self.password)
        try:
            with opened.document() as document:
                return len(document)
        finally:
            opened.close()

    def scans(self, wanted: PageNumbers, dpi: float | None) -> Iterator[Scan]:
        """Its pages; one that cannot be opened where the file cannot."""
        opened = OpenedPdf(self.source, self.name, self.password)
        path = self.source if isinstance(self.source, Path) else None
        try:
            with opened.document() as document:
                held = len(document)
        except ImageError as error:
            yield BadScan(self.name, error.reason, path)
            return
        if held == 0:
            yield BadScan(self.name, NO_PAGES, path)
            return
        for number in wanted.of_file(held):
            if number > held:
                pages = "one page" if held == 1 else f"{held} pages"
                yield BadScan(f"{self.name}#{number}", f"there is no such page; it has {pages}", path, number)
            else:
                yield PdfScan(opened, number, f"{self.name}#{number}" if held > 1 else self.name, dpi)


@dataclass(frozen=True, slots=True)
class PdfScan:
    """A page of a PDF, upright as its readers show it, cut to what they show.

    Attributes:
        pdf: the file.
        number: the page, from 1.
        name: what messages call it.
        wanted_dpi: what it is drawn at; None for its own picture's, or 300.
    """

    pdf: OpenedPdf
    number: int
    name: str
    wanted_dpi: float | None = None

    @property
    def path(self) -> Path | None:
        """The file, where it is not in memory."""
        return self.pdf.source if isinstance(self.pdf.source, Path) else None

    @property
    def dpi(self) -> float | None:
        """Pixels of the picture an inch of the page; None where the page cannot be opened."""
        try:
            return self._size().dpi
        except (ImageError, DependencyError):
            return None

    def size(self) -> tuple[int, int]:
        """Width and height in px of the picture that it would be drawn as.

        Raises:
            ImageError: it cannot be opened.
        """
        size = self._size()
        return size.width, size.height

    def image(self) -> Image.Image:
        """The page drawn; the picture that it is, where it is one.

        Raises:
            ImageError: it cannot be opened, or would be too large.
        """
        import pypdfium2

        with self.pdf.document() as document:
            page = self._page(document)
            try:
                size = self._checked(page_size(page, self.wanted_dpi))
                drawn = _drawn(page, size)
            except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
                raise ImageError(f"the page cannot be drawn ({error})", self.name) from error
            finally:
                page.close()
        self.pdf.forget_drawn()
        return drawn

    def jpeg(self) -> bytes | None:
        """Nothing: the page is drawn."""
        return None

    def pdf_source(self) -> PdfSource:
        """The PDF that it is in."""
        return PdfSource(self.pdf.name, self.pdf.source, self.pdf.password)

    def _size(self) -> PageSize:
        with self.pdf.document() as document:
            page = self._page(document)
            try:
                return page_size(page, self.wanted_dpi)
            finally:
                page.close()

    def _page(self, document: pypdfium2.PdfDocument) -> pypdfium2.PdfPage:
        import pypdfium2

        try:
            return document[self.number - 1]
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise ImageError("the page is damaged, and cannot be opened", self.name) from error

    def _checked(self, size: PageSize) -> PageSize:
        if size.width * size.height <= MAX_PAGE_PIXELS:
            return size
        inches = f"{size.page_width / POINTS:.4g} x {size.page_height / POINTS:.4g} inches"
        fitting = int(size.dpi * (MAX_PAGE_PIXELS / (size.width * size.height)) ** 0.5)
        way_out = f": at {fitting} dpi it fits" if fitting >= 1 else ""
        raise ImageError(
            f"the page is {inches}, so {size.width}x{size.height} px at {size.dpi:.4g} dpi; "
            f"expected at most {MAX_PAGE_PIXELS:,} px in all{way_out}",
            self.name,
        )


def _drawn(page: pypdfium2.PdfPage, size: PageSize) -> Image.Image:
    import pypdfium2
    import pypdfium2.raw as pdfium

    bitmap = pypdfium2.PdfBitmap.new_native(size.width, size.height, pdfium.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, size.width, size.height)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_RENDER_LIMITEDIMAGECACHE
        area = (0, 0, size.width, size.height, 0, flags)
        # By the page's width and height in px: a scale alone would draw a picture a little squeezed, and so blurred.
        pdfium.FPDF_RenderPageBitmap(bitmap, page, *area)
        if page.formenv:
            pdfium.FPDF_FFLDraw(page.formenv, bitmap, page, *area)
        pixels = bitmap.to_numpy()
        if _is_grey(pixels):
            return Image.fromarray(np.ascontiguousarray(pixels[:, :, 0]))
        return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    finally:
        bitmap.close()


def _is_grey(pixels: NDArray[np.uint8]) -> bool:
    # Strips stay in the cache, and whole channels compare seven times as fast as pixels do.
    strips = (pixels[top : top + 64] for top in range(0, len(pixels), 64))
    return all(
        np.array_equal(strip[:, :, 0], strip[:, :, 1]) and np.array_equal(strip[:, :, 0], strip[:, :, 2])
        for strip in strips
    )
