"""The course of a line of text on its page: a smoothed baseline, and where points lie along and beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Guide"]

_AT_ONCE = 1 << 16  # points that are compared with the guide together
_ANCHORS = 64  # places of the guide that the first look compares them with
_ROUNDS = 4  # by which a point's foot on the guide settles
_TIGHTEST = 0.8  # how far an outline may reach towards the middle of a bend, as a share of the bend's radius
_LONGEST = 8  # times the way across the line: a baseline longer than that goes to and fro
_STRAY = 2.0  # px by which a point may be missed by its own foot, before the bend is too much for the outline


@dataclass(frozen=True, slots=True)
class Guide:
    """A curve with a point at each px of its length, going on straight beyond both ends.

    Attributes:
        points: (N, 2) x and y on the page, px.
        directions: (N, 2) the way that it goes there, of length 1. What lies to the right of the way is below the line.
    """

    points: NDArray[np.float64]
    directions: NDArray[np.float64]

    @classmethod
    def straight(cls, start: NDArray[np.float64], direction: NDArray[np.float64]) -> Guide:
        """A straight line from a point on."""
        ahead = np.stack([start, start + direction])
        return cls(ahead, np.stack([direction, direction]))

    @classmethod
    def along(cls, baseline: NDArray[np.float64], outline: NDArray[np.float64]) -> Guide:
        """A baseline of (K, 2) points, smoothed so far that a line with this (M, 2) outline can be cut along it.

        Corners are rounded over about the line's height, since people and programs set points by eye; a bend that is
        too tight for the outline over more, and at last away.
        """
        chord = baseline[-1] - baseline[0]
        if not np.any(chord):
            chord = np.array((1.0, 0.0))
        straight = cls.straight(baseline[0], chord / np.hypot(*chord))
        length = np.hypot(*np.diff(baseline, axis=0).T).sum()
        if length > _LONGEST * np.hypot(*np.ptp(np.concatenate([outline, baseline]), axis=0)):
            return straight
        even = _even(baseline)
        if len(even) < 3:
            return straight
        beside = min(float(np.ptp(guide.place(outline)[:, 1])) for guide in (straight, cls._of(even)))
        height = max(2.0, beside)
        for reach in (height, 2 * height, 4 * height):
            guide = cls._of(_even(_smoothed(even, round(reach))))
            if guide._can_hold(outline):
                return guide
        return straight

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2): how far along the guide each point's foot is, and how far below it the point lies, px."""
        return np.concatenate(
            [self._place(points[start : start + _AT_ONCE]) for start in range(0, len(points), _AT_ONCE)]
        )

    def at(self, along: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) the points on the page that lie so far along the guide, and so far below it; undoes ``place``."""
        points, directions = self._at(along)
        return points + below[:, None] * _turned_right(directions)

    def bend(self, along: NDArray[np.float64]) -> float:
        """The farthest that the guide goes away from the straight line between two places, between these, px."""
        points, _ = self._at(along)
        chord = points[-1] - points[0]
        away = points - points[0]
        return float(np.abs(away[:, 0] * chord[1] - away[:, 1] * chord[0]).max() / max(np.hypot(*chord), 1e-9))

    @classmethod
    def _of(cls, points: NDArray[np.float64]) -> Guide:
        steps = np.gradient(points, axis=0)
        return cls(points, steps / np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None])

    def _can_hold(self, outline: NDArray[np.float64]) -> bool:
        placed = self.place(outline)
        bends = np.gradient(np.unwrap(np.arctan2(self.directions[:, 1], self.directions[:, 0])))
        # Only a bend towards the outline's side folds what is cut.
        tightest = max(float(bends.max()) * float(placed[:, 1].max()), float(bends.min()) * float(placed[:, 1].min()))
        back = self.at(placed[:, 0], placed[:, 1])
        return tightest <= _TIGHTEST and float(np.abs(back - outline).max()) <= _STRAY

    def _place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        anchors = np.unique(np.linspace(0, len(self.points) - 1, _ANCHORS).round().astype(int))
        away = (points[:, None, :] - self.points[anchors]) ** 2  # (N, anchors, 2)
        along = anchors[away.sum(2).argmin(1)].astype(np.float64)
        for _ in range(_ROUNDS):
            feet, directions = self._at(along)
            along = along + ((points - feet) * directions).sum(1)
        feet, directions = self._at(along)
        return np.stack([along, ((points - feet) * _turned_right(directions)).sum(1)], axis=1)

    def _at(self, along: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and directions so far along; beyond the ends, straight on."""
        last = len(self.points) - 1
        inside = np.clip(along, 0, last)
        index = np.minimum(inside.astype(np.int64), last - 1)
        share = (inside - index)[:, None]
        points = self.points[index] * (1 - share) + self.points[index + 1] * share
        directions = self.directions[index] * (1 - share) + self.directions[index + 1] * share
        directions = directions / np.maximum(np.hypot(directions[:, 0], directions[:, 1]), 1e-9)[:, None]
        return points + (along - inside)[:, None] * directions, directions


def _turned_right(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([-directions[:, 1], directions[:, 0]], axis=1)


def _even(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The polyline with a point at each px of its length, from its beginning on; at least two points."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    kept = np.concatenate([[True], steps > 0])
    points, lengths = points[kept], np.concatenate([[0.0], np.cumsum(steps[steps > 0])])
    at = np.arange(max(2, int(lengths[-1]) + 1), dtype=np.float64)
    return np.stack([np.interp(at, lengths, points[:, axis]) for axis in (0, 1)], axis=1)


def _smoothed(points: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Twice the mean over about ``reach`` px; a straight line stays what it is, to its ends."""
    half = min(max(1, reach // 2), len(points) - 1)
    for _ in range(2):
        before = 2 * points[0] - points[half:0:-1]
        after = 2 * points[-1] - points[-2 : -half - 2 : -1]
        sums = np.cumsum(np.concatenate([np.zeros((1, 2)), before, points, after]), axis=0)
        points = (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
    return points
