"""Pages of bars in memory, and their layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import bars
from boxed_pages import box
from PIL import Image

from ocrkit.errors import ImageError
from ocrkit.layout.records import Layout, Line, Region

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HIGH", "STEP", "DamagedPage", "HeldPage", "page_of_bars"]

_SCALE = 6  # px of the page for one of the bars' own
_SIZE = (500, 420)
HIGH = bars.SIZE * _SCALE
STEP = 2 * HIGH  # px from one letter to the next


@dataclass(frozen=True)
class HeldPage:
    """A page in memory."""

    picture: Image.Image
    name: str = "page"
    path: Path | None = None
    number: int = 1
    dpi: float | None = None

    def image(self) -> Image.Image:
        return self.picture.copy()

    def jpeg(self) -> bytes | None:
        return None


@dataclass(frozen=True)
class DamagedPage(HeldPage):
    """One that cannot be opened."""

    def image(self) -> Image.Image:
        raise ImageError("it is damaged", self.name)


def page_of_bars(texts: list[str], *, left: int = 40, top: int = 30) -> tuple[Image.Image, Layout]:
    """A page with lines of bars one below the other, and its layout: baselines at the foot of the bars."""
    page, lines = Image.new("L", _SIZE, 255), []
    for number, text in enumerate(texts):
        picture = bars.picture(text, scale=_SCALE)
        y = top + number * 2 * HIGH
        page.paste(picture, (left, y))
        foot = ((left, y + HIGH - 1), (left + picture.width - 1, y + HIGH - 1))
        lines.append(Line(f"l{number}", foot, box(left, y, picture.width, HIGH)))
    return page, Layout((Region("r", box(0, 0, *_SIZE), tuple(lines)),))
