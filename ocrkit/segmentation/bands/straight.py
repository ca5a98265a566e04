"""A page's components in the frame in which its lines run level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.frame import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.components import Ink

__all__ = ["Straight"]

_LEVEL = 0.15  # degrees up to which boxes of components are as good as straight


@dataclass(frozen=True, slots=True)
class Straight:
    """The ink of a page, and the boxes of its components where lines run level.

    Attributes:
        ink: that of the picture as given.
        frame: the straight frame, in px of the picture.
        boxes: (N, 4) left, top, right and bottom of each component in the frame, at the outer edges of its pixels.
    """

    ink: Ink
    frame: Frame
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, ink: Ink, rotation: int = 0, skew: float = 0.0) -> Straight:
        """Place ink in the frame of a page that lies so."""
        frame = Frame(ink.width, ink.height, rotation, skew)
        if abs(skew) <= _LEVEL or not len(ink.runs):
            left, top, right, bottom = ink.boxes.T.astype(np.float64)
            corners = [frame.place(np.stack(pair, axis=1)) for pair in ((left, top), (right - 1, bottom - 1))]
            low, high = np.minimum(*corners), np.maximum(*corners)
            if skew:
                middle = frame.place(np.stack([(left + right - 1) / 2, (top + bottom - 1) / 2], axis=1))
                half = np.stack([right - left - 1, bottom - top - 1], axis=1) / 2
                half = half[:, ::-1] if rotation % 180 else half
                low, high = middle - half, middle + half
        else:
            low, high = _extents(ink, frame)
        return cls(ink, frame, np.concatenate([low - 0.5, high + 0.5], axis=1))

    @property
    def widths(self) -> NDArray[np.float64]:
        """(N,) px along the lines."""
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> NDArray[np.float64]:
        """(N,) px across the lines."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @property
    def middles(self) -> NDArray[np.float64]:
        """(N, 2) the middles of the boxes."""
        return (self.boxes[:, :2] + self.boxes[:, 2:]) / 2

    def runs_of(self, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
        """Where the first and the last pixel of each run of some components lie, (R, 2) each, and the components."""
        runs = self.ink.runs[chosen[self.ink.runs[:, 3]]]
        first = self.frame.place(runs[:, [1, 0]].astype(np.float64))
        last = self.frame.place(np.stack([runs[:, 2] - 1, runs[:, 0]], axis=1).astype(np.float64))
        return first, last, runs[:, 3].astype(np.int64)


def _extents(ink: Ink, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the greatest place of each component's pixels, (N, 2) each."""
    runs = ink.runs[np.argsort(ink.runs[:, 3], kind="stable")]
    first = frame.place(runs[:, [1, 0]].astype(np.float64))
    last = frame.place(np.stack([runs[:, 2] - 1, runs[:, 0]], axis=1).astype(np.float64))
    starts = np.searchsorted(runs[:, 3], np.arange(len(ink.boxes)))
    return (
        np.minimum.reduceat(np.minimum(first, last), starts, axis=0),
        np.maximum.reduceat(np.maximum(first, last), starts, axis=0),
    )
