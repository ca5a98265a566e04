"""How what a file says of a page lies on its image: the units that it counts in, and the frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrkit.data.frame import Frame
    from ocrkit.data.sources.page_line import Point

__all__ = ["PagePlace"]


@dataclass(frozen=True, slots=True)
class PagePlace:
    """How a file's units lie on its image: in stored or in upright pixels, and how many px a unit is either way."""

    frame: Frame
    stored: bool
    across: float = 1.0
    down: float = 1.0

    @classmethod
    def of(cls, name: Path, width: float, height: float, frame: Frame) -> PagePlace:
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
        direction = self.heading_of(turn)
        if direction is None or not self.stored:
            return direction
        return self.frame.direction_to_upright(direction)

    @staticmethod
    def heading_of(turn: float) -> tuple[float, float] | None:
        """The same in the file's own pixels."""
        return None if turn == 0 else (math.cos(math.radians(turn)), -math.sin(math.radians(turn)))


def _alike(width: float, height: float, across: int, down: int) -> bool:
    """Whether two sizes are of one shape, each number being rounded."""
    return abs(width * down - height * across) <= width + height + across + down
