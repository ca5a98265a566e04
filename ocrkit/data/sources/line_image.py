"""The picture of a page's line: cut out of the page's image, in the frame that the file counts in."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from ocrkit.data.image_file import open_framed
from ocrkit.data.paged import page_in
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from ocrkit.data.frame import Frame
    from ocrkit.data.sources.page_line import PageLine, Point

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
        place = _Place.of(self.page, self.width, self.height, frame)
        outline = place.on_page(self.line.outline)
        baseline = place.on_page(self.line.baseline) if self.line.baseline else None
        heading = place.heading(self.line.turn)
        course = reading_course(outline, baseline, heading, right_to_left=self.line.right_to_left)
        return cut_line(page, outline, course)


@dataclass(frozen=True, slots=True)
class _Place:
    """How a file's units lie on its image: in stored or in upright pixels, and how many px a unit is either way."""

    frame: Frame
    stored: bool
    across: float = 1.0
    down: float = 1.0

    @classmethod
    def of(cls, name: Path, width: float, height: float, frame: Frame) -> _Place:
        """Where the page's size in the file fits the image.

        Programs that know nothing of EXIF count in stored pixels, so these come first where both would fit.

        Raises:
            ImageError: it fits neither way, so that the axes would be scaled apart.
        """
        sizes = ((frame.stored_size, True), (frame.upright_size, False))
        if width <= 0 and height <= 0:
            return cls(frame, stored=True)
        if width <= 0 or height <= 0:
            scale = frame.stored_size[0] / width if width > 0 else frame.stored_size[1] / height
            return cls(frame, True, scale, scale)
        for exact in (True, False):
            for (across, down), stored in sizes:
                fits = (across, down) == (width, height) if exact else _alike(width, height, across, down)
                if fits:
                    return cls(frame, stored, across / width, down / height)
        turned = "" if frame.orientation == 1 else f", or {frame.width}x{frame.height} px as its EXIF turns it"
        (across, down), _ = sizes[0]
        raise ImageError(
            f"the page is {width:g}x{height:g} in the file, and {name} is {across}x{down} px{turned}, "
            "of another shape; expected the image that was transcribed, whole"
        )

    def on_page(self, points: tuple[Point, ...]) -> NDArray[np.float64]:
        """(N, 2) points as upright px."""
        scaled = np.array(points, np.float64) * (self.across, self.down)
        return self.frame.to_upright(scaled) if self.stored else scaled

    def heading(self, turn: float) -> tuple[float, float] | None:
        """The direction of reading on the upright page, where ``turn`` degrees clockwise set the line upright.

        None where the file says nothing, or no more than that the line lies as the upright page does.
        """
        if turn == 0:
            return None
        direction = (math.cos(math.radians(turn)), -math.sin(math.radians(turn)))
        return self.frame.direction_to_upright(direction) if self.stored else direction


def _alike(width: float, height: float, across: int, down: int) -> bool:
    """Whether two sizes are of one shape, each number being rounded."""
    return abs(width * down - height * across) <= width + height + across + down


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
