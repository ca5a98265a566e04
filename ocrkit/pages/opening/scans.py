"""Pages opened one after the other: what a user names, or a program holds, as scans."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from PIL import Image

from ocrkit.data.given import InMemory, is_array
from ocrkit.data.paged import page_in
from ocrkit.data.sources.images import files_at, image_suffixes
from ocrkit.errors import DataError, ImageError, OptionError
from ocrkit.pages.opening.image_scans import BadScan, ImageScan, count_image_pages
from ocrkit.pages.opening.numbers import PageNumbers
from ocrkit.pages.opening.pdf_scans import PdfFile, is_pdf

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.layout.scan import Scan

__all__ = ["GivenPage", "GivenPages", "Scans", "open_scans", "pages_held"]

GivenPage: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | Image.Image | NDArray[np.generic]"
"""A file, folder or glob; ``-`` for stdin; a file that is open, or its bytes; a Pillow image, or an array."""

GivenPages: TypeAlias = "GivenPage | Iterable[GivenPage]"
"""Pages one after the other, or what holds some."""

STDIN = "-"
_PDF = frozenset({".pdf"})
_DPI = (1, 4800)


def open_scans(
    places: GivenPages,
    *,
    pages: PageNumbers | str | int | Iterable[int] | None = None,
    dpi: float | None = None,
    password: str | None = None,
) -> Scans:
    """The pages at places, each opened when its picture is asked for.

    A page that cannot be opened is a scan whose ``image`` raises ``ImageError``, so that the others are read.

    Args:
        places: files, each page of a TIFF and a PDF by itself; folders and globs, in natural order; ``-`` for a file on
            stdin; ``book.pdf#12`` for one page of a file; or pictures that a program holds.
        pages: those that are wanted of every file, ``1-3,7,10-``, or their numbers; all where it is None.
        dpi: pixels an inch that a PDF's page is drawn at, where it is not one picture, 300 where it is None; and what a
            picture is taken to have that tells nothing that can be.
        password: of PDFs that are locked.

    Raises:
        MissingFileError: there is nothing at a path, or a glob matches nothing.
        DataError: a folder has no page.
        OptionError: ``pages`` or ``dpi`` cannot be meant.
    """
    if dpi is not None and not (isinstance(dpi, int | float) and _DPI[0] <= dpi <= _DPI[1]):
        raise OptionError(f"dpi is {dpi!r}; expected a number from {_DPI[0]} to {_DPI[1]}, or None")
    return Scans(_things(places), PageNumbers.of(pages), dpi, password)


class Scans(Iterator["Scan"]):
    """Pages, each opened when its picture is asked for."""

    def __init__(self, things: Iterable[object], wanted: PageNumbers, dpi: float | None, password: str | None) -> None:
        self._things = things
        self._wanted = wanted
        self._dpi = dpi
        self._password = password
        self._scans = self._opened()

    def __iter__(self) -> Iterator[Scan]:
        """The pages that are left."""
        return self

    def __next__(self) -> Scan:
        """The page that comes next."""
        return next(self._scans)

    def count(self) -> int | None:
        """How many pages there are in all, those taken already too; None where only reading would tell."""
        if not isinstance(self._things, list) or any(not isinstance(thing, Path) for thing in self._things):
            return None
        return sum(self._count(path) for path in self._things)

    def _count(self, path: Path) -> int:
        if page_in(path) is not None:
            return 1
        held = pages_held(path, self._password)
        return self._wanted.count_in(held) if held else 1

    def _opened(self) -> Iterator[Scan]:
        for number, thing in enumerate(self._things):
            if isinstance(thing, Path):
                yield from self._of_path(thing)
            elif isinstance(thing, str):
                yield from self._of_bytes(sys.stdin.buffer.read(), "stdin")
            elif isinstance(thing, bytes | bytearray | memoryview):
                yield from self._of_bytes(bytes(thing), f"page {number}")
            elif hasattr(thing, "read") and not isinstance(thing, Image.Image):
                yield from self._of_bytes(thing.read(), str(getattr(thing, "name", "") or f"page {number}"))
            else:
                name = getattr(thing, "filename", "") if isinstance(thing, Image.Image) else ""
                yield ImageScan(str(name) or f"page {number}", InMemory(thing), assumed_dpi=self._dpi)

    def _of_path(self, path: Path) -> Iterator[Scan]:
        one = page_in(path)
        file, wanted = (path, self._wanted) if one is None else (one[0], PageNumbers.of(one[1]))
        if _holds_pdf(file):
            yield from PdfFile(file, str(file), self._password).scans(wanted, self._dpi)
        else:
            yield from self._pictures(file, str(file), file, wanted)

    def _of_bytes(self, data: bytes, name: str) -> Iterator[Scan]:
        if is_pdf(data[:1024]):
            yield from PdfFile(data, name, self._password).scans(self._wanted, self._dpi)
        else:
            yield from self._pictures(data, name, None, self._wanted)

    def _pictures(self, source: Path | bytes, name: str, path: Path | None, wanted: PageNumbers) -> Iterator[Scan]:
        held = count_image_pages(source)
        for number in wanted.of_file(held):
            if number > held:
                pages = "one page" if held == 1 else f"{held} pages"
                yield BadScan(f"{name}#{number}", f"there is no such page; it has {pages}", path, number)
            else:
                named = f"{name}#{number}" if held > 1 else name
                yield ImageScan(named, source, path, number, held > 1, self._dpi)


def pages_held(path: Path, password: str | None = None) -> int:
    """How many pages a file has; 0 where it is a PDF that cannot be opened.

    Raises:
        DependencyError: it is a PDF, and pypdfium2 is not installed.
    """
    try:
        return PdfFile(path, str(path), password).count() if _holds_pdf(path) else count_image_pages(path)
    except ImageError:
        return 0


def _things(places: GivenPages) -> Iterable[object]:
    """What is to be opened, paths where it is files; a list where that much can be told at once."""
    if isinstance(places, str | os.PathLike):
        return _of_place(places)
    single = isinstance(places, bytes | bytearray | memoryview | Image.Image) or is_array(places)
    if single or hasattr(places, "read"):
        return [places]
    if not isinstance(places, Iterable):
        raise DataError(f"the pages are {places!r}; expected files, folders, globs, pictures, or a list of them")
    if isinstance(places, list | tuple):
        return [thing for place in places for thing in _of_place(place)]
    return (thing for place in places for thing in _of_place(place))


def _of_place(place: object) -> list[object]:
    if isinstance(place, str | os.PathLike) and place != STDIN:
        return list(files_at(os.fspath(place), further=_PDF))
    return [place]


def _holds_pdf(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in _PDF:
        return True
    if suffix in image_suffixes():
        return False
    try:
        if not path.is_file():  # a pipe would be waited for without end
            return False
        with path.open("rb") as file:
            return is_pdf(file.read(1024))
    except (OSError, ValueError):
        return False
