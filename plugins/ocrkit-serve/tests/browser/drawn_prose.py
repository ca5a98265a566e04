"""A page of Malayalam prose for the browser's tests, set from ``prose.txt``; all of its ink is text."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrkit.drawing.rendering.fonts import find_faces, require_shaping

__all__ = ["DrawnProse", "drawn_prose"]

_PROSE = Path(__file__).with_name("prose.txt")
_FAMILIES = ("Manjari", "Rachana", "Meera", "Noto Sans Malayalam")
_SIZE = (880, 1000)  # px at the most; the page ends below its last line
_MARGIN, _INDENT = 90, 34
_HEIGHT = 27  # px of the letters' em
_LEADING = 47  # px from a line to the next


@dataclass(frozen=True, slots=True)
class DrawnProse:
    """The page.

    Attributes:
        image: grey.
        lines: what its lines say, from top to bottom.
    """

    image: Image.Image
    lines: tuple[str, ...]

    def file(self, kind: str = "PNG") -> bytes:
        """The picture as a file of a kind."""
        file = io.BytesIO()
        self.image.copy().save(file, kind, dpi=(150, 150))  # since a picture remembers how it was saved
        return file.getvalue()


@cache
def drawn_prose(paragraphs: int = 4) -> DrawnProse:
    """A heading and the first paragraphs, justified."""
    if os.environ.get("OCRKIT_NO_FONTS") == "1":
        pytest.skip("it draws a page, and OCRKIT_NO_FONTS is 1")
    require_shaping()
    heading, *prose = _PROSE.read_text("utf-8").strip().split("\n\n")
    image = Image.new("L", _SIZE, 250)
    draw = ImageDraw.Draw(image)
    large, font = _font(round(1.6 * _HEIGHT)), _font(_HEIGHT)
    lines, y = [heading], 120
    draw.text((_SIZE[0] / 2, y), heading, 20, large, anchor="ms")
    y += 2 * _LEADING
    for paragraph in prose[:paragraphs]:
        left = _MARGIN + _INDENT
        words: list[str] = []
        for word in [*paragraph.split(), ""]:
            room = _SIZE[0] - _MARGIN - left
            if word and draw.textlength(" ".join([*words, word]), font) <= room:
                words.append(word)
                continue
            _set(draw, font, words, (left, y), room if word else None)
            lines.append(" ".join(words))
            words, left, y = [word], _MARGIN, y + _LEADING
    return DrawnProse(image.crop((0, 0, _SIZE[0], y + _LEADING)), tuple(lines))


def _set(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont,
    words: list[str],
    at: tuple[float, float],
    room: float | None,
) -> None:
    """A line, as wide as its room where it has one."""
    widths = [draw.textlength(word, font) for word in words]
    space = draw.textlength(" ", font)
    if room is not None and len(words) > 1:
        space = (room - sum(widths)) / (len(words) - 1)
    x, y = at
    for word, width in zip(words, widths, strict=True):
        draw.text((x, y), word, 20, font, anchor="ls")
        x += width + space


def _font(size: int) -> ImageFont.FreeTypeFont:
    faces = {face.family: face for face in reversed(find_faces()) if face.style == "Regular"}
    face = next((faces[family] for family in _FAMILIES if family in faces), None)
    if face is None:
        pytest.skip("no Malayalam face; apt-get install fonts-mlym")
    return ImageFont.truetype(face.path, size, face.index, layout_engine=ImageFont.Layout.RAQM)
