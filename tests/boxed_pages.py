"""Pages whose lines are boxes of ink, for arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.layout.records import Layout, Line, Page, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["INKY", "box", "layout", "line", "page", "paper"]

INKY = np.zeros((100, 200), np.uint8)  # a page that is black but for its last pixel: areas and ink are the same
INKY[99, 199] = 255


def paper(*boxes: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """A white page of 200x100 px with black boxes: left, top, width, height."""
    image = np.full((100, 200), 255, np.uint8)
    for left, top, width, height in boxes:
        image[top : top + height, left : left + width] = 0
    return image


def box(left: int, top: int, width: int, height: int) -> tuple[tuple[int, int], ...]:
    """The outline of width x height px."""
    right, bottom = left + width - 1, top + height - 1
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def line(left: int, top: int, width: int, height: int, text: str | None = None) -> Line:
    """A line that is a box, its baseline at the foot."""
    foot = top + height - 1
    return Line(f"l{left}-{top}", ((left, foot), (left + width - 1, foot)), box(left, top, width, height), text=text)


def page(*lines: Line) -> Page:
    """A page of one region."""
    return Page("page.png", 200, 100, layout(*lines).regions)


def layout(*lines: Line) -> Layout:
    """What a segmenter gives that finds these lines."""
    return Layout((Region("r", box(0, 0, 200, 100), lines),))
