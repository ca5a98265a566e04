"""What writes words onto a page: a face at a size, set as print, typed, or leaning and uneven as a hand writes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from ocrkit._drawing import resized, rows_shifted
from ocrkit.drawing.rendering.fonts import load_font, read_cover
from ocrkit.drawing.rendering.forme import place_letters
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.typescript import type_letters
from ocrkit.drawing.rendering.typesetting import Typesetting
from ocrkit.drawing.rendering.typewriter import pitch_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["Ink", "Pen", "letters_of", "make_pen"]

_PROBE_SIZE = 100
_LETTERS = 24  # by whose tops small letters are measured
_LEAST_SIZE = 7  # px to the em


class Ink(NamedTuple):
    """Some letters: (H, W) uint8, 255 where the ink is full, and its first row below the baseline, negative above."""

    mask: NDArray[np.uint8]
    top: int


@dataclass(frozen=True, slots=True)
class Pen:
    """A face and the way that it is used on a page.

    Attributes:
        face: the face.
        size: px to the em.
        x_height: px from the baseline to the top of a small letter.
        space: px between two words.
        setting: the shapes, spacing and inking of letters.
        stretch: width of the letters, as a part of what the face has.
        lean: px a px by which letters lean to the right.
        sway: how unevenly words are written, x-heights: their place, their size and the spaces between them.
    """

    face: Face
    size: int
    x_height: float
    space: float
    setting: Typesetting
    stretch: float = 1.0
    lean: float = 0.0
    sway: float = 0.0

    @property
    def pitch(self) -> float:
        """Px that each letter takes on a typewriter; 0 where letters take what they need."""
        if self.setting.typewriter is None:
            return 0.0
        if self.setting.typewriter.pitched:
            return pitch_of(self.face) * self.size
        return float(load_font(self.face, self.size).getlength("n"))

    def write(self, text: str, rng: np.random.Generator) -> Ink | None:
        """The ink of a word, or of several where they are typed; None where it leaves none."""
        setting, face, size = self.setting, self.face, self.size
        shaped = setting.spell(text)
        if setting.typewriter is not None:
            ink, top = type_letters(shaped, face, size, setting.typewriter, rng, setting.direction)
        elif setting.by_letter:
            ink, top = place_letters(shaped, face, size, setting, rng)
        else:
            ink, _, top = draw_mask(load_font(face, size), shaped, setting.direction)
        found = _trimmed(ink, top - load_font(face, size).getmetrics()[0])
        return found and self._handled(found, rng)

    def _handled(self, ink: Ink, rng: np.random.Generator) -> Ink:
        """The letters made wider, larger and slanted as the pen has it."""
        mask, top = ink
        scale = 1 + self.sway * float(rng.normal(0, 0.15)) if self.sway else 1.0
        scale = min(max(scale, 0.75), 1.3)
        if self.stretch != 1 or scale != 1:
            rows, columns = max(1, round(mask.shape[0] * scale)), max(1, round(mask.shape[1] * scale * self.stretch))
            mask, top = resized(mask, rows, columns, Image.Resampling.BILINEAR), round(top * scale)
        if self.lean:
            room = int(np.ceil(abs(self.lean) * mask.shape[0]))
            rows = np.arange(mask.shape[0]) + 0.5
            begins = self.lean * rows - (self.lean * mask.shape[0] if self.lean > 0 else 0.0)
            mask = 255 - rows_shifted(255 - mask, begins, mask.shape[1] + room, 255)
        return Ink(mask, top)


def _trimmed(ink: NDArray[np.uint8], top: int) -> Ink | None:
    rows = np.flatnonzero(ink.any(axis=1))
    if not rows.size:
        return None
    columns = np.flatnonzero(ink.any(axis=0))
    return Ink(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], top + int(rows[0]))


def letters_of(symbols: Iterable[str]) -> str:
    """Some letters of a charset by which its faces are measured: small ones, or those that know no case.

    Latin ones only where there are no others.
    """
    found = sorted(symbol for symbol in symbols if len(symbol) == 1 and unicodedata.category(symbol) in ("Ll", "Lo"))
    others = [symbol for symbol in found if ord(symbol) > 0x24F]
    chosen = others if len(others) >= 5 else [symbol for symbol in found if symbol.isascii()] or found
    return "".join(chosen[:: max(1, len(chosen) // _LETTERS)])


@lru_cache(maxsize=4096)
def _x_share(face: Face, letters: str) -> float:
    """How high small letters of ``face`` are, in its em: that of half of ``letters``; 0.5 where it has none."""
    font, cover = load_font(face, _PROBE_SIZE), read_cover(face)
    ascent = font.getmetrics()[0]
    tops = []
    for letter in letters:
        if ord(letter) in cover:
            mask, _, top = draw_mask(font, letter)
            tops += [ascent - top] if mask.size else []
    share = float(np.median(tops)) / _PROBE_SIZE if tops else 0.5
    return share if share > 0.1 else 0.5


def make_pen(
    face: Face,
    letters: str,
    x_height: float,
    *,
    setting: Typesetting,
    space: float = 0.55,
    stretch: float = 1.0,
    lean: float = 0.0,
    sway: float = 0.0,
) -> Pen:
    """A pen whose small letters are about ``x_height`` px high, with spaces of so many of that."""
    share = _x_share(face, letters)
    size = max(_LEAST_SIZE, round(x_height / share))
    height = size * share
    pen = Pen(face, size, height, space * height, setting, stretch, lean, sway)
    return replace(pen, space=pen.pitch) if pen.pitch else pen
