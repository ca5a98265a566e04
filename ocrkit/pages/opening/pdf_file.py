"""PDFs held open while their pages are read, a few at a time, and what is wrong with those that do not open."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DependencyError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2

__all__ = ["NO_PAGES", "OpenedPdf", "is_pdf"]

NO_PAGES = "the PDF has no pages"

_HELD = 4  # PDFs open at a time
_DRAWN = 16  # pages after which a PDF is opened anew: PDFium keeps the data of every picture that it drew
_LOCKED = 4  # FPDF_ERR_PASSWORD

# PDFium knows no threads: all of its work is done one after the other.
_lock = threading.RLock()
_held: OrderedDict[int, weakref.ref[OpenedPdf]] = OrderedDict()


def is_pdf(start: bytes) -> bool:
    """Whether a file that begins so is a PDF, whose mark may stand anywhere in its first 1024 bytes."""
    return b"%PDF-" in start[:1024]


@functools.cache
def _close_at_exit() -> None:
    """Have what is open then closed before PDFium is, which else says on stderr that it was not."""
    atexit.register(_close_all_but, 0)


def _close_all_but(newest: int) -> None:
    while len(_held) > newest:
        _, oldest = _held.popitem(last=False)
        opened = oldest()
        if opened is not None:
            opened.close()


class OpenedPdf:
    """A PDF that is opened when it is needed, and closed when others are."""

    def __init__(self, source: Path | bytes, name: str, password: str | None = None) -> None:
        self.source = source
        self.name = name
        self.password = password
        self._document: pypdfium2.PdfDocument | None = None
        self._drawn = 0

    def __getstate__(self) -> tuple[Path | bytes, str, str | None]:
        return self.source, self.name, self.password

    def __setstate__(self, state: tuple[Path | bytes, str, str | None]) -> None:
        self.source, self.name, self.password = state
        self._document = None  # a worker process opens it anew
        self._drawn = 0

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # at the interpreter's end anything may be gone
            self.close()

    @contextlib.contextmanager
    def document(self) -> Iterator[pypdfium2.PdfDocument]:
        """The document, while no other thread uses PDFium.

        Raises:
            ImageError: it is missing, locked, damaged or none.
            DependencyError: pypdfium2 is not installed.
        """
        with _lock:
            if self._document is None:
                self._document = self._open()
            _held[id(self)] = weakref.ref(self)
            _held.move_to_end(id(self))
            _close_all_but(_HELD)
            yield self._document

    def forget_drawn(self) -> None:
        """Say that a page was drawn: memory is given back after a few."""
        with _lock:
            self._drawn += 1
            if self._drawn % _DRAWN == 0:
                self.close()

    def close(self) -> None:
        """Close it; it is opened again when it is needed."""
        with _lock:
            _held.pop(id(self), None)
            document, self._document = self._document, None
            if document is not None:
                document.close()

    def _open(self) -> pypdfium2.PdfDocument:
        try:
            import pypdfium2
        except ImportError as error:
            raise DependencyError(
                f"{self.name}: a PDF needs the package pypdfium2; install it with: pip install 'ocrkit[pdf]'"
            ) from error
        _close_at_exit()
        if isinstance(self.source, Path):
            self._check_file(self.source)
        try:
            document = pypdfium2.PdfDocument(self.source, password=self.password)
        except pypdfium2.PdfiumError as error:
            raise ImageError(self._what_is_wrong(error.err_code), self.name) from error
        except OSError as error:
            raise ImageError(error.strerror or str(error), self.name) from error
        with contextlib.suppress(pypdfium2.PdfiumError):  # a form that does not load is not drawn
            document.init_forms()
        return document

    def _check_file(self, path: Path) -> None:
        try:
            if path.exists() and not path.is_file():  # a pipe would be waited for without end
                raise ImageError("it is no regular file; expected a PDF", self.name)
            with path.open("rb") as file:
                start = file.read(1024)
        except OSError as error:
            raise ImageError(error.strerror or str(error), self.name) from error
        if not start:
            raise ImageError("the file is empty; expected a PDF", self.name)
        if not is_pdf(start):
            raise ImageError("it is called a PDF, but is none", self.name)

    def _what_is_wrong(self, code: int | None) -> str:
        if code == _LOCKED:
            return "the PDF is locked; give its password" if self.password is None else "the password does not open it"
        if self._is_without_pages():
            return NO_PAGES
        return "the PDF is damaged; expected a whole file: fetch it again, or mend it with qpdf"

    def _is_without_pages(self) -> bool:
        """Whether that is all that is wrong with it, which PDFium does not tell from damage."""
        try:
            import pikepdf

            with pikepdf.open(self.source if isinstance(self.source, Path) else io.BytesIO(self.source)) as document:
                return len(document.pages) == 0
        except Exception:  # of any kind where it is damaged, or there is no pikepdf
            return False
