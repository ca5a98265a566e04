"""What the degradations take and give, and what they must know of a picture: its greys, and softer copies of it."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = [
    "LEAST_CONTRAST",
    "Degradation",
    "Picture",
    "curve",
    "detail_height",
    "ink_rows",
    "letter_height",
    "levels",
    "paper_level",
    "resized",
    "soften",
]

# (H, W), 255 paper, 0 ink.
Picture = NDArray[np.uint8]
# Grey levels between ink and paper below which a picture holds nothing to be told from paper.
LEAST_CONTRAST = 24
# (picture, rng, strength 0 to 1) -> another picture
Degradation = Callable[[Picture, np.random.Generator, float], Picture]


def levels(picture: Picture) -> tuple[int, int]:
    """The grey of the ink and the grey of the paper: the darkest hundredth of the picture, and its brighter half.

    Reads every fourth pixel of a picture that is large enough for it.
    """
    few = picture if picture.size < 2000 else picture[::2, ::2]
    counts = np.bincount(few.ravel(), minlength=256).cumsum()
    ink, paper = counts.searchsorted((few.size // 100 + 1, few.size * 3 // 4 + 1))
    return min(int(ink), 255), min(int(paper), 255)


def paper_level(picture: Picture) -> int:
    """The grey of the paper."""
    return levels(picture)[1]


def ink_rows(picture: Picture) -> tuple[int, int] | None:
    """The first row with ink and the row below the last; None for a picture without."""
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return None
    rows = np.flatnonzero(picture.min(axis=1) < (ink + paper) / 2)
    return (int(rows[0]), int(rows[-1]) + 1) if rows.size else None


def letter_height(picture: Picture) -> float:
    """About how high letters without ascenders are, px: the rows that hold much of the ink.

    Between an eighth of the picture's height and all of it; a third where there is no ink.
    """
    return _letters(picture)[0]


def detail_height(picture: Picture) -> float:
    """The height at which letters of common weight would be as hard to read, px; less than that of bold type.

    What blurs is to be measured by this, so that it does not fill the counters of bold type first.
    """
    height, ink_share = _letters(picture)
    # Up to two fifths of ink among the letters leave as much room as any need.
    return height * min(1.0, max(0.4, (1 - ink_share) / max(ink_share, 0.01) / 1.5))


def _letters(picture: Picture) -> tuple[float, float]:
    """The height of the letters, and the share of ink in those of their rows that have any."""
    height: int = picture.shape[0]
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return height / 3, 0.3
    filled = np.count_nonzero(picture < (ink + paper) / 2, axis=1)
    fullest = float(np.sort(filled)[-max(1, height // 8) :].mean())
    rows = filled[filled > 0.45 * fullest]
    return max(height / 8, rows.size), float(rows.mean()) / picture.shape[1] if rows.size else 0.3


def soften(picture: Picture, deviation: float) -> Picture:
    """A blur of about that normal deviation, px, up to about two, at a third of the cost of Pillow's."""
    variance = deviation * deviation
    if variance < 1e-3:
        return picture
    passes = ceil(variance / 0.5)
    # A pass weighs 1 - 2 w, and w on either side: variance 2 w a direction. In 256ths, 16 bits hold the sum.
    weight = round(128 * variance / passes)
    for _ in range(passes):
        # Halves go down the first way and up the second, so that the mean stays.
        picture = _smear(_smear(picture, weight, 127).T, weight, 128).T
    return picture


def _smear(picture: Picture, weight: int, rounding: int) -> Picture:
    if picture.shape[0] < 2:
        return picture
    wide = picture.astype(np.uint16)
    total = wide * np.uint16(256 - 2 * weight)
    wide *= np.uint16(weight)
    total[1:] += wide[:-1]
    total[:-1] += wide[1:]
    total[0] += wide[0]
    total[-1] += wide[-1]
    total += np.uint16(rounding)
    total >>= np.uint16(8)
    return total.astype(np.uint8)


def curve(ink: float, paper: float, *, middle: float, width: float) -> Picture:
    """A table of 256 greys that steepens the step from ink to paper, and moves it; greys beyond these two stay.

    Args:
        ink: the dark grey that stays as it is.
        paper: the light grey that stays as it is.
        middle: where between ink (0) and paper (1) the step lies; above a half, greys become ink.
        width: how much of that range the step takes; 1 with ``middle`` 0.5 changes nothing.
    """
    greys = np.arange(256)
    step = np.clip(((greys - ink) / max(1.0, paper - ink) - middle) / width + 0.5, 0, 1)
    stepped = ink + (paper - ink) * step + 0.5
    return np.where((greys > ink) & (greys < paper), stepped, greys).astype(np.uint8)


def resized(picture: Picture, size: tuple[int, int], kernel: Image.Resampling) -> Picture:
    """The picture at (width, height) px, in Pillow's order of the two."""
    return np.asarray(Image.fromarray(picture).resize(size, kernel))
