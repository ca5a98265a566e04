"""How a flat page lies on the glass: askew, curled along its lines, its edges leaning; and where each point comes to.

A column of pixels falls by ``falls[x]``, then a row moves by ``moves[y]`` to the right. At a few degrees both together
turn the page, to within half a per cent of its size, and either is undone exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, radians, tan
from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import columns_shifted, rows_shifted
from ocrkit.drawing.chance import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Bending", "draw_bending"]


@dataclass(frozen=True, slots=True)
class Bending:
    """Where the points of a flat page come to.

    Attributes:
        falls: (W,) px by which each column falls, 0 or more.
        moves: (H,) px by which each row of the fallen page moves to the right, 0 or more.
        skew: degrees clockwise by which the lines fall to the right.
    """

    falls: NDArray[np.float64]
    moves: NDArray[np.float64]
    skew: float

    @property
    def is_flat(self) -> bool:
        """Whether nothing moves."""
        return not self.falls.any() and not self.moves.any()

    def picture(self, flat: NDArray[np.uint8], fill: int) -> NDArray[np.uint8]:
        """The page as it lies, larger by what it needs; ``fill`` is the grey of what is beyond, -1 that of the edge."""
        if self.is_flat:
            return flat
        height = len(self.moves)
        fallen = columns_shifted(flat, -self.falls, height, fill)
        width = flat.shape[1] + int(np.ceil(self.moves.max()))
        return rows_shifted(fallen, -self.moves, width, fill)

    def points(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where (N, 2) x and y of the flat page come to; whole numbers are the middles of pixels."""
        if self.is_flat:
            return points
        x, y = points[:, 0], points[:, 1]
        y = y + np.interp(x, np.arange(len(self.falls)), self.falls)
        return np.stack([x + np.interp(y, np.arange(len(self.moves)), self.moves), y], axis=1)


def draw_bending(width: int, height: int, rng: np.random.Generator, strength: float) -> Bending:
    """Most pages lie nearly straight, some up to 5 degrees askew; one of four is curled."""
    drawn, curls = rng.random(2)
    degrees = 0.0
    if drawn < 0.85:
        degrees = float(rng.normal(0, 0.8)) if drawn < 0.6 else between(rng, -5, 5)
    slope = tan(radians(min(max(degrees * strength, -6), 6)))
    x = np.arange(width, dtype=np.float64)
    falls = slope * x
    if curls < 0.3 * strength:
        falls += _curl(x / width, rng) * between(rng, 0.004, 0.03) * width * strength
    falls -= falls.min()
    tall = height + int(np.ceil(falls.max()))
    y = np.arange(tall, dtype=np.float64)
    moves = -slope * y
    if rng.random() < 0.15 * strength:
        moves += between(rng, -0.01, 0.01) * width * np.sin(pi * (between(rng, 0.5, 1.5) * y / tall + rng.random()))
    moves -= moves.min()
    if degrees == 0 and not falls.any():
        moves[:] = 0
    return Bending(falls, moves, degrees * strength)


def _curl(along: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """How far a page's lines fall, 0 to 1, along its width: towards the spine, or as a wave."""
    if rng.random() < 0.6:
        toward = along if rng.random() < 0.5 else 1 - along
        reach = between(rng, 0.15, 0.6)
        near = np.clip((toward - (1 - reach)) / reach, 0, 1) ** 2
        return near if rng.random() < 0.5 else -near
    wave: NDArray[np.float64] = np.sin(2 * pi * (between(rng, 0.3, 1.0) * along + rng.random()))
    return wave / 2
