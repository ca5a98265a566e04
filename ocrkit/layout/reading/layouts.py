"""Files of pages, whatever their format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.sources import alto, page
from ocrkit.data.sources.bad_rows import BadRows
from ocrkit.data.sources.page_image import image_of
from ocrkit.data.sources.xml_file import read_xml
from ocrkit.errors import DataError
from ocrkit.layout.reading.alto import alto_pages
from ocrkit.layout.reading.page import page_pages

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
}


def read_layout(path: str | os.PathLike[str], *, report: Report | None = None) -> Page:
    """The page in a PAGE or ALTO file, whole: regions in the order of reading, lines, words and letters.

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
    root = read_xml(place)
    if root.name not in _XML:
        known = " or ".join(map(repr, _XML))
        raise DataError(f"its root element is {root.name!r}; expected {known}", place, root.line)
    yield from _XML[root.name](place, root, BadRows(report))


def picture_of(path: str | os.PathLike[str], page: Page) -> Path:
    """Where the picture of a page lies that was read from a file: beside it, or in the folder above.

    It need not be there.
    """
    return image_of(Path(path), page.image)
