"""Lines before they stand on a page: words set side by side on a baseline that may wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import columns_shifted, resized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.drawing.pages.pens import Ink

__all__ = ["Strip", "resize", "set_words", "shorten", "waved"]

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
        text: what it says; None where nobody knows.
    """

    ink: NDArray[np.uint8]
    baseline: NDArray[np.float64]
    ascender: float
    descender: float
    x_height: float
    text: str | None

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


def resize(strip: Strip, scale: float) -> Strip:
    """The strip ``scale`` times as large."""
    if scale == 1:
        return strip
    height, width = (max(1, round(side * scale)) for side in strip.ink.shape)
    kernel = Image.Resampling.BILINEAR if scale > 1 else Image.Resampling.BOX
    down, across = height / strip.ink.shape[0], width / strip.width
    # Middles of pixels are whole numbers, half a pixel from the strip's corner.
    baseline = (strip.baseline + 0.5) * (across, down) - 0.5
    baseline[-1, 0] = min(baseline[-1, 0], width - 1)
    ink = resized(strip.ink, height, width, kernel)
    return Strip(ink, baseline, strip.ascender * down, strip.descender * down, strip.x_height * down, strip.text)


def shorten(strip: Strip, width: float) -> Strip | None:
    """What of a strip ends at a gap before ``width`` px, without a text; None where there is no such gap."""
    gap = max(2, round(0.35 * strip.x_height))
    bare = np.logical_not(np.any(strip.ink[:, : int(width)] > 24, axis=0))
    runs = np.convolve(bare, np.ones(gap), mode="valid") >= gap if bare.size >= gap else bare[:0]
    ends = np.flatnonzero(runs)
    if not ends.size or ends[-1] < 2 * strip.x_height:
        return None
    inked = np.flatnonzero(~bare[: ends[-1]])
    if not inked.size:
        return None
    last = int(inked[-1])
    ink = strip.ink[:, : last + 1]
    rows = np.flatnonzero((ink > 24).any(axis=1))
    along = np.append(strip.baseline[strip.baseline[:, 0] < last, 0], last)
    foot = np.interp(along, strip.baseline[:, 0], strip.baseline[:, 1]) - rows[0]
    ink = np.ascontiguousarray(ink[rows[0] : rows[-1] + 1])
    above, below = strip.ascender - rows[0], strip.descender - (strip.ink.shape[0] - 1 - rows[-1])
    return Strip(ink, np.stack([along, foot], axis=1), above, max(0.0, below), strip.x_height, None)
