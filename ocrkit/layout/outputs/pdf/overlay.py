"""Text laid on the pages of a PDF that is there: nothing in it is encoded anew."""

from __future__ import annotations

import io
import logging
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ocrkit.errors import DataError, DependencyError
from ocrkit.layout.outputs.pdf.document import text_only_pdf
from ocrkit.layout.outputs.pdf.earlier_text import take_out_unseen_text, text_on
from ocrkit.layout.outputs.pdf.placing import Affine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    import pikepdf

    from ocrkit.layout.outputs.pdf.document import PdfOptions
    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import PdfSource, ReadPage

__all__ = ["overlaid", "require_pikepdf"]

_MUCH = 0.3  # of what was read, that text of the page's own has, in bytes
_log = logging.getLogger("ocrkit")


def require_pikepdf(name: str) -> None:
    """Say what is missing where a PDF is to be written from a PDF.

    Raises:
        DependencyError: pikepdf is not installed.
    """
    try:
        import pikepdf  # noqa: F401 - asked for
    except ImportError as error:
        raise DependencyError(
            f"{name}: text on the pages of a PDF needs the package pikepdf; install it with: pip install 'ocrkit[pdf]'"
        ) from error


def overlaid(source: PdfSource, reads: Iterator[ReadPage], options: PdfOptions) -> BinaryIO:
    """A file of the pages of a PDF that were read, in their order, with their text.

    What else the document has, as outlines, stays where all of its pages were read in turn.

    Raises:
        DataError: pikepdf cannot open what PDFium could; no page was taken then.
    """
    import pikepdf

    file = io.BytesIO(source.file) if isinstance(source.file, bytes) else source.file
    try:
        pdf = pikepdf.open(file, password=source.password or "", access_mode=pikepdf.AccessMode.stream)
    except pikepdf.PdfError as error:
        raise DataError(f"its pages cannot be written again ({error})", source.name) from error
    with pdf:
        taken: list[int] = []
        kept = 0
        for read in reads:
            taken.append(read.scan.number)
            if not read.page.error:
                kept += not _lay(pdf, pdf.pages[read.scan.number - 1], read.page, options)
        if kept:
            pages = "a page has text" if kept == 1 else f"{kept} pages have text"
            _log.warning("%s: %s already, and got none; existing=add gives it all the same", source.name, pages)
        if pdf.is_encrypted:
            _log.warning("%s: the PDF is locked, and the one with its text is not", source.name)
        return _saved(pdf, taken)


def _saved(pdf: pikepdf.Pdf, taken: Sequence[int]) -> BinaryIO:
    import pikepdf

    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller's
    if list(taken) == list(range(1, len(pdf.pages) + 1)):
        pdf.save(file, encryption=False)
    else:
        with pikepdf.new() as chosen:
            for number in taken:
                chosen.pages.append(pdf.pages[number - 1])
            chosen.save(file)
    file.seek(0)
    return file


def _lay(pdf: pikepdf.Pdf, target: pikepdf.Page, page: Page, options: PdfOptions) -> bool:
    """Lay a page's text on it; whether that was done."""
    import pikepdf

    if options.existing != "add":
        seen, unseen = text_on(target)
        # A stamp, or the foot of a library, is no text of the page.
        if seen > _MUCH * len(page.text) or (unseen and options.existing == "keep"):
            return False
        if unseen:
            take_out_unseen_text(pdf, target)
    if page.width and page.height and any(line.text or line.words for line in page.lines):
        with pikepdf.open(io.BytesIO(text_only_pdf([_unturned(page)]))) as layer:
            form = pdf.copy_foreign(layer.pages[0].as_form_xobject())
        form.Matrix = pikepdf.Array([round(part, 6) for part in _onto(target, page)])
        name = target.add_resource(form, pikepdf.Name.XObject, prefix="Ocrkit")
        # What stood before may have left the page's axes changed.
        target.contents_add(b"q", prepend=True)
        target.contents_add(b"Q q %b Do Q" % str(name).encode())
    if page.rotation and options.upright:
        target.rotate(page.rotation, relative=True)
    return True


def _unturned(page: Page) -> Page:
    return replace(page, rotation=0, dpi=72.0)


def _onto(target: pikepdf.Page, page: Page) -> Affine:
    """From points of the page as its picture shows it, upright and cut, to the page's own."""
    left, bottom, right, top = _shown_box(target)
    turn = int(str(target.obj.get("/Rotate", _inherited(target, "/Rotate", 0)))) % 360
    across, up = (top - bottom, right - left) if turn % 180 else (right - left, top - bottom)
    scaled = Affine(across / page.width, 0, 0, up / page.height, 0, 0)
    # What readers turn clockwise is turned back.
    turned = {
        0: Affine(1, 0, 0, 1, left, bottom),
        90: Affine(0, 1, -1, 0, right, bottom),
        180: Affine(-1, 0, 0, -1, right, top),
        270: Affine(0, -1, 1, 0, left, top),
    }[turn]
    return scaled.then(turned)


def _shown_box(target: pikepdf.Page) -> tuple[float, float, float, float]:
    """What readers show of a page: its crop box within its media box."""
    media, crop = (_box(list(box)) for box in (target.mediabox, target.cropbox))
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(corners: list[object]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(str(part)) for part in corners)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _inherited(target: pikepdf.Page, key: str, default: int) -> object:
    node, depth = target.obj.get("/Parent"), 0
    while node is not None and depth < 64:
        if key in node:
            return node[key]
        node, depth = node.get("/Parent"), depth + 1
    return default
