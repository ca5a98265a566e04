"""Pages of strokes for letters, with their baselines known, and the maps that a perfect network would give of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.maps import MAPS
from ocrkit.segmentation.targets import LineTruth, target_maps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

X_HEIGHT = 10


@dataclass
class StrokePage:
    """A page on which lines are written one by one; ``ink`` has the number of each pixel's line, from 1."""

    width: int = 400
    height: int = 300
    ink: NDArray[np.int64] = field(init=False)
    lines: list[LineTruth] = field(default_factory=list)
    borders: list[NDArray[np.float64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ink = np.zeros((self.height, self.width), np.int64)

    def write(self, baseline: Sequence[tuple[float, float]], *, up: float = 17, down: float = 6, wide: int = 2) -> None:
        """A line of strokes with 4 px between, some tall and some deep, some with a dot above or a sign below."""
        points = np.array(baseline, np.float64)
        number = len(self.lines) + 1
        for place, x in enumerate(range(round(points[0, 0]), round(points[-1, 0]) - wide + 1, wide + 4)):
            y = round(float(np.interp(x, points[:, 0], points[:, 1])))
            top, foot = y - X_HEIGHT, y
            if place % 5 == 1:
                top = y - round(up)
            if place % 7 == 3:
                foot = y + round(down)
            self.ink[max(0, top) : foot + 1, x : x + wide] = number
            if place % 5 == 3:  # a dot above
                self.ink[max(0, y - round(up)) : max(0, y - round(up) + 2), x : x + wide] = number
            if place % 7 == 5:  # a sign below
                self.ink[y + round(down) - 1 : y + round(down) + 1, x : x + wide] = number
        self.lines.append(LineTruth(points, up, down, X_HEIGHT))

    @property
    def grey(self) -> NDArray[np.uint8]:
        """The page, black on white."""
        return np.where(self.ink > 0, 0, 255).astype(np.uint8)

    def maps(self, lines: Sequence[LineTruth] | None = None) -> NDArray[np.float32]:
        """Its maps, or those that tell of other lines."""
        maps, _ = target_maps(self.lines if lines is None else lines, self.borders, None, self.ink.shape)
        maps[MAPS.index("not_text")] = 0
        return maps
