"""Lines of letters much larger than most of the page's: titles, which are looked for by a scale of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.segmentation.bands.sorting import Sorted
from ocrkit.segmentation.components import letters_height

if TYPE_CHECKING:
    from ocrkit.segmentation.bands.shaping import Shape
    from ocrkit.segmentation.bands.straight import Straight

__all__ = ["title_parts", "titles_alone", "with_titles"]

_TITLE = 2.0  # times the page's small letters: a line of larger ones may be a piece of a title
_TALLEST = 16.0
_WIDEST = 6.0  # times its height: letters that touch
_SOLID = 0.75  # of its box that is ink: no letter
_LETTERS = 3  # at least
_ALIKE, _MOST_ALIKE = 0.35, 0.6  # of their median height; of a title's letters
_DENSE = 0.45  # of a title's length that is letters


def title_parts(straight: Straight, parts: Sorted, shapes: list[Shape], x_height: float) -> tuple[Sorted, float] | None:
    """What titles are made of and the height of their letters, px; None where there can be none."""
    held = np.zeros(len(straight.boxes), bool)
    for shape in shapes:
        if shape.x_height < _TITLE * x_height:
            held[shape.members] = True
    high, wide = straight.heights, straight.widths
    free = (parts.letters | parts.large) & ~held & (wide <= _WIDEST * high)
    free &= (high >= _TITLE * x_height) & (high <= _TALLEST * x_height)
    free &= straight.ink.areas <= _SOLID * wide * high
    if free.sum() < _LETTERS:
        return None
    sideways = straight.frame.rotation % 180 != 0
    height = float(np.median(high[free])) if sideways else letters_height(straight.ink, free)
    if height is None:
        return None
    letters = free & (high >= 0.5 * height) & (high <= 3.5 * height)
    marks = (parts.marks | parts.letters) & ~held & (high < 0.5 * height) & (high >= 0.1 * height)
    none = np.zeros(len(letters), bool)
    return Sorted(letters, marks, none, parts.upright_rules, none), height


def titles_alone(shapes: list[Shape], straight: Straight) -> list[Shape]:
    """Those of some lines whose letters are many, of one height, and close together, as parts of pictures are not."""
    kept = []
    for shape in shapes:
        high, boxes = straight.heights[shape.members], straight.boxes[shape.members]
        alike = np.abs(high - np.median(high)) <= _ALIKE * np.median(high)
        length = boxes[:, 2].max() - boxes[:, 0].min()
        dense = (boxes[:, 2] - boxes[:, 0]).sum() >= _DENSE * length
        if len(high) >= _LETTERS and alike.mean() >= _MOST_ALIKE and dense and shape.feet >= _MOST_ALIKE * len(high):
            kept.append(shape)
    return kept


def with_titles(shapes: list[Shape], titles: list[Shape]) -> list[Shape]:
    """Lines and titles, without the pieces of these that were taken for lines."""
    taken = {int(member) for title in titles for member in title.members}
    return [shape for shape in shapes if not taken.intersection(shape.members.tolist())] + titles
