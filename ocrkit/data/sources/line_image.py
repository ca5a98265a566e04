"""The picture of a page's line: cut out of the page's image, in the frame that the file counts in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ocrkit.data.image_file import open_framed
from ocrkit.data.paged import page_in
from ocrkit.data.sources.page_place import PagePlace
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocrkit.data.frame import Frame
    from ocrkit.data.sources.page_line import PageLine

__all__ = ["LineImage", "NoImage"]

_PAGES_KEPT = 2  # decoded pages: lines come page by page


@dataclass(frozen=True, slots=True)
class NoImage:
    """The picture of a line that cannot be cut out: asking for it says why."""

    reason: str

    def __call__(self) -> NoReturn:
        """Raises ``ImageError`` with the reason."""
        raise ImageError(self.reason)


@dataclass(frozen=True, slots=True)
class LineImage:
    """A line's picture: the box around its outline, or the strip along its baseline, with paper outside the outline.

    Attributes:
        page: the page's image.
        line: the line, in the page's units.
        width: the page's width in those units, 0 for px.
        height: its height, likewise.
    """

    page: Path
    line: PageLine
    width: float
    height: float

    def __call__(self) -> Image:
        """Cut it out.

        Raises:
            ImageError: the page cannot be opened, its size is not the file's, or the line lies outside of it.
        """
        from ocrkit.data.line_cutting import cut_line, reading_course

        page, frame = _page(self.page, _stamp(self.page))
        place = PagePlace.of(self.page, self.width, self.height, frame)
        outline = place.on_page(self.line.outline)
        baseline = place.on_page(self.line.baseline) if self.line.baseline else None
        heading = place.heading(self.line.turn)
        course = reading_course(outline, baseline, heading, right_to_left=self.line.right_to_left)
        return cut_line(page, outline, course)


def _stamp(path: Path) -> tuple[int, int]:
    page = page_in(path)
    try:
        status = os.stat(path if page is None else page[0])
    except OSError as error:
        raise ImageError(f"the page's image {path}: {error.strerror or error}") from error
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=_PAGES_KEPT)
def _page(path: Path, stamp: tuple[int, int]) -> tuple[Image, Frame]:
    """The page, decoded, in a mode whose colours can be told and filled in; and how it lies in its file."""
    del stamp
    image, frame, _ = open_framed(path)
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image, frame
    if image.mode == "1":
        return image.convert("L"), frame
    from ocrkit.data.image import to_grey
    from ocrkit.data.transparency import shows_through

    return to_grey(image) if image.mode[0] in "IF" or shows_through(image) else image.convert("RGB"), frame
