"""The frame that a page is read in: upright, straight, and with the side where reading begins to the left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.layout.records import Direction, Line, Points

__all__ = ["Frame", "Placed", "skew_of"]

_BODY = 0.6  # of what a line's outline has above its baseline: about the small letters
_FOOT = 0.25  # of an outline's height below the baseline, where nobody said it


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a picture's points lie once it is turned by quarters, then straightened, and mirrored for rtl scripts.

    Attributes:
        width: px of the picture as given.
        height: px.
        rotation: degrees clockwise, 0, 90, 180 or 270, that set it upright.
        skew: degrees clockwise by which lines fall to the right once it is upright.
        mirrored: whether x counts from the right.
    """

    width: int
    height: int
    rotation: int = 0
    skew: float = 0.0
    mirrored: bool = False

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) points of the picture in the frame."""
        x, y = points[:, 0], points[:, 1]
        right, low = self.width - 1, self.height - 1
        if self.rotation == 90:
            x, y = low - y, x
        elif self.rotation == 180:
            x, y = right - x, low - y
        elif self.rotation == 270:
            x, y = y, right - x
        cosine, sine = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = x * cosine + y * sine, y * cosine - x * sine
        return np.stack([-x if self.mirrored else x, y], axis=1)

    def back(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) points of the frame in the picture; undoes ``place``."""
        x, y = (-points[:, 0] if self.mirrored else points[:, 0]), points[:, 1]
        cosine, sine = math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))
        x, y = x * cosine - y * sine, y * cosine + x * sine
        right, low = self.width - 1, self.height - 1
        if self.rotation == 90:
            x, y = y, low - x
        elif self.rotation == 180:
            x, y = right - x, low - y
        elif self.rotation == 270:
            x, y = right - y, x
        return np.stack([x, y], axis=1)

    @classmethod
    def of(
        cls, lines: Sequence[Line], width: int, height: int, direction: Direction = "ltr", rotation: int = 0
    ) -> Frame:
        """The frame of a page, straightened by its lines' baselines."""
        upright = cls(width, height, rotation)
        baselines = [upright.place(np.array(line.baseline, np.float64)) for line in lines if len(line.baseline) > 1]
        return cls(width, height, rotation, skew_of(baselines), direction == "rtl")


@dataclass(frozen=True, slots=True)
class Placed:
    """The lines of a page in their frame, each as the box around its small letters.

    Attributes:
        boxes: (N, 4) left, top, right and foot.
        x_height: (N,) of each line, px.
        pitch: px from a line to the next, as most lines have it.
    """

    boxes: NDArray[np.float64]
    x_height: NDArray[np.float64]
    pitch: float

    @classmethod
    def of(cls, lines: Sequence[Line], frame: Frame) -> Placed:
        """Place lines in a frame."""
        boxes = np.array([_box_of(line, frame) for line in lines], np.float64).reshape(-1, 4)
        x_height = boxes[:, 3] - boxes[:, 1]
        return cls(boxes, x_height, _pitch_of(boxes, float(np.median(x_height)) if len(lines) else 1.0))


def skew_of(baselines: Sequence[NDArray[np.float64]]) -> float:
    """The degrees by which most of the length of some baselines, (K, 2) each, falls to the right; 0 without any."""
    chords = np.array([line[-1] - line[0] for line in baselines if np.any(line[-1] != line[0])]).reshape(-1, 2)
    if not len(chords):
        return 0.0
    angles, lengths = np.degrees(np.arctan2(chords[:, 1], chords[:, 0])), np.hypot(chords[:, 0], chords[:, 1])
    ranked = np.argsort(angles)
    share = np.cumsum(lengths[ranked])
    angle = float(angles[ranked][np.searchsorted(share, share[-1] / 2)])
    return angle if abs(angle) <= 45 else 0.0


def _box_of(line: Line, frame: Frame) -> tuple[float, float, float, float]:
    outline = _placed(line.outline, frame)
    (left, top), (right, bottom) = outline.min(0), outline.max(0)
    if len(line.baseline) > 1:
        foot = float(_placed(line.baseline, frame)[:, 1].mean())
    else:
        foot = float(bottom - _FOOT * (bottom - top))
    body = line.x_height or max(_BODY * (foot - top), 1.0)
    return float(left), foot - body, float(right), foot


def _placed(points: Points, frame: Frame) -> NDArray[np.float64]:
    return frame.place(np.array(points, np.float64).reshape(-1, 2))


def _pitch_of(boxes: NDArray[np.float64], x_height: float) -> float:
    """The median way from a line's foot to that of the next one below it, between 1.3 and 4 x-heights."""
    ranked = boxes[np.argsort(boxes[:, 3], kind="stable")]
    ways = []
    for index, (left, _, right, foot) in enumerate(ranked):
        below = ranked[index + 1 : index + 30]
        shared = np.minimum(below[:, 2], right) - np.maximum(below[:, 0], left)
        near = below[(shared > 0) & (below[:, 3] > foot + 0.5 * x_height), 3]
        if len(near):
            ways.append(float(near[0]) - foot)
    pitch = float(np.median(ways)) if ways else 2 * x_height
    return min(max(pitch, 1.3 * x_height), 4 * x_height)
