"""Searchable PDFs, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.errors import ImageError, OptionError, did_you_mean
from ocrkit.layout.outputs.pdf.font import Codes, write_font
from ocrkit.layout.outputs.pdf.objects import PdfWriter, number, text_string
from ocrkit.layout.outputs.pdf.pictures import picture_of
from ocrkit.layout.outputs.pdf.placing import upright_affine
from ocrkit.layout.outputs.pdf.text_layer import text_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.outputs.pdf.pictures import Picture
    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import ReadPage, Scan

__all__ = ["PdfOptions", "picture_pdf", "text_only_pdf"]

EXISTING = ("replace", "keep", "add")
POINTS = 72.0
DPI = 300.0
_BEST = 95
_EMPTY = (595, 842)  # points: a page that could not be opened
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class PdfOptions:
    """How a searchable PDF is made.

    Attributes:
        quality: of the JPEG, 1 to 95, that pictures become which are none in their file; 0 keeps every pixel.
        existing: what becomes of text that a PDF's page has already: ``replace`` takes out what an earlier reading laid
            there unseen, and leaves pages as they are whose text is seen; ``keep`` leaves pages with any text as they
            are; ``add`` lays what was read beside it.
        upright: whether a PDF's pages that lie on their side are set upright.

    Raises:
        OptionError: a value is out of range.
    """

    quality: int = 0
    existing: str = "replace"
    upright: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= _BEST:
            raise OptionError(f"quality is {self.quality!r}; expected 1 to {_BEST}, or 0 to keep every pixel")
        if self.existing not in EXISTING:
            hint = did_you_mean(self.existing, EXISTING, then=f"expected {', '.join(EXISTING)}")
            raise OptionError(f"no way {self.existing!r} with existing text; {hint}")


def text_only_pdf(pages: Iterable[Page]) -> bytes:
    """A PDF of text that is not seen, without pictures, for programs that lay it on pages of their own.

    Each page is as large as its picture at its ``dpi``, 300 where nobody said one.
    """
    return b"".join(_document(((page, None) for page in pages), PdfOptions()))


def picture_pdf(pages: Iterable[ReadPage], options: PdfOptions) -> Iterator[bytes]:
    """Yield a PDF of pictures, piece by piece; no more than a page is held."""
    return _document(((read.page, read.scan) for read in pages), options)


def _document(pages: Iterable[tuple[Page, Scan | None]], options: PdfOptions) -> Iterator[bytes]:
    writer, codes = PdfWriter(), Codes()
    root, tree, info, font = (writer.reserve() for _ in range(4))
    yield writer.begin()
    kids: list[int] = []
    title, language = "", ""
    for page, scan in pages:
        title, language = title or page.image, language or next(iter(page.languages), "")
        kids.append(writer.reserve())
        yield from _page(_Parts(writer, codes, tree, font), kids[-1], page, scan, options)
    yield from write_font(writer, font, codes)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    yield writer.written(tree, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), listed))
    yield writer.written(root, b"<< /Type /Catalog /Pages %d 0 R%b >>" % (tree, _language(language)))
    yield writer.written(info, b"<< /Title %b /Producer (ocrkit) >>" % text_string(title.rsplit("/", 1)[-1]))
    yield writer.end(root, info)


class _Parts(NamedTuple):
    """What all pages of a document share: the writer, the codes, and the numbers of the tree and the font."""

    writer: PdfWriter
    codes: Codes
    tree: int
    font: int


def _page(parts: _Parts, numbered: int, page: Page, scan: Scan | None, options: PdfOptions) -> Iterator[bytes]:
    writer = parts.writer
    picture = None if scan is None or page.error else _picture(scan, options)
    width, height = (page.width, page.height) if picture is None else (picture.width, picture.height)
    scale = POINTS / (page.dpi or (None if scan is None else scan.dpi) or DPI)
    to_page = upright_affine(width, height, page.rotation, scale)
    resources, shown = b"/Font << /f-0-0 %d 0 R >>" % parts.font, b""
    if picture is not None:
        image = writer.reserve()
        yield from writer.stream(image, picture.entries, picture.data, packed=True)
        resources += b" /XObject << /I %d 0 R >>" % image
        shown = b"q " + b" ".join(number(part, 4) for part in picture.placed.then(to_page)) + b" cm /I Do Q\n"
    content = writer.reserve()
    yield from writer.stream(content, b"", shown + text_layer(page, to_page, parts.codes))
    across, up = (height, width) if page.rotation % 180 else (width, height)
    if not across or not up:
        across, up = (round(side / scale) for side in _EMPTY)
    yield writer.written(
        numbered,
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %b %b] /Resources << %b >> /Contents %d 0 R >>"
        % (parts.tree, number(across * scale, 4), number(up * scale, 4), resources, content),
    )


def _picture(scan: Scan, options: PdfOptions) -> Picture | None:
    try:
        return picture_of(scan, options.quality)
    except ImageError:
        return None  # it was named when it was read


def _language(code: str) -> bytes:
    """A catalog's entry for a language, where it is one."""
    return b" /Lang (%b)" % code.encode() if _LANGUAGE.fullmatch(code) else b""
