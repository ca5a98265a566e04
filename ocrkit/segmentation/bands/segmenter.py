"""The segmenter ``bands``: from a page's pixels to its lines, by their ink alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.errors import ImageError
from ocrkit.layout.records import Layout, Line
from ocrkit.segmentation.bands.columns import White, joined, without_specks
from ocrkit.segmentation.bands.grid import CELLS, Grid
from ocrkit.segmentation.bands.rows import ridges, without_echoes
from ocrkit.segmentation.bands.shaping import levelled, owners_of, shapes_of
from ocrkit.segmentation.bands.sifting import stand_on_their_heads, text_alone
from ocrkit.segmentation.bands.sorting import sort_components
from ocrkit.segmentation.bands.straight import Straight
from ocrkit.segmentation.bands.titles import title_parts, titles_alone, with_titles
from ocrkit.segmentation.bands.turning import lies_on_its_side, skew_of_feet
from ocrkit.segmentation.components import find_ink, letters_height
from ocrkit.segmentation.frame import skew_of
from ocrkit.segmentation.order import order_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.layout.records import Direction, Points
    from ocrkit.segmentation.bands.shaping import Shape
    from ocrkit.segmentation.bands.sorting import Sorted
    from ocrkit.segmentation.components import Ink

__all__ = ["Bands"]

_MOST_LETTERS = 60_000  # more than any page has: noise
_MOST_CELLS = 32_000_000  # of a raster, five times those of a newspaper
_SMALLEST = 4.0  # px, of small letters that can be read
_MOST_PIECES = 3000  # of lines, likewise
_DASH = 0.6  # of the letters' height: marks as wide as that are no white
_LARGEST = 36_000_000  # px that are looked at; a larger picture is looked at in a smaller copy


@dataclass(frozen=True, slots=True)
class Bands:
    """Finds lines as bands of letters' ink."""

    def segment(self, image: NDArray[np.uint8], *, direction: Direction = "ltr") -> Layout:
        """Find the lines of a page; see ``Segmenter.segment``."""
        height, width = image.shape
        scale = 1
        while height * width > _LARGEST * scale**2:
            scale += 1
        small = image if scale == 1 else np.asarray(Image.fromarray(image).reduce(scale))
        try:
            ink = find_ink(small)
        except ImageError:
            return Layout(())
        x_height = letters_height(ink)
        if x_height is None or x_height < _SMALLEST:
            return Layout(())
        rotation, skew = _lie(ink, x_height)
        straight, parts, shapes = _found(ink, x_height, rotation, skew)
        if stand_on_their_heads(shapes, straight, x_height):
            rotation = (rotation + 180) % 360
            straight, parts, shapes = _found(ink, x_height, rotation, skew)
        lines = [_line(shape, number, straight, scale, (width, height)) for number, shape in enumerate(shapes, 1)]
        rules = _rules(straight, parts, scale)
        regions = order_lines(lines, width, height, direction, rotation=rotation, separators=rules)
        return Layout(regions, rotation, round(skew + skew_of([shape.baseline for shape in shapes]), 2))


def _lie(ink: Ink, x_height: float) -> tuple[int, float]:
    straight = Straight.of(ink)
    letters = sort_components(straight, x_height).letters
    if not 0 < np.count_nonzero(letters) <= _MOST_LETTERS:
        return 0, 0.0
    rotation = 0
    grid = Grid.around(straight, letters, x_height * 2)
    if lies_on_its_side(grid.raster(straight, letters), CELLS // 2):
        rotation = 90
        straight = Straight.of(ink, rotation)
        letters = sort_components(straight, x_height).letters
    feet = np.stack([straight.middles[letters, 0], straight.boxes[letters, 3]], axis=1)
    return rotation, skew_of_feet(feet, x_height)


def _found(ink: Ink, x_height: float, rotation: int, skew: float) -> tuple[Straight, Sorted, list[Shape]]:
    """The page as it lies so, what its components are, and its lines; titles are found by their own height."""
    straight = Straight.of(ink, rotation, skew)
    parts = sort_components(straight, x_height)
    shapes = text_alone(_shapes(straight, parts, x_height), straight, parts, x_height)
    title = title_parts(straight, parts, shapes, x_height)
    if title is not None:
        letters, height = title
        titles = titles_alone(text_alone(_shapes(straight, letters, height), straight, parts, height), straight)
        shapes = with_titles(shapes, titles)
    return straight, parts, shapes


def _shapes(straight: Straight, parts: Sorted, x_height: float) -> list[Shape]:
    if not 0 < np.count_nonzero(parts.letters) <= _MOST_LETTERS:
        return []
    grid = Grid.around(straight, parts.letters, x_height)
    if grid.size[0] * grid.size[1] > _MOST_CELLS:
        return []
    raster = grid.raster(straight, parts.letters)
    rules = grid.raster(straight, parts.upright_rules) > 0
    dashes = parts.marks & (straight.widths > _DASH * x_height)
    white = White.of(grid.raster(straight, parts.letters | dashes), rules)
    found = ridges(raster, white.walls)
    if len(found) > _MOST_PIECES:
        return []
    rows = without_echoes(found, straight.boxes[parts.letters], grid)
    rows = without_specks(joined(rows, white))
    owners = owners_of(straight, parts.letters, parts.marks, rows, grid, x_height)
    rows = without_specks(joined(levelled(straight, owners, rows, grid, x_height), white))
    owners = owners_of(straight, parts.letters, parts.marks, rows, grid, x_height)
    return shapes_of(straight, owners, parts.large, rows, grid, x_height)


def _line(shape: Shape, number: int, straight: Straight, scale: int, size: tuple[int, int]) -> Line:
    baseline, outline = (_given(points, straight, scale, size) for points in (shape.baseline, shape.outline))
    return Line(f"l{number}", baseline, outline, x_height=round(shape.x_height * scale, 1))


def _given(points: NDArray[np.float64], straight: Straight, scale: int, size: tuple[int, int]) -> Points:
    """Points of the frame in whole pixels of the picture as given."""
    there = straight.frame.back(points) * scale + (scale - 1) / 2
    clipped = np.clip(np.round(there), 0, (size[0] - 1, size[1] - 1)).astype(int)
    return tuple((x, y) for x, y in clipped.tolist())


def _rules(straight: Straight, parts: Sorted, scale: int) -> list[Points]:
    rules = []
    for flags, level in ((parts.level_rules, True), (parts.upright_rules, False)):
        for left, top, right, bottom in straight.boxes[flags].tolist():
            middle = ((left + right) / 2, (top + bottom) / 2)
            ends = ((left, middle[1]), (right, middle[1])) if level else ((middle[0], top), (middle[0], bottom))
            back = straight.frame.back(np.array(ends)) * scale
            rules.append(tuple((round(x), round(y)) for x, y in back.tolist()))
    return rules
