"""Sheets of pictures: lines one below another, each with its text and what was read in it, or many side by side."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from ocrkit.data.image import to_grey
from ocrkit.data.transparency import shows_through
from ocrkit.drawing.rendering.fonts import find_faces, load_font, read_cover
from ocrkit.errors import FontError, OptionError
from ocrkit.files import write_whole
from ocrkit.text.order import holds_leftward

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["SheetRow", "draw_samples", "draw_sheet", "write_sheet"]

_MARGIN = 8  # px
_TEXT_SIZE = 18  # px
_MAX_WIDTH = 1600  # px of a picture; what is wider is scaled down
_MAX_CAPTION = 120  # characters
_LINE = _TEXT_SIZE + 8  # px
_GAP, _AROUND = 4, 128  # px between samples, and the grey there
_RIGHT, _WRONG, _TRUTH, _NEUTRAL, _PAPER = (20, 110, 40), (180, 30, 30), (90, 90, 90), (0, 0, 0), (255, 255, 255)
_MISSED = (20, 60, 190)
_PLAIN = ("DejaVu Sans", "Manjari", "Rachana", "Noto Sans Malayalam")

Colour = tuple[int, int, int]
Caption = list[tuple[str, Colour]]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A picture, the text it shows, what was read, and how both are to be shown.

    Attributes:
        image: the picture.
        truth: the text it shows; None if nobody knows.
        read: what was read.
        heading: what stands above the picture; empty for nothing.
        wrong: the parts of ``read`` that are wrong, from a character to before another, where those alone are to be
            red; without any all of it is, unless it is the truth.
        missed: likewise the parts of ``truth`` that were not read.
    """

    image: Image.Image
    truth: str | None
    read: str
    heading: str = ""
    wrong: tuple[tuple[int, int], ...] = ()
    missed: tuple[tuple[int, int], ...] = ()


def draw_sheet(rows: Sequence[SheetRow], *, title: str = "") -> Image.Image:
    """Draw the rows: what was read in green where it is the truth, else in red with the truth beneath.

    Characters that no face on this machine has come out as boxes.
    """
    blocks = [_Block(_bounded(_as_seen(row.image)), _captions(row), _shortened(row.heading)) for row in rows]
    top = _TEXT_SIZE + 3 * _MARGIN if title else 0
    widths = [block.width for block in blocks] + [int(_font(title).getlength(title)), 200]
    height = top + sum(block.height for block in blocks) + _MARGIN
    sheet = Image.new("RGB", (max(widths) + 2 * _MARGIN, height), _PAPER)
    if title:
        ImageDraw.Draw(sheet).text((_MARGIN, _MARGIN), title, font=_font(title), fill=(0, 0, 0))
    for block in blocks:
        block.draw(sheet, top)
        top += block.height
    return sheet


def draw_samples(pictures: Sequence[Image.Image], *, width: int = _MAX_WIDTH, scale: float = 1.0) -> Image.Image:
    """Lay pictures side by side and row below row, on grey so that their edges show; for a look at a data set.

    Args:
        pictures: of any mode and size.
        width: px of the sheet; a picture that is wider is cut off at its right.
        scale: what the pictures are scaled by first.

    Returns:
        Mode ``L``; a picture stands in the first row that has room for it, and rows are as high as their highest.

    Raises:
        OptionError: the width or the scale leaves no pixel.
    """
    if width <= 2 * _GAP or scale <= 0:
        raise OptionError(
            f"width {width} px and scale {scale} leave nothing to see; expected over {2 * _GAP} px, over 0"
        )
    shelves: list[list[Image.Image]] = []
    for picture in pictures:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        grey = picture.convert("L").resize(size, Image.Resampling.BOX) if scale != 1 else picture.convert("L")
        grey = grey.crop((0, 0, min(grey.width, width - 2 * _GAP), grey.height))
        shelf = next((one for one in shelves if _taken(one) + grey.width + _GAP <= width), None)
        if shelf is None:
            shelves.append([grey])
        else:
            shelf.append(grey)
    return _shelved(shelves, width)


def write_sheet(sheet: Image.Image, path: str | os.PathLike[str]) -> None:
    """Write a picture whole or not at all, in the format that the path's ending names.

    Raises:
        OSError: it cannot be written.
        ValueError: no picture format has that ending.
    """
    ending = Path(path).suffix.lower()
    form = Image.registered_extensions().get(ending)
    if form not in Image.SAVE:
        raise ValueError(f"no picture format has the ending {ending!r}")
    picture = io.BytesIO()
    sheet.save(picture, form)
    write_whole(path, picture.getvalue())


def _taken(shelf: Sequence[Image.Image]) -> int:
    """The px that a row takes from the sheet's left edge, the gap behind its last picture included."""
    return _GAP + sum(picture.width + _GAP for picture in shelf)


