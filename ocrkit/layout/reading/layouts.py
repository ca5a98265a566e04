"""Files of pages, whatever their format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.sources import alto, page
from ocrkit.data.sources.bad_rows import BadRows
from ocrkit.data.sources.page_image import image_of
from ocrkit.data.sources.xml_file import read_xml
from ocrkit.errors import DataError, MissingFileError
from ocrkit.layout.reading import hocr
from ocrkit.layout.reading.alto import alto_pages
from ocrkit.layout.reading.json import json_pages
from ocrkit.layout.reading.page import page_pages
from ocrkit.layout.reading.tsv import HEAD, tsv_pages
from ocrkit.plain_files import read_plain

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from ocrkit.data.sources.bad_rows import Report
    from ocrkit.data.sources.xml_file import Element
    from ocrkit.layout.records import Page

__all__ = ["picture_of", "read_layout", "read_layouts"]

_XML: dict[str, Callable[[Path, Element, BadRows], Iterator[Page]]] = {
    page.ROOT: page_pages,
    alto.ROOT: alto_pages,
    hocr.ROOT: hocr.hocr_pages,
}


def read_layout(path: str | os.PathLike[str], *, report: Report | None = None) -> Page:
    """The page in a file, whole: regions in the order of reading, lines, words and letters.

    Files are ocrkit's JSON, PAGE and ALTO of any version, hOCR that is well-formed XML, and Tesseract's TSV.

    Places are in whole pixels of its picture, upright: where the file counts in others, the picture must be there.

    Args:
        path: the file.
        report: told of each line that cannot be placed, which is then left out; where None, the first is raised.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is damaged, is of no format that is known, or holds no page or several.
    """
    pages = list(read_layouts(path, report=report))
    if len(pages) != 1:
        raise DataError(f"{len(pages)} pages in it; expected one, so use read_layouts", path)
    return pages[0]


def read_layouts(path: str | os.PathLike[str], *, report: Report | None = None) -> Iterator[Page]:
    """The pages in a file, one by one, as ``read_layout`` gives them.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is damaged, or of no format that is known.
    """
    place = Path(path)
    text = _text_of(place)
    if text is not None and text.startswith(HEAD):
        yield from tsv_pages(place, text, BadRows(report))
    elif text is not None:
        yield from json_pages(place, text)
    else:
        root = read_xml(place)
        if root.name not in _XML:
            known = ", ".join(map(repr, _XML))
            raise DataError(f"its root element is {root.name!r}; expected one of {known}", place, root.line)
        yield from _XML[root.name](place, root, BadRows(report))


def _text_of(path: Path) -> str | None:
    """A file of JSON or TSV; None where it begins as XML does.

    Raises:
        MissingFileError: there is no such file.
        DataError: it cannot be read, or is none of the three.
    """
    try:
        data = read_plain(path)
    except FileNotFoundError:
        raise MissingFileError(f"no file {str(path)!r}") from None
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    begins = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begins.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    if not begins.startswith((b"{", HEAD.encode())):
        raise DataError("no file of a page: expected JSON, XML (PAGE, ALTO or hOCR) or Tesseract's TSV", path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"no UTF-8: {error.reason} at byte {error.start}", path) from error


def picture_of(path: str | os.PathLike[str], page: Page) -> Path:
    """Where the picture of a page lies that was read from a file: beside it, or in the folder above.

    It need not be there.
    """
    return image_of(Path(path), page.image)
