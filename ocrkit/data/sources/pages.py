"""Pages of lines in PAGE or ALTO files: listed page by page, and read again when a line is asked for."""

from __future__ import annotations

import logging
import os
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources import alto, page
from ocrkit.data.sources.bad_rows import BadRows, RowFault
from ocrkit.data.sources.images import walk
from ocrkit.data.sources.lazy import LazySamples
from ocrkit.data.sources.line_image import LineImage, NoImage
from ocrkit.data.sources.page_image import image_of
from ocrkit.data.sources.page_line import BadLine, PageLine, PageText
from ocrkit.data.sources.xml_file import Element, read_xml, root_name
from ocrkit.errors import DataError, MissingFileError, Origin

if TYPE_CHECKING:
    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["PageSamples", "open_pages", "recognises_pages"]

_READERS: dict[str, tuple[str, Callable[[Path, Element], PageText]]] = {
    "page": (page.ROOT, page.page_text),
    "alto": (alto.ROOT, alto.alto_text),
}
_FOLDERS = ("", "page", "alto")  # below a data set's own, where programs put the files
_LOOKED_AT = 20  # files whose root is looked at to recognise a folder
_log = logging.getLogger("ocrkit")


def recognises_pages(location: Path, kind: str) -> bool:
    """Whether it is a file of a kind, ``page`` or ``alto``, or a folder with one in it, or below, in ``page``."""
    root = _READERS[kind][0]
    if not location.is_dir():
        return location.suffix.lower() == ".xml" and root_name(location) == root
    for folder in _FOLDERS:
        try:
            names = sorted(name for name in os.listdir(location / folder) if name.lower().endswith(".xml"))
        except OSError:
            continue
        if any(root_name(location / folder / name) == root for name in names[:_LOOKED_AT]):
            return True
    return False


def open_pages(
    location: Path, kind: str, *, report: Report | None = None, progress: Progress | None = None
) -> PageSamples:
    """List the transcribed lines of a page, or of the pages in a folder and below it, in natural order.

    XML of another kind, such as METS beside the pages, is left aside; lines without text are, too, and counted.

    Args:
        location: a file or a folder.
        kind: ``page`` or ``alto``.
        report: told of each bad line, and of each file that cannot be read, which are then left out. Where None, a
            bad line is listed, and found bad when its image is opened.
        progress: told of the files that are read, of how many.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no such file; or, without ``report``, one is not well-formed (with ``file:line``).
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    files = _files_at(location, kind)
    bad_rows, without_text = BadRows(report), 0
    paths: list[str] = []
    ends = array("Q")
    for done, path in enumerate(files, 1):
        text = _read(path, kind, bad_rows)
        if text is not None:
            without_text += text.without_text
            lines = _kept(path, text, bad_rows)
            paths.append(str(path))
            ends.append((ends[-1] if ends else 0) + len(lines))
        if progress is not None:
            progress(done, len(files))
    if without_text:
        left_out = "1 line without a text is" if without_text == 1 else f"{without_text} lines without a text are"
        _log.warning("%s: %s left out", location, left_out)
    root = location if location.is_dir() else location.parent
    return PageSamples(kind, root, tuple(paths), ends, with_bad=bad_rows.raised, numbers=range(ends[-1] if ends else 0))


@dataclass(frozen=True, slots=True)
class PageSamples(LazySamples):
    """The lines of pages; the page of a line is read again when the line is asked for, and kept for the next ones.

    Attributes:
        kind: ``page`` or ``alto``.
        root: the folder that was listed; the group of a line is its file, relative to it.
        paths: the files.
        ends: how many lines there are up to the end of each file.
        with_bad: whether lines that cannot be cut out are among them.
        numbers: which lines, counted through all files.
    """

    kind: str
    root: Path
    paths: tuple[str, ...]
    ends: Sequence[int]
    with_bad: bool

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        file = bisect_right(self.ends, number)
        path = Path(self.paths[file])
        text, image = _page_and_image(path, self.kind, self.with_bad, _stamp(path))
        within = number - (self.ends[file - 1] if file else 0)
        if within >= len(text.lines):
            raise DataError("the file has changed since it was listed; begin again", path)
        line = text.lines[within]
        return Sample(
            name=f"{path}#{line.id}",
            image=NoImage(line.reason)
            if isinstance(line, BadLine)
            else LineImage(image, line, text.width, text.height),
            text=line.text,
            origin=Origin(str(path), line.line),
            group=os.path.splitext(os.path.relpath(path, self.root))[0],
        )


def _files_at(location: Path, kind: str) -> list[Path]:
    root = _READERS[kind][0]
    if not location.is_dir():
        found = root_name(location)
        if found not in (root, ""):  # what has none is told what is wrong with it when it is read
            raise DataError(f"its root element is {found!r}; expected {root!r}, as format {kind!r} has it", location)
        return [location]
    inside = (Path(parent, name) for parent, names in walk(location) for name in names if name.lower().endswith(".xml"))
    roots = {path: root_name(path) for path in inside}
    # One without any root is a damaged page more likely than anything else, and is told as that.
    files = [path for path, found in roots.items() if found in (root, "")]
    if root not in roots.values():
        raise DataError(f"no .xml file with the root element {root!r} in this folder, nor below it", location)
    return files


def _read(path: Path, kind: str, bad_rows: BadRows) -> PageText | None:
    """A page, or None where its file cannot be read and that is reported."""
    try:
        return _READERS[kind][1](path, read_xml(path))
    except DataError as error:
        if bad_rows.raised:
            raise
        line = error.origin.line if error.origin is not None else None
        bad_rows.add(path, line or 0, RowFault("malformed", error.reason))
        return None


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise DataError(f"{error.strerror or error}; it was there when it was listed", path) from error
    return status.st_mtime_ns, status.st_size


def _kept(path: Path, text: PageText, bad_rows: BadRows) -> tuple[PageLine | BadLine, ...]:
    """The lines that become samples: all, or the good ones where the others are reported."""
    if bad_rows.raised:
        return text.lines
    for line in text.lines:
        if isinstance(line, BadLine):
            bad_rows.add(path, line.line, RowFault(line.kind, line.reason))
    return _without_bad(text).lines


def _without_bad(text: PageText) -> PageText:
    return replace(text, lines=tuple(line for line in text.lines if not isinstance(line, BadLine)))


@lru_cache(maxsize=8)
def _page_and_image(path: Path, kind: str, with_bad: bool, stamp: tuple[int, int]) -> tuple[PageText, Path]:
    """A page, without the bad lines that were reported when it was listed, and the file of its image."""
    del stamp
    text = _READERS[kind][1](path, read_xml(path))
    return text if with_bad else _without_bad(text), image_of(path, text.image)
