"""How an image lies in its file: the size that it has upright, and the EXIF orientation that it was turned by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Frame"]

# What a stored (x, y) becomes upright, but for where it begins. Source: Exif 2.32, tag 274.
_TURNS: Final[Mapping[int, tuple[tuple[int, int], tuple[int, int]]]] = {
    1: ((1, 0), (0, 1)),
    2: ((-1, 0), (0, 1)),
    3: ((-1, 0), (0, -1)),
    4: ((1, 0), (0, -1)),
    5: ((0, 1), (1, 0)),
    6: ((0, -1), (1, 0)),
    7: ((0, -1), (-1, 0)),
    8: ((0, 1), (-1, 0)),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """An image's size and the way that it lies in its file.

    Attributes:
        width: px, upright.
        height: px, upright.
        orientation: EXIF's, 1 to 8; 1 where the image lies upright in its file.
    """

    width: int
    height: int
    orientation: int = 1

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height, upright."""
        return self.width, self.height

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height of the pixels as the file has them."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    def to_upright(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) stored x and y as they are upright; whole numbers are the middles of pixels."""
        turn = np.array(_TURNS[self.orientation], np.float64)
        return points @ turn.T + self._origin(turn)

    def to_stored(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) upright x and y as the file has them; undoes ``to_upright``."""
        turn = np.array(_TURNS[self.orientation], np.float64)
        return (points - self._origin(turn)) @ turn

    def direction_to_upright(self, direction: tuple[float, float]) -> tuple[float, float]:
        """A stored direction as it is upright."""
        x, y = np.array(_TURNS[self.orientation]) @ direction
        return float(x), float(y)

    def box_to_stored(self, left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        """A box of upright pixels, right and bottom excluded, as the file has them."""
        corners = self.to_stored(np.array([(left, top), (right - 1, bottom - 1)], np.float64)).astype(int)
        (x0, y0), (x1, y1) = corners.min(0).tolist(), corners.max(0).tolist()
        return x0, y0, x1 + 1, y1 + 1

    def _origin(self, turn: NDArray[np.float64]) -> NDArray[np.float64]:
        last = np.array(self.stored_size, np.float64) - 1
        return np.asarray((turn < 0) @ last)
