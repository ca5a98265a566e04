"""A text as a grey picture: shaped as one line, with margins, dark ink on light paper."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import ink_boxed, on_paper, resized
from ocrkit.drawing.rendering.fonts import Face, load_font, read_cover, require_shaping
from ocrkit.drawing.rendering.forme import place_letters, place_run
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.shaping import refusal
from ocrkit.drawing.rendering.typescript import type_letters
from ocrkit.drawing.rendering.typesetting import Typesetting, splits_whole
from ocrkit.errors import FontError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LETTER_HEIGHTS", "Margins", "draw_line", "draw_margins", "render_line", "size_of", "widen_spaces"]

# px. Lines come out 25 to 90 px high: enough for a network's 32 to 64, and cheap to degrade.
LETTER_HEIGHTS = (9, 11, 13, 15, 18, 22)
_SIZE_RANGE = (16, 80)  # px to the em
_PROBE_SIZE = 100

# Of spaces that are widened, half stay single, two fifths are double, and one in ten is threefold.
_SPACES = (0.5, 0.9)
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


def render_line(
    text: str,
    face: Face,
    size: int,
    *,
    margins: Margins | None = None,
    typesetting: Typesetting | None = None,
    rng: np.random.Generator | None = None,
) -> NDArray[np.uint8]:
    """Draw ``text``, shaped so that letters join as its script has it.

    Args:
        text: one line; not empty.
        face: one that can draw the text.
        size: px to the em, at least 4.
        margins: the paper around the ink, which is never clipped. Where the ink is lower than a small letter, as a
            dash is, or does not reach as high or low, that letter's height counts: its place in the line tells a
            comma from an apostrophe.
        typesetting: the shapes, spacing and inking; by default those of the face, in one run.
        rng: where an uneven typesetting takes its chance from; by default always the same.

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
    return draw_line(
        text,
        face,
        size,
        margins=margins or Margins(),
        typesetting=typesetting or Typesetting(),
        rng=rng or np.random.default_rng(0),
    )


def draw_line(
    text: str,
    face: Face,
    size: int,
    *,
    margins: Margins,
    typesetting: Typesetting,
    rng: np.random.Generator,
    letters_at: int | None = None,
) -> NDArray[np.uint8]:
    """As ``render_line``, of a text that the face is known to draw: nothing is checked again.

    With ``letters_at``, a size of at least ``size``, letters are drawn at that one, kept, and made smaller by the line:
    lines of all sizes share them. Scripts whose letters do not stand apart are drawn at ``size`` all the same.
    """
    shaped = typesetting.spell(text)
    shares = letters_at is not None and splits_whole(shaped)
    drawn_at = letters_at if letters_at is not None and shares else size
    if typesetting.typewriter is not None:
        ink, y = type_letters(shaped, face, drawn_at, typesetting.typewriter, rng, typesetting.direction)
    elif typesetting.by_letter:
        ink, y = place_letters(shaped, face, drawn_at, typesetting, rng)
    elif shares:
        ink, y = place_run(shaped, face, drawn_at, typesetting.direction)
    else:
        ink, _, y = draw_mask(load_font(face, size), shaped, typesetting.direction)
    boxed = ink_boxed(ink, y, *_small_letter(face, drawn_at))
    scaled = _scaled(boxed, *(size / drawn_at * part for part in typesetting.stretch))
    return on_paper(scaled, margins.left, margins.top, margins.right, margins.bottom)


def draw_margins(size: int, rng: np.random.Generator) -> Margins:
    """Margins as those who cut lines out of pages leave them: from next to none to a third of the em."""
    # One at a time, which NumPy draws as it would an array of two, in a fifth of the time.
    top, bottom = (int(rng.integers(1, 2 + size // 3)) for _ in range(2))
    left, right = (int(rng.integers(1, 2 + size // 2)) for _ in range(2))
    return Margins(left=left, top=top, right=right, bottom=bottom)


@lru_cache(maxsize=16384)
def size_of(face: Face, letter_height: int) -> int:
    """The size, px to the em, at which letters without ascenders are ``letter_height`` px high.

    At equal sizes faces differ threefold in that: Karumbi's letters are small in their em, DejaVu's large.
    """
    top, bottom = _small_letter(face, _PROBE_SIZE)
    if bottom <= top:
        return 2 * letter_height
    return min(max(round(letter_height * _PROBE_SIZE / (bottom - top)), _SIZE_RANGE[0]), _SIZE_RANGE[1])


def widen_spaces(text: str, rng: np.random.Generator) -> str:
    """The text with some of its spaces doubled or trebled, as justified lines and old print have them."""
    if " " not in text or rng.random() < 0.6:
        return text
    words = text.split(" ")
    # As ``rng.choice`` draws, in a tenth of the time.
    gaps = [1 + bisect_right(_SPACES, place) for place in rng.random(len(words) - 1).tolist()]
    return "".join([word + " " * gap for word, gap in zip(words, gaps, strict=False)]) + words[-1]


def _scaled(ink: NDArray[np.uint8], across: float, down: float) -> NDArray[np.uint8]:
    if not ink.size or across == down == 1:
        return ink
    height, width = (max(1, round(side * scale)) for side, scale in zip(ink.shape, (down, across), strict=True))
    # Hamming's kernel keeps smaller letters crisper; larger ones would show its steps.
    kernel = Image.Resampling.HAMMING if max(across, down) < 1 else Image.Resampling.BILINEAR
    return resized(ink, height, width, kernel)


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
