"""Pictures made from a page - scaled, turned, straightened, cropped - that know where their pixels are on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """A picture of a page, or of a part of it.

    Attributes:
        picture: (H, W) grey, 255 for white.
        to_page: (2, 3) what takes (x, y, 1) of the picture to x, y of the page; whole numbers are middles of pixels.
        turned: quarters clockwise by which the page was turned.
        straightened: degrees clockwise by which its lines fell to the right before they were set level.
    """

    picture: NDArray[np.uint8]
    to_page: NDArray[np.float64]
    turned: int = 0
    straightened: float = 0.0

    @classmethod
    def of(cls, page: NDArray[np.uint8]) -> View:
        """The page as it is."""
        return cls(page, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))

    def places(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N, 2) where points of the picture lie on the page."""
        there: NDArray[np.float64] = points @ self.to_page[:, :2].T + self.to_page[:, 2]
        return there

    def scaled(self, factor: float) -> View:
        """So many times as large, at least a pixel each way."""
        height, width = self.picture.shape
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        if size == (width, height):
            return self
        image = Image.fromarray(self.picture)
        kernel = Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
        scaled = np.asarray(image.resize(size, kernel))
        across, down = width / size[0], height / size[1]
        step = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5]])
        return View(scaled, _after(step, self.to_page), self.turned, self.straightened)

    def turn(self, quarters: int) -> View:
        """Turned clockwise by so many quarters."""
        height, width = self.picture.shape
        quarters %= 4
        step = (
            np.array([[1.0, 0, 0], [0, 1, 0]]),
            np.array([[0, 1.0, 0], [-1, 0, height - 1]]),
            np.array([[-1.0, 0, width - 1], [0, -1, height - 1]]),
            np.array([[0, -1.0, width - 1], [1, 0, 0]]),
        )[quarters]
        picture = np.ascontiguousarray(np.rot90(self.picture, -quarters))
        return View(picture, _after(step, self.to_page), (self.turned + quarters) % 4, self.straightened)

    def straighten(self, degrees: float) -> View:
        """Turned counter-clockwise by some degrees, on a picture that holds all of it; what is beyond it is paper."""
        height, width = self.picture.shape
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        new_width = math.ceil(width * abs(cosine) + height * abs(sine))
        new_height = math.ceil(width * abs(sine) + height * abs(cosine))
        turning = np.array([[cosine, -sine], [sine, cosine]])
        middle = np.array([width - 1, height - 1]) / 2 - turning @ (np.array([new_width - 1, new_height - 1]) / 2)
        step = np.concatenate([turning, middle[:, None]], axis=1)
        # Pillow counts from the corners of pixels.
        corner = step[:, 2] + 0.5 - turning @ np.array([0.5, 0.5])
        paper = int(np.percentile(self.picture[::4, ::4], 80))
        picture = Image.fromarray(self.picture).transform(
            (new_width, new_height),
            Image.Transform.AFFINE,
            (cosine, -sine, corner[0], sine, cosine, corner[1]),
            Image.Resampling.BILINEAR,
            fillcolor=paper,
        )
        return View(np.asarray(picture), _after(step, self.to_page), self.turned, self.straightened + degrees)

    def part(self, left: int, top: int, right: int, bottom: int) -> View:
        """Columns ``left`` to before ``right``, rows ``top`` to before ``bottom``."""
        step = np.array([[1.0, 0, left], [0, 1, top]])
        picture = self.picture[top:bottom, left:right]
        return View(picture, _after(step, self.to_page), self.turned, self.straightened)


def _after(step: NDArray[np.float64], to_page: NDArray[np.float64]) -> NDArray[np.float64]:
    """One step taken, then the way to the page."""
    whole = np.concatenate([step, [[0.0, 0.0, 1.0]]])
    taken: NDArray[np.float64] = to_page @ whole
    return taken
