"""A text as a grey picture: shaped as one line, with margins, dark ink on light paper."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.drawing.fonts import Face, load_font, read_cover, require_shaping
from ocrkit.data.drawing.shaping import draw_mask, refusal
from ocrkit.errors import FontError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LETTER_HEIGHTS", "Margins", "draw_margins", "render_line", "size_of", "widen_spaces"]

# px. Lines come out 25 to 90 px high: enough for a network's 32 to 64, and cheap to degrade.
LETTER_HEIGHTS = (10, 12, 14, 16, 19, 22)
_SIZE_RANGE = (16, 80)  # px to the em
_PROBE_SIZE = 100

_NOWHERE = (1 << 16, -(1 << 16))
_BREAKING = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Margins:
    """Paper around the ink, px, none of them negative."""

    left: int = 4
    top: int = 4
    right: int = 4
    bottom: int = 4

    def __post_init__(self) -> None:
        if min(self.left, self.top, self.right, self.bottom) < 0:
            raise OptionError(f"{self} cuts into the ink; each margin takes 0 px or more")


def render_line(text: str, face: Face, size: int, *, margins: Margins | None = None) -> NDArray[np.uint8]:
    """Draw ``text`` in one run, so that letters join across it as its script has it.

    Args:
        text: one line; not empty.
        face: one that can draw the text.
        size: px to the em, at least 4.
        margins: the paper around the ink, which is never clipped. Where the ink is lower than a small letter, as a
            dash is, or does not reach as high or low, that letter's height counts: its place in the line tells a
            comma from an apostrophe.

    Returns:
        (H, W) uint8: 0 where the ink is full, 255 on paper.

    Raises:
        FontError: shaping is not available, or the face lacks a glyph or a conjunct of the text.
        OptionError: the size or the text is out of range.
    """
    if size < 4:
        raise OptionError(f"size {size} px is too small to read; expected at least 4")
    if not text or any(unicodedata.category(character) in _BREAKING for character in text):
        raise OptionError(f"text {text!r} cannot be drawn; expected one line, without control characters")
    require_shaping()
    if reason := refusal(face, text):
        raise FontError(f"face {str(face)!r} cannot draw {text!r}: {reason}; choose another face")
    ink = _ink_box(face, size, text)
    around = margins or Margins()
    page = np.full(
        (ink.shape[0] + around.top + around.bottom, ink.shape[1] + around.left + around.right), 255, np.uint8
    )
    np.subtract(255, ink, out=page[around.top :, around.left :][: ink.shape[0], : ink.shape[1]])
    return page


def draw_margins(size: int, rng: np.random.Generator) -> Margins:
    """Margins as those who cut lines out of pages leave them: from next to none to a third of the em."""
    tops = rng.integers(1, 2 + size // 3, 2)
    sides = rng.integers(1, 2 + size // 2, 2)
    return Margins(left=int(sides[0]), top=int(tops[0]), right=int(sides[1]), bottom=int(tops[1]))


def size_of(face: Face, letter_height: int) -> int:
    """The size, px to the em, at which letters without ascenders are ``letter_height`` px high.

    At equal sizes faces differ threefold in that: Karumbi's letters are small in their em, DejaVu's large.
    """
    top, bottom = _small_letter(face, _PROBE_SIZE)
    if bottom <= top:
        return 2 * letter_height
    return int(np.clip(round(letter_height * _PROBE_SIZE / (bottom - top)), *_SIZE_RANGE))


def widen_spaces(text: str, rng: np.random.Generator) -> str:
    """The text with some of its spaces doubled or trebled, as justified lines and old print have them."""
    if " " not in text or rng.random() < 0.6:
        return text
    words = text.split(" ")
    gaps = rng.choice(4, size=len(words) - 1, p=(0.0, 0.5, 0.4, 0.1))
    return "".join(word + " " * int(gap) for word, gap in zip(words, gaps, strict=False)) + words[-1]


def _ink_box(face: Face, size: int, text: str) -> NDArray[np.uint8]:
    mask, _, y = draw_mask(load_font(face, size), text)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return mask
    letter_top, letter_bottom = _small_letter(face, size)
    top, bottom = rows[0], rows[-1] + 1
    above, below = max(0, y + top - letter_top), max(0, letter_bottom - y - bottom)
    return np.pad(mask[top:bottom, columns[0] : columns[-1] + 1], ((above, below), (0, 0)))


@lru_cache(maxsize=4096)
def _small_letter(face: Face, size: int) -> tuple[int, int]:
    """The first row of a letter without ascender, and the row below its last, from the ascender's line.

    An empty range, out of every text's way, where the face has neither of the letters.
    """
    for letter in ("ന", "x"):
        if ord(letter) in read_cover(face):
            mask, _, y = draw_mask(load_font(face, size), letter)
            rows = np.flatnonzero(mask.any(axis=1))
            return (y + int(rows[0]), y + int(rows[-1]) + 1) if rows.size else _NOWHERE
    return _NOWHERE
