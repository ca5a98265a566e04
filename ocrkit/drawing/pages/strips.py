"""Lines before they stand on a page: words set side by side on a baseline that may wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit._drawing import columns_shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.drawing.pages.pens import Ink

__all__ = ["Strip", "set_words", "waved"]

_STEP = 8  # px between two points of a baseline that waves


@dataclass(frozen=True, slots=True)
class Strip:
    """A line by itself.

    Attributes:
        ink: (H, W) uint8, 255 where it is full.
        baseline: (K, 2) x and y on ``ink`` along the foot of its letters, px, whole numbers the middles of pixels.
        ascender: px from the baseline to the highest ink.
        descender: px from the baseline to the lowest, 0 or more.
        x_height: px from the baseline to the top of a small letter.
        text: what it says.
    """

    ink: NDArray[np.uint8]
    baseline: NDArray[np.float64]
    ascender: float
    descender: float
    x_height: float
    text: str

    @property
    def width(self) -> int:
        """Px."""
        return int(self.ink.shape[1])


def set_words(
    words: Sequence[Ink], xs: Sequence[float], *, x_height: float, text: str, drops: Sequence[float] = ()
) -> Strip:
    """Set words with their left edges at ``xs``, on a straight baseline, each ``drops`` px below it.

    The strip begins at x 0.
    """
    falls = [round(drop) for drop in drops] or [0] * len(words)
    tops = [word.top + fall for word, fall in zip(words, falls, strict=True)]
    first = min(0, *tops)
    last = max(1, *(top + word.mask.shape[0] for word, top in zip(words, tops, strict=True)))
    lefts = [round(x) for x in xs]
    width = max(left + word.mask.shape[1] for word, left in zip(words, lefts, strict=True))
    ink = np.zeros((last - first, width), np.uint8)
    for word, left, top in zip(words, lefts, tops, strict=True):
        part = ink[top - first : top - first + word.mask.shape[0], left : left + word.mask.shape[1]]
        np.maximum(part, word.mask, out=part)
    # Feet stand in the row above the one that `top` counts from.
    foot = -first - 0.5
    return Strip(
        ink, np.array([[0.0, foot], [width - 1.0, foot]]), foot + 0.5, ink.shape[0] - foot - 0.5, x_height, text
    )


def waved(strip: Strip, falls: NDArray[np.float64]) -> Strip:
    """The strip with column x lowered by ``falls[x]`` px, and its baseline with it."""
    least = float(falls.min())
    begins = least - falls
    room = int(np.ceil(-begins.min()))
    ink = 255 - columns_shifted(255 - strip.ink, begins, strip.ink.shape[0] + room, 255)
    along = np.unique(np.append(np.arange(0, strip.width, _STEP), strip.width - 1)).astype(np.float64)
    straight = np.interp(along, strip.baseline[:, 0], strip.baseline[:, 1])
    curve = straight - begins[along.astype(int)]
    return Strip(ink, np.stack([along, curve], axis=1), strip.ascender, strip.descender, strip.x_height, strip.text)
