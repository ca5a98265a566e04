"""What the degradations take and give, and what they must know of a picture: its greys, and softer copies of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import ocrkit._drawing as _drawing

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "GREYS",
    "LEAST_CONTRAST",
    "Degradation",
    "Picture",
    "curve",
    "detail_height",
    "ink_box",
    "ink_rows",
    "letter_height",
    "letters_and_levels",
    "levels",
    "paper_level",
    "resized",
    "soften",
]

# (H, W), 255 paper, 0 ink.
Picture = NDArray[np.uint8]
# Grey levels between ink and paper below which a picture holds nothing to be told from paper.
LEAST_CONTRAST = 24
GREYS = np.arange(256.0)
# (picture, rng, strength 0 to 1) -> another picture
Degradation = Callable[[Picture, np.random.Generator, float], Picture]


def levels(picture: Picture) -> tuple[int, int]:
    """The grey of the ink and the grey of the paper: the darkest hundredth of the picture, and its brighter half.

    Reads every fourth pixel of a picture that is large enough for it.
    """
    return _drawing.levels(picture)


def paper_level(picture: Picture) -> int:
    """The grey of the paper."""
    return _drawing.levels(picture)[1]


def ink_box(picture: Picture) -> tuple[int, int, int, int] | None:
    """The first row with ink, the row below the last, and the columns likewise; None for a picture without."""
    return _drawing.ink_box(picture)


def ink_rows(picture: Picture) -> tuple[int, int] | None:
    """The first row with ink and the row below the last; None for a picture without."""
    box = _drawing.ink_box(picture)
    return None if box is None else box[:2]


def letter_height(picture: Picture) -> float:
    """About how high letters without ascenders are, px: the rows that hold much of the ink.

    Between an eighth of the picture's height and all of it; a third where there is no ink.
    """
    return _drawing.letters(picture)[0]


def letters_and_levels(picture: Picture) -> tuple[float, int, int]:
    """The letters' height, and the greys of ink and paper, at the cost of the first alone."""
    height, _, ink, paper = _drawing.letters(picture)
    return height, ink, paper


def detail_height(picture: Picture) -> float:
    """The height at which letters of common weight would be as hard to read, px; less than that of bold type.

    What blurs is to be measured by this, so that it does not fill the counters of bold type first.
    """
    height, ink_share, _, _ = _drawing.letters(picture)
    # Up to two fifths of ink among the letters leave as much room as any need.
    return height * min(1.0, max(0.4, (1 - ink_share) / max(ink_share, 0.01) / 1.5))


def soften(picture: Picture, deviation: float) -> Picture:
    """A blur of about that normal deviation, px, up to about two."""
    return _drawing.soften(picture, deviation)


def curve(ink: float, paper: float, *, middle: float, width: float) -> Picture:
    """A table of 256 greys that steepens the step from ink to paper, and moves it; greys beyond these two stay.

    Args:
        ink: the dark grey that stays as it is.
        paper: the light grey that stays as it is.
        middle: where between ink (0) and paper (1) the step lies; above a half, greys become ink.
        width: how much of that range the step takes; 1 with ``middle`` 0.5 changes nothing.
    """
    return _drawing.curve(ink, paper, middle, width)


def resized(picture: Picture, size: tuple[int, int], kernel: Image.Resampling) -> Picture:
    """The picture at (width, height) px, in Pillow's order of the two, each grey within 2 of Pillow's."""
    return _drawing.resized(picture, size[1], size[0], kernel)
