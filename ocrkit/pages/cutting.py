"""Found lines cut out of their page's picture, straight and upright, with the way back to the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.line_cutting import cut_line_placed, reading_course
from ocrkit.errors import ImageError
from ocrkit.pages.rules import without_rules
from ocrkit.pages.words import Slices

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from ocrkit.data.line_cutting import CutLine
    from ocrkit.layout.records import Layout, Line

__all__ = ["FoundLine", "cut_lines"]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a layout, cut out.

    Attributes:
        line: unread.
        cut: its picture; None where it lies outside of the page.
        slices: the parts of its area; None without a picture.
        reason: why there is no picture.
    """

    line: Line
    cut: CutLine | None
    slices: Slices | None = None
    reason: str = ""


def cut_lines(page: Image, layout: Layout) -> list[FoundLine]:
    """All lines of a layout in its order, cut out of the page.

    Args:
        page: mode ``L``.
        layout: of this page. A line without a baseline runs as the page's ``rotation`` and ``skew`` have it.
    """
    heading, pixels = _heading(layout), np.asarray(page)
    return [_cut(page, pixels, line, heading) for region in layout.regions for line in region.lines]


def _cut(page: Image, pixels: NDArray[np.uint8], line: Line, heading: tuple[float, float] | None) -> FoundLine:
    outline = _points(line.outline)
    course = _points(line.baseline) if len(set(line.baseline)) > 1 else None
    if course is None and heading is not None:
        course = reading_course(outline, None, heading)
    try:
        cut = cut_line_placed(page, outline, course)
    except ImageError as error:
        return FoundLine(line, None, reason=error.reason)
    slices = Slices(cut, outline, page.size)
    return FoundLine(line, without_rules(cut, slices, pixels), slices)


def _heading(layout: Layout) -> tuple[float, float] | None:
    """The way that lines run on the page as it was given; None where that is level, from left to right."""
    if layout.rotation == 0 and layout.skew == 0:
        return None
    angle = math.radians(layout.skew - layout.rotation)
    return math.cos(angle), math.sin(angle)


def _points(points: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    return np.array(points, np.float64)
