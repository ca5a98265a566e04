"""What is odd about a picture of a line, seen without reading it: nothing shows, or it is too high to be one line."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageFilter

__all__ = ["BLANK", "HIGH", "MOVING", "note_on", "shows_nothing"]

BLANK, HIGH, MOVING = "blank", "high", "moving"
"""What may be noted of an image: nothing can be seen, it is too high for a line, it moves."""

# Over the real lines and words that the project is measured on, 5,300 in all, the faintest has 15.
_FAINTEST = 7  # grey levels by which something must stand out from what is around it
_SEEN_AT = 16  # px of height at which that is looked at, so that the noise of paper averages out
_WIDEST_LOOK = 4000  # px

_UPRIGHT = 4  # times as high as wide, from which no line lies
_HIGH = 250  # px, from which a picture may be one of several lines
_WIDE = 3  # times as wide as high, from which it may not
_SEVERAL = 3  # rows of ink that are no line and its marks
_PAGE_HIGH = 600  # px, from which a picture less than twice as wide is a page, though its rows may run together
_ROWS_AT = 256  # px of height at which rows are told apart
_BETWEEN = 0.12  # of the ink of full rows: what tails of letters leave between two lines


def shows_nothing(grey: Image.Image) -> bool:
    """Whether nothing stands out from its surroundings in a picture, uneven light and light noise aside."""
    width = max(1, min(_WIDEST_LOOK, round(grey.width * _SEEN_AT / grey.height)))
    small = grey.resize((width, _SEEN_AT), Image.Resampling.BOX)
    around = small.filter(ImageFilter.BoxBlur(4))
    return bool(np.asarray(ImageChops.difference(small, around)).max() <= _FAINTEST)


def note_on(grey: Image.Image) -> str:
    """What is odd about a picture: ``BLANK``, ``HIGH``, or nothing."""
    if shows_nothing(grey):
        return BLANK
    width, height = grey.size
    if height > _UPRIGHT * width or (height >= _PAGE_HIGH and width < 2 * height):
        return HIGH
    return HIGH if height >= _HIGH and width < _WIDE * height and _rows_of_ink(grey) >= _SEVERAL else ""


def _rows_of_ink(grey: Image.Image) -> int:
    """How many bands of rows with something on them there are, parted by bands with nothing."""
    height = min(grey.height, _ROWS_AT)
    width = max(1, round(grey.width * height / grey.height))
    small = grey.resize((width, height), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float32)
    around = np.asarray(small.filter(ImageFilter.BoxBlur(12)), dtype=np.float32)
    darker = around - pixels if np.median(pixels) >= pixels.mean() else pixels - around  # ink takes less than paper
    rows = (darker > 4 * _FAINTEST).mean(1)
    inked = rows > max(0.01, _BETWEEN * float(np.percentile(rows, 90)))
    return int(np.count_nonzero(np.diff(inked.astype(int), prepend=0) == 1))
