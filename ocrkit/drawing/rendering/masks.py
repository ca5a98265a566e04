"""The ink of a text in a face, as an array."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.drawing.rendering.fonts import load_font

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont

    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.bidi import Direction

__all__ = ["PROBE_SIZE", "draw_mask", "probe"]

PROBE_SIZE = 32  # px to the em, at which faces are judged


def draw_mask(font: FreeTypeFont, text: str, direction: Direction | None = None) -> tuple[NDArray[np.uint8], int, int]:
    """The ink of ``text``, 255 where it is full, shaped as one run: (H, W), and where its corner lies.

    The two numbers are x and y px of the left top corner, from the pen's start and the ascender's line. No row or
    column at an edge is empty; a text without ink has no rows. ``direction`` is which way the line runs; None for as
    its first letter does.
    """
    drawn, (x, y) = font.getmask2(text, "L", direction=direction)
    box = drawn.getbbox()
    if box is None:
        return np.zeros((0, 0), np.uint8), 0, 0
    left, top, right, bottom = box
    width, height = drawn.size
    pixels = np.empty((height, width), np.uint8)
    # An image that lies in the array itself takes a third of the time of one whose pixels are copied out.
    Image.frombuffer("L", (width, height), pixels, "raw", "L", 0, 1).im.paste(drawn, (0, 0, width, height))
    return pixels[top:bottom, left:right], x + left, y + top


# Of each face the same few letters and beginnings of conjuncts are looked at again and again.
@lru_cache(maxsize=8192)
def probe(face: Face, text: str) -> tuple[NDArray[np.uint8], int, int]:
    """As ``draw_mask``, at the size at which faces are judged; kept, so not to be written to."""
    return draw_mask(load_font(face, PROBE_SIZE), text)
