"""PDFs of whatever pages come: pictures become a PDF of their own, pages of PDFs stay what they are."""

from __future__ import annotations

import itertools
import logging
import tempfile
from typing import TYPE_CHECKING, cast

from ocrkit.errors import DataError
from ocrkit.layout.outputs.pdf.document import picture_pdf
from ocrkit.layout.outputs.pdf.overlay import overlaid, require_pikepdf
from ocrkit.layout.scan import PdfPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from ocrkit.layout.outputs.pdf.document import PdfOptions
    from ocrkit.layout.scan import PdfSource, ReadPage

__all__ = ["render_pdf"]

_PIECE = 1 << 20
_log = logging.getLogger("ocrkit")


def render_pdf(pages: Iterable[ReadPage], options: PdfOptions) -> Iterator[bytes]:
    """Yield a PDF of the pages, with their text behind them.

    Pictures are written as they come. Pages of a PDF are those of that PDF, nothing in them encoded anew, with text
    laid on them; they are there when the last one was read.

    Raises:
        DependencyError: pages are a PDF's, and pikepdf is not installed.
    """
    parts = itertools.groupby(pages, _source)
    first = next(parts, None)
    if first is None or first[0] is None:
        begun = itertools.chain(() if first is None else (first,), parts)
        # What comes after pictures, if anything does, is drawn too: the file has begun.
        yield from picture_pdf((read for _, part in begun for read in part), options)
        return
    require_pikepdf(first[0].name)
    written = [_written(*first, options)]
    written.extend(_written(source, part, options) for source, part in parts)
    whole = written[0] if len(written) == 1 else _joined(written)
    with whole:
        while piece := whole.read(_PIECE):
            yield piece


def _source(read: ReadPage) -> PdfSource | None:
    return read.scan.pdf_source() if isinstance(read.scan, PdfPage) else None


def _written(source: PdfSource | None, reads: Iterator[ReadPage], options: PdfOptions) -> BinaryIO:
    if source is not None:
        try:
            return overlaid(source, reads, options)
        except DataError as error:
            _log.warning("%s; they are drawn", error)
    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller's
    file.writelines(picture_pdf(reads, options))
    file.seek(0)
    return file


def _joined(parts: list[BinaryIO]) -> BinaryIO:
    import pikepdf

    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the caller's
    with pikepdf.new() as whole:
        opened = [pikepdf.open(part) for part in parts]
        for pdf in opened:
            whole.pages.extend(pdf.pages)
        whole.save(file)
        for pdf in opened:
            pdf.close()
    for part in parts:
        part.close()
    file.seek(0)
    return file
