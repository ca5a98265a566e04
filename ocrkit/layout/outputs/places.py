"""Places of records as formats ask for them: on the page, enough points, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ocrkit.layout.records import Page, Points

__all__ = ["Box", "box_around", "is_box", "on_page", "runs_somewhere"]


class Box(NamedTuple):
    """A box of pixels: its first and last columns and rows."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns in it."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """Rows in it."""
        return self.bottom - self.top + 1


def on_page(page: Page, points: Points) -> Points:
    """Points as plain ints, each moved onto the page where it is off."""
    last_x, last_y = max(page.width - 1, 0), max(page.height - 1, 0)
    return tuple((min(max(int(x), 0), last_x), min(max(int(y), 0), last_y)) for x, y in points)


def box_around(points: Points) -> Box:
    """The box around points; the page's first pixel where there are none."""
    if not points:
        return Box(0, 0, 0, 0)
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def is_box(points: Points) -> bool:
    """Whether an outline is that of the box around it, from its first corner on and nothing else."""
    box = box_around(points)
    return points == ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))


def runs_somewhere(points: Points) -> bool:
    """Whether a baseline has two points that differ."""
    return len(set(points)) > 1
