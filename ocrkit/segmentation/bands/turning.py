"""How a page lies: by which quarter it was turned, and by how much its lines fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["lies_on_its_side", "skew_of_feet"]

_STRIP = 12.0  # heights of small letters: the width of strips in which rows are told
_FARTHEST = 15.0  # degrees of skew that are looked for
_COARSE, _FINE = 0.5, 0.05  # degrees
_COARSE_WIDTH, _FINE_WIDTH = 25.0, 100.0  # heights of small letters: what is looked at together


def lies_on_its_side(raster: NDArray[np.float32], cells: int) -> bool:
    """Whether lines run up or down: there the ink alternates along columns less than along rows.

    Args:
        raster: (H, W) the ink of letters on a raster.
        cells: of the height of a small letter.
    """
    return _alternation(raster.T, cells) > _alternation(raster, cells)


def skew_of_feet(feet: NDArray[np.float64], x_height: float) -> float:
    """The degrees, clockwise, by which lines fall to the right, told by the feet of letters.

    Args:
        feet: (N, 2) the middle of each letter's lower edge, on an upright page.
        x_height: the height of small letters, px.
    """
    if len(feet) < 8:
        return 0.0
    coarse = np.arange(-_FARTHEST, _FARTHEST + _COARSE / 2, _COARSE)
    found = coarse[np.argmax([_sharpness(feet, angle, x_height, _COARSE_WIDTH, 3) for angle in coarse])]
    middle = found + np.arange(-_COARSE, _COARSE + 0.05, 0.1)
    found = middle[np.argmax([_sharpness(feet, angle, x_height, _FINE_WIDTH, 4) for angle in middle])]
    fine = found + np.arange(-0.1, 0.1 + _FINE / 2, _FINE)
    scores = np.array([_sharpness(feet, angle, x_height, _FINE_WIDTH, 5) for angle in fine])
    return float(np.round(np.average(fine[scores >= 0.995 * scores.max()]), 3))


def _alternation(raster: NDArray[np.float32], cells: int) -> float:
    """How much rows differ in ink within upright strips, over all strips."""
    width = max(1, round(_STRIP * cells))
    edges = np.arange(0, raster.shape[1], width)
    strips = np.add.reduceat(raster, edges, axis=1)  # (H, strips)
    sums = np.cumsum(np.pad(strips, ((1, 0), (0, 0))), axis=0)
    body = max(1, cells // 2)
    rows = sums[body:] - sums[:-body]
    return float((np.diff(rows[::body], axis=0) ** 2).sum())


def _sharpness(feet: NDArray[np.float64], angle: float, x_height: float, width: float, parts: int) -> float:
    """How well feet fall into few rows along an angle: the sum of squares of their counts in fine rows of strips."""
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    across = feet[:, 1] * cosine - feet[:, 0] * sine
    row = np.floor(across * (parts / x_height)).astype(np.int64)
    strip = np.floor((feet[:, 0] - feet[:, 0].min()) / (width * x_height)).astype(np.int64)
    rows = row - row.min() + 1
    counts = np.bincount(strip * (int(rows.max()) + 3) + rows).astype(np.float64)
    return float((counts[:-1] * counts[1:]).sum() + (counts**2).sum())
