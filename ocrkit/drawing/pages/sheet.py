"""A page while it is set, flat and straight: the ink of its lines, what else is on it, and where its regions are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import looked_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.pages.strips import Strip

__all__ = ["Column", "PageSheet", "SetLine", "SetRegion"]


@dataclass(slots=True)
class Column:
    """A part of the page that is being filled from its top.

    Attributes:
        left: px.
        right: px.
        y: where the next line's upper edge would be, px.
        bottom: px; no line's foot goes below it.
    """

    left: float
    right: float
    y: float
    bottom: float

    @property
    def width(self) -> float:
        """Px."""
        return self.right - self.left

    @property
    def is_full(self) -> bool:
        """Whether no line fits any more."""
        return self.y >= self.bottom


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line where it stands: baseline (K, 2) px of the flat page, its ends and heights."""

    baseline: NDArray[np.float64]
    ascender: float
    descender: float
    x_height: float
    text: str | None
    rtl: bool = False


@dataclass(slots=True)
class SetRegion:
    """Lines that belong together, in the order of reading."""

    kind: str
    lines: list[SetLine] = field(default_factory=list)


class PageSheet:
    """What is set on a page so far.

    Attributes:
        ink: (H, W) uint8 of the text, 255 where it is full.
        other: (H, W) uint8 of rules, ornaments and pictures.
        regions: in the order of reading.
        borders: (K, 2) px of lines between columns.
    """

    def __init__(self, width: int, height: int, x_height: float) -> None:
        """An empty page whose running text has small letters ``x_height`` px high."""
        self.width, self.height, self.x_height = width, height, x_height
        self.ink = np.zeros((height, width), np.uint8)
        self.other = np.zeros((height, width), np.uint8)
        self.regions: list[SetRegion] = []
        self.borders: list[NDArray[np.float64]] = []

    def region(self, kind: str = "MainZone") -> SetRegion:
        """A region, to be read after those before it."""
        self.regions.append(SetRegion(kind))
        return self.regions[-1]

    def holds(self, strip: Strip, x: float, y: float) -> bool:
        """Whether all of the strip would be on the page."""
        top, left = self._corner(strip, x, y)
        return (
            top >= 1
            and left >= 1
            and top + strip.ink.shape[0] < self.height - 1
            and left + strip.width < self.width - 1
        )

    def place(
        self, region: SetRegion, strip: Strip, x: float, y: float, *, darkness: float = 1.0, rtl: bool = False
    ) -> bool:
        """Set a strip with its left end at x and its baseline's first point at y; False where it is not on the page."""
        if not self.holds(strip, x, y):
            return False
        top, left = self._corner(strip, x, y)
        ink = strip.ink
        if darkness < 1:
            ink = looked_up(ink, (np.arange(256) * darkness).astype(np.uint8))
        part = self.ink[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(part, ink, out=part)
        region.lines.append(
            SetLine(
                strip.baseline + np.array([left, top]),
                strip.ascender,
                strip.descender,
                strip.x_height,
                strip.text,
                rtl,
            )
        )
        return True

    def mark(self, ink: NDArray[np.uint8], x: float, y: float) -> None:
        """Lay down what is no text, its left top corner at x and y; what reaches beyond the page is cut off."""
        left, top = round(x), round(y)
        first, begin = max(0, -top), max(0, -left)
        ink = ink[first : max(first, self.height - top), begin : max(begin, self.width - left)]
        if ink.size:
            part = self.other[top + first : top + first + ink.shape[0], left + begin : left + begin + ink.shape[1]]
            np.maximum(part, ink, out=part)

    def rule(self, begin: tuple[float, float], end: tuple[float, float], thickness: float, darkness: int = 255) -> None:
        """A level or upright rule between two points, px."""
        across, down = abs(end[0] - begin[0]), abs(end[1] - begin[1])
        width, height = (across, thickness) if across >= down else (thickness, down)
        if across < 1 and down < 1:
            return
        ink = np.full((max(1, round(height)), max(1, round(width))), darkness, np.uint8)
        if thickness < 1:
            ink = (ink * thickness).astype(np.uint8)
        self.mark(ink, min(begin[0], end[0]), min(begin[1], end[1]))

    def part(self, *points: tuple[float, float]) -> None:
        """A border along some points, between two regions."""
        self.borders.append(np.array(points, np.float64))

    @staticmethod
    def _corner(strip: Strip, x: float, y: float) -> tuple[int, int]:
        return round(y - strip.baseline[0, 1]), round(x)
