"""The known texts of pages: text files called as the pages are, or one file for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.layout.scan import Scan

__all__ = ["PageTexts"]

_ENDINGS = (".txt", ".gt.txt")
_PAGE_END = "\f"


class PageTexts:
    """Gives the text of a page.

    Args:
        place: a folder of text files, each called as its page is (``12.png``: ``12.txt`` or ``12.gt.txt``; page 3 of
            ``book.pdf``: ``book-3.txt``, with as many noughts before the number as there are); or one file, in which a
            form feed stands between two pages, as ``pdftotext`` puts it. A file called as a whole document is one, too.

    Raises:
        MissingFileError: there is nothing at ``place``.
    """

    def __init__(self, place: Path) -> None:
        if not place.exists():
            raise MissingFileError(f"no file or folder {str(place)!r}; expected the texts of the pages")
        self._place = place
        self._taken = 0

    def of(self, scan: Scan) -> str:
        """The text of the next page; where one file holds all, they are taken in its order.

        Raises:
            DataError: there is none, or it is not UTF-8.
        """
        self._taken += 1
        if self._place.is_file():
            return _numbered(self._place, self._taken, scan)
        stem = Path(scan.name).stem if scan.path is None else scan.path.stem
        for path, whole in self._files(stem, scan.number):
            if path.is_file():
                return _numbered(path, scan.number, scan) if whole else _read(path)
        raise DataError(f"no text for it in {str(self._place)!r}; expected {stem}.txt", scan.name)

    def _files(self, stem: str, number: int) -> Iterator[tuple[Path, bool]]:
        """Where the text may be, and whether it is that of a whole document."""
        for ending in _ENDINGS:
            for digits in (f"{number}", f"{number:02d}", f"{number:03d}", f"{number:04d}"):
                yield self._place / f"{stem}-{digits}{ending}", False
            yield self._place / f"{stem}{ending}", True


def _numbered(path: Path, number: int, scan: Scan) -> str:
    """One page's part of a file."""
    parts = _read(path).removesuffix(_PAGE_END).split(_PAGE_END)
    if number > len(parts):
        held = "one page" if len(parts) == 1 else f"{len(parts)} pages"
        raise DataError(
            f"no text for it: {str(path)!r} holds {held}; expected a form feed between two, or a file a page", scan.name
        )
    return parts[number - 1]


def _read(path: Path) -> str:
    try:
        with open_plain(path) as file:
            return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"it is not UTF-8: {error.reason} at byte {error.start}", path) from error
    except OSError as error:
        raise DataError(f"it cannot be read: {error.strerror or error}", path) from error
