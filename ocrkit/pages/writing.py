"""Read pages written to files: all into one, a file a document, or a file a page, in several formats at once."""

from __future__ import annotations

import os
import queue
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from ocrkit.errors import DataError, OptionError
from ocrkit.files import writing_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from ocrkit.layout.scan import ReadPage, Scan
    from ocrkit.plugin.page_specs import PageRendererSpec

__all__ = ["PageFormat", "PageWriter", "Per", "stem_of", "suffixes_of"]

Per: TypeAlias = Literal["page", "document", "all"]
"""What a file holds: a page, the pages of a document, or all."""

_LOOKED = 0.1  # seconds after which who waits for the other side looks whether it is still there


@dataclass(frozen=True, slots=True)
class PageFormat:
    """A format that pages are written in, with its options."""

    spec: PageRendererSpec
    options: object

    def render(self, pages: Iterator[ReadPage]) -> Iterator[bytes]:
        """The pieces of a file."""
        return self.spec.render(pages, self.options)


class PageWriter:
    """Writes pages as they come, each file whole or not at all; a context manager, at whose end the last ones are.

    Where the block ends by Ctrl-C, or by a signal, the files hold the pages that came before, and are whole; where it
    ends by an error, those that are not whole are gone.

    Args:
        formats: each page goes into all of them.
        target: the file, or the folder that files go into, which is made where it is not there.
        per: what a file holds; None for a document where the format can hold several pages, and else for a page.
        roots: folders that pages were taken from; what lies below one goes below ``target`` alike.
        stem: what a page's file is called, of the page and whether its number belongs to it; None for ``stem_of``.

    Attributes:
        files: those that are written.
        formats_of: the name of each file's format.

    Raises:
        OptionError: a format cannot hold what ``per`` asks for.
    """

    def __init__(
        self,
        formats: Sequence[PageFormat],
        target: Path,
        *,
        per: Per | None = None,
        roots: Sequence[Path] = (),
        stem: Callable[[Scan, bool], Path] | None = None,
    ) -> None:
        for each in formats:
            if per == "document" and not each.spec.together:
                raise OptionError(f"per is 'document', and format {each.spec.name!r} holds one page a file")
        self._suffixes = suffixes_of(formats)
        self._formats = formats
        self._target = target
        self._per = per
        self._stem = stem or (lambda scan, with_number: stem_of(scan, roots, with_number=with_number))
        self._open: dict[str, _Document] = {}
        self._taken: dict[Path, str] = {}
        self.files: list[Path] = []
        self.formats_of: dict[Path, str] = {}

    def __enter__(self) -> PageWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None or not issubclass(kind, Exception):
            self._end()
            return
        self.abandon()

    def abandon(self) -> None:
        """Leave no file that is not whole yet."""
        for document in self._open.values():
            document.abandon()

    def take(self, read: ReadPage) -> None:
        """Write a page.

        Raises:
            DataError: a file cannot be written, or would take the place of the page that it is made of.
            OptionError: it is to hold all pages, this is the second, and its format holds one.
        """
        for each in self._formats:
            if self._per == "all" and not each.spec.together and self.files:
                raise OptionError(
                    f"format {each.spec.name!r} holds one page a file, and there are several; name a folder in `output`"
                )
            if self._per == "page" or not each.spec.together:
                self._one(each, read)
            else:
                self._among_others(each, read)

    def _one(self, each: PageFormat, read: ReadPage) -> None:
        document = _Document(each, self._path(each, read, of_page=True))
        try:
            document.take(read)
        except BaseException:
            document.abandon()
            raise
        self._finish(document)

    def _among_others(self, each: PageFormat, read: ReadPage) -> None:
        document = self._open.get(each.spec.name)
        belongs = "" if self._per == "all" else _document_of(read.scan)
        if document is not None and document.belongs != belongs:
            self._finish(self._open.pop(each.spec.name))
            document = None
        path = self._path(each, read, of_page=False)
        if document is None:
            document = self._open[each.spec.name] = _Document(each, path, belongs)
        document.take(read)

    def _end(self) -> None:
        while self._open:
            self._finish(self._open.popitem()[1])

    def _finish(self, document: _Document) -> None:
        document.end()
        self.files.append(document.path)
        self.formats_of[document.path] = document.format.spec.name

    def _path(self, each: PageFormat, read: ReadPage, *, of_page: bool) -> Path:
        """Where a page, or its document, is written; its folder is there."""
        path = self._target
        if self._per != "all":
            stem = self._stem(read.scan, of_page)
            belongs = read.scan.name if of_page else _document_of(read.scan)
            path = self._free(self._target / stem, self._suffixes[each.spec.name], belongs)
        if read.scan.path is not None and _same(path, read.scan.path):
            raise DataError("it would take the place of the page that was read; write to another folder", path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"the folder cannot be made: {error.strerror or error}", path.parent) from error
        return path

    def _free(self, stem: Path, suffix: str, belongs: str) -> Path:
        """The file of that stem, numbered where another page's has the name."""
        number = 1
        while True:
            path = stem.with_name(f"{stem.name}{f'-{number}' if number > 1 else ''}{suffix}")
            if self._taken.setdefault(path, belongs) == belongs:
                return path
            number += 1


