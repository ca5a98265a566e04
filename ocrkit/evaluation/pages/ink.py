"""The ink of a page, and the ink within a line's area: what overlaps of lines are counted in.

Where a polygon runs through empty paper says nothing about a segmenter, so lines are compared by their ink alone, as
the ICDAR contests of handwriting segmentation do (Gatos, Stamatopoulos and Louloudis 2011, "ICDAR2009 handwriting
segmentation contest", IJDAR 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.outline import polygon_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.layout.records import Points

__all__ = ["InkArea", "ink_within", "page_ink"]


@dataclass(frozen=True, slots=True)
class InkArea:
    """The pixels of ink within a line's area.

    Attributes:
        left: px of the page at which ``mask`` begins.
        top: likewise.
        mask: (H, W) where there is ink inside of the area.
        size: how many pixels that are.
    """

    left: int
    top: int
    mask: NDArray[np.bool_]
    size: int

    def shared(self, other: InkArea) -> int:
        """How many pixels are in both."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.mask.shape[1], other.left + other.mask.shape[1])
        bottom = min(self.top + self.mask.shape[0], other.top + other.mask.shape[0])
        if left >= right or top >= bottom:
            return 0
        mine, its = (
            area.mask[top - area.top : bottom - area.top, left - area.left : right - area.left]
            for area in (self, other)
        )
        return int((mine & its).sum())

    def where(self, chosen: NDArray[np.bool_]) -> InkArea:
        """The part of it that is chosen of the page, (H, W)."""
        height, width = self.mask.shape
        mask = self.mask & chosen[self.top : self.top + height, self.left : self.left + width]
        return InkArea(self.left, self.top, mask, int(mask.sum()))


def page_ink(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a page has ink: what is darker than the threshold that parts its greys best.

    Args:
        image: (H, W) grey, 255 for white.

    Source: Otsu 1979, "A Threshold Selection Method from Gray-Level Histograms".
    """
    counts = np.bincount(image.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    darkness = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    parted = (below > 0) & (above > 0)
    if not parted.any():
        return np.zeros(image.shape, np.bool_)
    apart = np.full(256, -1.0)
    difference = darkness[parted] / below[parted] - (darkness[-1] - darkness[parted]) / above[parted]
    apart[parted] = below[parted] * above[parted] * difference**2
    return image <= int(np.argmax(apart))


def ink_within(outlines: Sequence[Points], ink: NDArray[np.bool_]) -> list[InkArea]:
    """The ink of a page inside of each outline; none where it lies outside of the page."""
    return [_ink_within(outline, ink) for outline in outlines]


def _ink_within(outline: Points, ink: NDArray[np.bool_]) -> InkArea:
    height, width = ink.shape
    points = np.array(outline, np.float64).reshape(-1, 2)
    left, top = np.maximum(points.min(0), 0).astype(int).tolist()
    right, bottom = (np.minimum(points.max(0), (width - 1, height - 1)).astype(int) + 1).tolist()
    if left >= right or top >= bottom:
        return InkArea(0, 0, np.zeros((0, 0), np.bool_), 0)
    inside = np.asarray(polygon_mask(points - (left, top), (right - left, bottom - top))) > 0
    mask = inside & ink[top:bottom, left:right]
    return InkArea(left, top, mask, int(mask.sum()))
