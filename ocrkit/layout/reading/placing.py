"""From the units that a file counts in to whole pixels of the upright picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.image_file import frame_of
from ocrkit.data.line_cutting import reading_course
from ocrkit.data.sources.page_image import image_of
from ocrkit.data.sources.page_place import PagePlace
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocrkit.data.sources.page_line import Point
    from ocrkit.layout.records import Points

__all__ = ["Placing", "bounds"]

_LARGEST = 10_000_000  # units of a page's width or height


@dataclass(frozen=True, slots=True)
class Placing:
    """How a file's places become pixels.

    Attributes:
        width: px of the upright picture.
        height: likewise.
        place: how the file's units lie on the picture; None where the picture is not there, and the units are px.
    """

    width: int
    height: int
    place: PagePlace | None = None

    @classmethod
    def of(
        cls,
        path: Path,
        image: str,
        size: tuple[float, float],
        *,
        unit: str = "pixel",
        line: int = 0,
        failed: bool = False,
    ) -> Placing:
        """Of a page of a size, in a unit, which a file at a path says is in an image.

        Args:
            path: the file.
            image: as it names it.
            size: the page's width and height, 0 for one that is not known.
            unit: of the size, as ALTO calls it.
            line: where the file says so, for messages.
            failed: whether it says that the picture could not be opened; then it is not looked for.

        Raises:
            DataError: the size is none; the picture is of another shape; or it is needed, to tell the scale, and cannot
                be opened.
        """
        width, height = size
        if not (0 <= width <= _LARGEST and 0 <= height <= _LARGEST):
            raise DataError(f"the page is {width:g} x {height:g}; expected its size", path, line)
        if failed:
            return cls(round(width), round(height))
        picture = image_of(path, image)
        frame = frame_of(picture)
        if frame is None:
            if unit != "pixel" or not (width and height):
                missing = f"measures are in {unit!r}" if unit != "pixel" else "the page has no width and height"
                raise DataError(
                    f"{missing}, and its picture, which would tell the scale, cannot be opened; expected {picture}",
                    path,
                    line,
                )
            return cls(round(width), round(height))
        try:
            return cls(frame.width, frame.height, PagePlace.of(picture, width, height, frame))
        except ImageError as error:
            raise DataError(error.reason, path, line) from error

    def points(self, given: tuple[Point, ...]) -> Points:
        """Points in pixels, kept on the page."""
        if not given:
            return ()
        px = np.array(given, np.float64) if self.place is None else self.place.on_page(given)
        kept = np.clip(np.rint(px), 0, (max(self.width - 1, 0), max(self.height - 1, 0))).astype(int)
        return tuple((x, y) for x, y in kept.tolist())

    def baseline(self, given: tuple[Point, ...], outline: Points, turn: float, *, right_to_left: bool) -> Points:
        """A baseline in pixels, from the line's left to its right as it is read upright.

        Args:
            given: its points in the file's units, in either direction.
            outline: the line's, px.
            turn: degrees clockwise that set the line upright, by the file; 0 where that says nothing.
            right_to_left: whether its text runs so.
        """
        placed = self.points(given)
        if len(set(placed)) < 2:
            return ()
        heading = self.place.heading(turn) if self.place is not None else PagePlace.heading_of(turn)
        along = np.array(placed, np.float64)
        course = reading_course(np.array(outline, np.float64), along, heading, right_to_left=right_to_left)
        runs_back = course is not None and np.array_equal(course, along[::-1])
        return placed[::-1] if runs_back else placed


def bounds(outlines: Iterable[Points]) -> Points:
    """The box around some outlines; nothing around none."""
    points = [point for outline in outlines for point in outline]
    if not points:
        return ()
    xs, ys = zip(*points, strict=True)
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    return (left, top), (right, top), (right, bottom), (left, bottom)