def suffixes_of(formats: Sequence[PageFormat]) -> dict[str, str]:
    """The ending of each format's files, by its name: two with one ending would be written into one file."""
    suffixes = [each.spec.suffix for each in formats]
    return {
        each.spec.name: each.spec.suffix
        if suffixes.count(each.spec.suffix) == 1
        else f".{each.spec.name}{each.spec.suffix}"
        for each in formats
    }


def stem_of(scan: Scan, roots: Sequence[Path] = (), *, with_number: bool = True) -> Path:
    """What a page's file is called, without ending: as the page's own, with its number where that has several.

    Args:
        scan: the page.
        roots: what lies below one of these folders keeps its place below it.
        with_number: whether the number of a file's page belongs to it.
    """
    if scan.path is None:
        stem = Path("".join("-" if character in '/\\:#*?"<>|' else character for character in scan.name) or "page")
    else:
        root = next((root for root in roots if root in scan.path.parents), scan.path.parent)
        stem = scan.path.relative_to(root).with_suffix("")
    if with_number and scan.path is not None and scan.name.endswith(f"#{scan.number}"):
        stem = stem.with_name(f"{stem.name}-{scan.number:04d}")
    return stem


class _Abandoned(Exception):  # noqa: N818 - it ends a renderer, and nobody sees it
    """The file is not wanted any more."""


@dataclass(slots=True)
class _Document:
    """A file that is being written, by a thread of its own, since a renderer asks for pages and this is given them."""

    format: PageFormat
    path: Path
    belongs: str = ""
    _pages: queue.Queue[ReadPage | None] = field(default_factory=lambda: queue.Queue(1))
    _left: threading.Event = field(default_factory=threading.Event)
    _failure: BaseException | None = None
    _thread: threading.Thread | None = None

    def take(self, read: ReadPage) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, daemon=True)
            self._thread.start()
        self._hand(read)

    def end(self) -> None:
        """Wait until the file is whole."""
        self._hand(None)
        if self._thread is not None:
            self._thread.join()
        self._raise()

    def abandon(self) -> None:
        """Leave no file."""
        self._left.set()
        if self._thread is not None:
            self._thread.join()

    def _hand(self, read: ReadPage | None) -> None:
        while self._thread is not None:
            self._raise()
            if not self._thread.is_alive():
                return  # a renderer may leave pages that it has no use for
            try:
                self._pages.put(read, timeout=_LOOKED)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _write(self) -> None:
        try:
            with writing_whole(self.path) as file:
                for piece in self.format.render(self._handed()):
                    file.write(piece)
        except OSError as error:
            self._failure = DataError(f"it cannot be written: {error.strerror or error}", self.path)
            self._failure.__cause__ = error
        except BaseException as error:
            self._failure = error

    def _handed(self) -> Iterator[ReadPage]:
        while True:
            try:
                read = self._pages.get(timeout=_LOOKED)
            except queue.Empty:
                if self._left.is_set():
                    raise _Abandoned from None
                continue
            if read is None:
                return
            yield read


def _document_of(scan: Scan) -> str:
    """What tells the pages of one document from those of another."""
    return str(scan.path) if scan.path is not None else scan.name.removesuffix(f"#{scan.number}")


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
