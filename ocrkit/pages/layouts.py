"""Layouts of pages that other programs, or people, have made: files beside the pages, whose lines are read again."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, ImageError, MissingFileError
from ocrkit.layout.reading import read_layouts
from ocrkit.layout.records import Layout
from ocrkit.pages.writing import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image

    from ocrkit.layout.records import Line, Page
    from ocrkit.layout.scan import Scan

__all__ = ["ENDINGS", "GivenLayouts", "folders_of", "layout_files"]

ENDINGS = (".xml", ".page.xml", ".alto.xml", ".json", ".hocr", ".html", ".tsv")
"""The endings of files that tell layouts, the likelier first."""

_FOLDERS = ("", "page", "alto")  # below the folder of the layouts, where programs put the files


class GivenLayouts:
    """Gives the layout of a page from the file that is called as the page is, as ``PageReader`` asks for it.

    Args:
        place: a file, or a folder of files: PAGE, ALTO, JSON, hOCR, …

    Raises:
        MissingFileError: there is nothing at ``place``.
    """

    def __init__(self, place: Path) -> None:
        if not place.exists():
            raise MissingFileError(f"no file or folder {str(place)!r}")
        self._place = place

    def __call__(self, scan: Scan, grey: Image) -> Layout:
        """The layout of a page, its lines unread.

        Raises:
            ImageError: there is none, or it is damaged, or of a page of another size.
        """
        page = self._page(scan)
        if (page.width, page.height) != grey.size:
            raise ImageError(
                f"its layout is one of {page.width}x{page.height} px, and the page is {grey.width}x{grey.height} px; "
                "expected the picture that the lines were found on",
                scan.name,
            )
        regions = tuple(replace(region, lines=tuple(map(_unread, region.lines))) for region in page.regions)
        return Layout(regions, page.rotation, page.skew)

    def _page(self, scan: Scan) -> Page:
        for path in self._files(scan):
            try:
                pages = _pages_in(path)
            except (DataError, MissingFileError) as error:
                raise ImageError(f"its layout cannot be read: {error}", scan.name) from error
            fitting = [page for page in pages if _is_of(page, scan)] or list(pages)
            if len(fitting) == 1:
                return fitting[0]
            numbered = [page for page in fitting if page.number == scan.number]
            if len(numbered) == 1:
                return numbered[0]
        called = stem_of(scan).name
        raise ImageError(f"no layout for it in {str(self._place)!r}; expected {called}.xml or {called}.json", scan.name)

    def _files(self, scan: Scan) -> Iterator[Path]:
        stems = dict.fromkeys(stem_of(scan, with_number=numbered).name for numbered in (True, False))
        return layout_files(self._place, stems)


def folders_of(place: Path) -> list[Path]:
    """Where layouts are sought: in a file, or a folder and those that programs put them into below it."""
    return [place] if place.is_file() else [place / folder for folder in _FOLDERS]


def layout_files(place: Path, stems: Iterable[str]) -> Iterator[Path]:
    """The files that may tell the layout of a page, the likelier first.

    Args:
        place: a file, or a folder of files.
        stems: what the page is called, without ending.
    """
    if place.is_file():
        yield place
        return
    for stem in stems:
        for folder in _FOLDERS:
            for ending in ENDINGS:
                path = place / folder / f"{stem}{ending}"
                if path.is_file():
                    yield path


def _is_of(page: Page, scan: Scan) -> bool:
    return Path(page.image).name == (scan.path.name if scan.path is not None else scan.name)


@lru_cache(maxsize=2)
def _pages_in(path: Path) -> tuple[Page, ...]:
    return tuple(read_layouts(path))


def _unread(line: Line) -> Line:
    return replace(line, text=None, confidence=None, words=(), alternatives=())
