"""Pages as pictures with what was found drawn over them, to be looked at."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Page, Points
    from ocrkit.layout.scan import ReadPage

__all__ = ["OverlayOptions", "draw_overlay", "render_overlay"]

Colour: TypeAlias = "tuple[int, int, int]"

_LINES: tuple[Colour, ...] = ((30, 110, 230), (20, 150, 90))  # in turn, so that neighbours are told apart
_UNREAD: Colour = (150, 150, 150)
_BASELINE: Colour = (220, 30, 30)
_REGION: Colour = (240, 140, 0)
_WORD: Colour = (120, 40, 160)
_ORDER: Colour = (200, 0, 120)
_FILL = 50  # of 255: how much of a line's colour lies on its area
_SMALLEST = 11  # px of a number's letters


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """What is drawn.

    Attributes:
        longest: px of the picture's longer side, where the page's is larger; 0 keeps every page's size.
        words: whether words are framed.
        characters: whether characters are.
        order: whether a path leads from each region to the one that is read after it.
    """

    longest: int = 2400
    words: bool = False
    characters: bool = False
    order: bool = True

    def __post_init__(self) -> None:
        if self.longest < 0:
            raise OptionError(f"longest is {self.longest}; expected px, or 0 for the page's own size")


def render_overlay(pages: Iterable[ReadPage], options: OverlayOptions) -> Iterator[bytes]:
    """Yield a PNG a page."""
    for read in pages:
        file = io.BytesIO()
        draw_overlay(read.page, read.scan.image(), options).save(file, "PNG")
        yield file.getvalue()


def draw_overlay(page: Page, picture: Image.Image, options: OverlayOptions | None = None) -> Image.Image:
    """A page's picture with its regions, and its lines with their baselines and their numbers in the order of reading.

    Args:
        page: what was found.
        picture: the page's, of the same size.
        options: what is drawn.
    """
    chosen = options or OverlayOptions()
    longer = max(picture.size)
    scale = chosen.longest / longer if chosen.longest and longer > chosen.longest else 1.0
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    paper = picture if size == picture.size else picture.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    drawing = _Drawing(paper.convert("RGB"), scale)
    for number, line in enumerate(page.lines):
        drawing.area(line.outline, _UNREAD if line.text is None else _LINES[number % len(_LINES)])
    for line in page.lines:
        for word in line.words if chosen.words or chosen.characters else ():
            if chosen.characters:
                drawing.frame([character.outline for character in word.characters], _WORD, 1)
            drawing.frame([word.outline], _WORD, 2 if chosen.characters else 1)
        drawing.path(line.baseline, _BASELINE)
    drawing.frame([region.outline for region in page.regions], _REGION, 2)
    if chosen.order:
        drawing.path(tuple(_middle(region.outline) for region in page.regions), _ORDER)
    _number(drawing, page)
    return drawing.picture


def _number(drawing: _Drawing, page: Page) -> None:
    count = 0
    for number, region in enumerate(page.regions, 1):
        right, top = max(x for x, _ in region.outline), min(y for _, y in region.outline)
        drawing.label(f"{number} {region.kind}", (right, top), _REGION)
        for line in region.lines:
            count += 1
            start = line.baseline[0] if line.baseline else line.outline[0]
            drawing.label(str(count), start, _BASELINE)


class _Drawing:
    def __init__(self, picture: Image.Image, scale: float) -> None:
        self.picture = picture
        self._scale = scale
        self._pen = ImageDraw.Draw(picture)
        self._font = ImageFont.load_default(max(_SMALLEST, max(picture.size) // 130))
        self._width = max(1, max(picture.size) // 1200)

    def area(self, outline: Points, colour: Colour) -> None:
        """Tint what lies inside."""
        points = self._placed(outline)
        xs, ys = zip(*points, strict=True)
        left, top = max(0, int(min(xs))), max(0, int(min(ys)))
        right = min(self.picture.width, int(max(xs)) + 2)
        bottom = min(self.picture.height, int(max(ys)) + 2)
        if left >= right or top >= bottom:
            return
        mask = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=_FILL, outline=255)
        self.picture.paste(colour, (left, top), mask)

    def frame(self, outlines: Iterable[Points], colour: Colour, width: int) -> None:
        """Draw polygons."""
        for outline in outlines:
            points = self._placed(outline)
            self._pen.line([*points, points[0]], fill=colour, width=width * self._width)

    def path(self, points: Points, colour: Colour) -> None:
        """Draw a line from point to point."""
        if len(points) > 1:
            self._pen.line(self._placed(points), fill=colour, width=2 * self._width)

    def label(self, text: str, point: tuple[int, int], colour: Colour) -> None:
        """Write to the left of a point, or as far to the left as the picture goes."""
        [(x, y)] = self._placed((point,))
        left, _, right, bottom = self._pen.textbbox((0, 0), text, font=self._font)
        place = (max(0.0, x - (right - left) - 3), max(0.0, y - bottom))
        self._pen.text(place, text, fill=colour, font=self._font, stroke_width=2, stroke_fill=(255, 255, 255))

    def _placed(self, points: Points) -> list[tuple[float, float]]:
        return [(x * self._scale, y * self._scale) for x, y in points]


def _middle(outline: Points) -> tuple[int, int]:
    x, y = np.mean(outline, axis=0).tolist()
    return int(x), int(y)