def _shelved(shelves: Sequence[Sequence[Image.Image]], width: int) -> Image.Image:
    heights = [max(picture.height for picture in shelf) for shelf in shelves]
    sheet = Image.new("L", (width, _GAP + sum(heights) + _GAP * len(shelves)), _AROUND)
    top = _GAP
    for shelf, height in zip(shelves, heights, strict=True):
        left = _GAP
        for picture in shelf:
            sheet.paste(picture, (left, top))
            left += picture.width + _GAP
        top += height + _GAP
    return sheet


@dataclass(frozen=True, slots=True)
class _Block:
    """A picture with coloured captions beneath it, and a heading above it or none."""

    picture: Image.Image
    captions: list[Caption]
    heading: str = ""

    @property
    def width(self) -> int:
        texts = [self.heading, *map(_whole, self.captions)]
        return max([self.picture.width, *(int(_font(text).getlength(text)) for text in texts)])

    @property
    def height(self) -> int:
        lines = len(self.captions) + bool(self.heading)
        return self.picture.height + lines * _LINE + 2 * _MARGIN

    def draw(self, sheet: Image.Image, top: int) -> None:
        """Draw the block across the sheet, from ``top`` px on."""
        draw = ImageDraw.Draw(sheet)
        if self.heading:
            draw.text((_MARGIN, top + 4), self.heading, font=_font(self.heading), fill=_NEUTRAL)
            top += _LINE
        sheet.paste(self.picture, (_MARGIN, top + _MARGIN))
        baseline = top + _MARGIN + self.picture.height
        for caption in self.captions:
            font, left = _font(_whole(caption)), float(_MARGIN)
            for text, colour in caption:
                draw.text((left, baseline + 2), text, font=font, fill=colour)
                left += font.getlength(text)
            baseline += _LINE
        draw.line((0, baseline + _MARGIN - 1, sheet.width, baseline + _MARGIN - 1), fill=(220, 220, 220))


def _captions(row: SheetRow) -> list[Caption]:
    read = _shortened(row.read or "(nothing)")
    if row.truth is None:
        return [[(read, _NEUTRAL)]]
    if row.read == row.truth:
        return [[(read, _RIGHT)]]
    truth = _shortened(row.truth)
    if not (row.wrong or row.missed):
        return [[(read, _WRONG)], [(truth, _TRUTH)]]
    plain = _TRUTH if row.read else _WRONG
    return [_coloured(read, row.wrong, plain, _WRONG), _coloured(truth, row.missed, _TRUTH, _MISSED)]


def _coloured(text: str, marked: Sequence[tuple[int, int]], plain: Colour, colour: Colour) -> Caption:
    """A text in pieces, those marked in a colour; of what was cut away nothing is left."""
    if holds_leftward(text):  # whose letters join, and whose pieces would stand in another order
        return [(text, colour if marked else plain)]
    pieces, done = [], 0
    for start, end in marked:
        pieces += [(text[done:start], plain), (text[start:end], colour)]
        done = end
    return [(piece, fill) for piece, fill in (*pieces, (text[done:], plain)) if piece]


def _whole(caption: Caption) -> str:
    return "".join(text for text, _ in caption)


def _shortened(text: str) -> str:
    """The text, cut where an untrained model's reading of a long line would make the sheet as wide as itself."""
    return text if len(text) <= _MAX_CAPTION else text[: _MAX_CAPTION - 1] + "…"


def _as_seen(image: Image.Image) -> Image.Image:
    """In colours; what is transparent as it is read, since its ink may have no colour of its own."""
    return (to_grey(image) if shows_through(image) else image).convert("RGB")


def _bounded(picture: Image.Image) -> Image.Image:
    if picture.width <= _MAX_WIDTH:
        return picture
    return picture.resize((_MAX_WIDTH, max(1, round(picture.height * _MAX_WIDTH / picture.width))))


def _font(text: str) -> FreeTypeFont | BitmapFont:
    """A font that has the characters of a text, or as many of them as any has."""
    return _font_for(frozenset(map(ord, text)))


@lru_cache(maxsize=4096)
def _font_for(points: frozenset[int]) -> FreeTypeFont | BitmapFont:
    faces = _caption_faces()
    if not faces:
        return ImageFont.load_default(_TEXT_SIZE)
    return load_font(max(faces, key=lambda face: len(points & read_cover(face))), _TEXT_SIZE)


@lru_cache(maxsize=1)
def _caption_faces() -> tuple[Face, ...]:
    """The upright faces of the system, the plainest designs first, so that ties go to them."""
    try:
        faces = [face for face in find_faces() if face.style in ("Regular", "Book", "Medium", "Roman")]
    except FontError:
        return ()
    return tuple(sorted(faces, key=lambda face: (face.family not in _PLAIN, face.family)))
