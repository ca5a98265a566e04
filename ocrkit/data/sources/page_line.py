"""A line of a page: where it is, what it says, and its picture cut out of the page's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.image_file import open_image
from ocrkit.data.sources.faults import RowFault
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["LineImage", "PageLine", "PageText", "box_of", "one_line", "points_of"]

Point = tuple[float, float]
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PAGES_KEPT = 2  # decoded pages: lines come page by page


@dataclass(frozen=True, slots=True)
class PageLine:
    """A transcribed line.

    Attributes:
        id: its name in the file, or its number from 1.
        line: the line of the XML file that it begins on.
        text: what it says.
        outline: its polygon in the page's own units, three points or more.
    """

    id: str
    line: int
    text: str
    outline: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page: the name of its image, its width and height in its own units (0 unknown), and its transcribed lines.

    ``without_text`` lines are there and not transcribed, which is common and no fault.
    """

    image: str
    width: float
    height: float
    lines: tuple[PageLine, ...]
    without_text: int


@dataclass(frozen=True, slots=True)
class LineImage:
    """A line's picture: the box around its outline, with paper where it lies outside of the outline.

    Attributes:
        page: the page's image.
        outline: the polygon, in the page's units.
        width: the page's width in those units, 0 for px.
        height: its height, likewise.
    """

    page: Path
    outline: tuple[Point, ...]
    width: float
    height: float

    def __call__(self) -> Image:
        """Cut it out; raises ``ImageError`` where the page cannot be opened, or the line lies outside of it."""
        from PIL import Image, ImageDraw

        page = _page(self.page, _stamp(self.page))
        across = page.width / self.width if self.width > 0 else 1.0
        down = page.height / self.height if self.height > 0 else 1.0
        points = [(x * across, y * down) for x, y in self.outline]
        left, top = (max(0, int(min(axis))) for axis in zip(*points, strict=True))
        right, bottom = (
            min(size, int(max(axis)) + 1) for axis, size in zip(zip(*points, strict=True), page.size, strict=True)
        )
        if left >= right or top >= bottom:
            raise ImageError(
                f"the line lies outside of {self.page}, which is {page.width}x{page.height} px; expected that page"
            )
        line = page.crop((left, top, right, bottom))
        if _is_box(points):
            return line
        mask = Image.new("L", line.size, 255)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=0, outline=0)
        line.paste(_paper(line, mask), mask=mask)
        return line


def one_line(text: str) -> str:
    """A text without line breaks, and without space at its ends, which XML has for its own layout."""
    return " ".join(re.split(r"[\r\n]+", text)).strip()


def points_of(text: str | None) -> tuple[Point, ...]:
    """The points in ``"x,y x,y"`` or ``"x y x y"``, as the versions of PAGE and ALTO write them.

    Raises:
        RowFault: they are no pairs of numbers, or fewer than three.
    """
    if not text or not text.strip():
        return ()
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) % 2 or len(numbers) < 6 or _NUMBER.sub("", text).strip(" ,;\t\r\n"):
        shown = text if len(text) <= 40 else text[:37] + "..."
        raise RowFault("outline", f"the outline {shown!r} is not three points or more; expected x,y x,y x,y")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def box_of(left: float, top: float, width: float, height: float) -> tuple[Point, ...]:
    """The outline of a box: its four corners, the far ones being the last pixels that are in it."""
    right, bottom = left + max(width - 1, 0), top + max(height - 1, 0)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _is_box(points: list[Point]) -> bool:
    corners = {(x, y) for x in {x for x, _ in points} for y in {y for _, y in points}}
    return len(corners) == 4 and corners == set(points)


def _paper(line: Image, outside: Image) -> Image:
    """The median colour inside the outline, which is paper's wherever ink takes less than half."""
    from PIL import Image, ImageChops, ImageStat

    inside = ImageChops.invert(outside)
    if inside.getbbox() is None:
        return Image.new(line.mode, line.size, 255 if line.mode == "L" else (255,) * len(line.getbands()))
    medians = ImageStat.Stat(line, inside).median
    return Image.new(line.mode, line.size, medians[0] if line.mode == "L" else tuple(medians))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise ImageError(f"the page's image {path}: {error.strerror or error}") from error
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=_PAGES_KEPT)
def _page(path: Path, stamp: tuple[int, int]) -> Image:
    """The page, decoded, in a mode whose colours can be told and filled in."""
    del stamp
    image = open_image(path)
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    from ocrkit.data.image import to_grey

    return to_grey(image) if image.mode[0] in "IF" else image.convert("RGB")
