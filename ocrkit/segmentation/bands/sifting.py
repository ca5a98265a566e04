"""Which of the bands found are no lines of text, and whether all of them stand on their heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.bands.shaping import Shape
    from ocrkit.segmentation.bands.sorting import Sorted
    from ocrkit.segmentation.bands.straight import Straight

__all__ = ["stand_on_their_heads", "text_alone"]

_STROKE = 0.7  # of its small letters' height: the mean run of ink of text is shorter, that of ornaments is not
_FEW = 2  # letters, of which more is asked
_HOLLOW = 0.18  # of their boxes that is ink: less is a ring or a scratch
_TALLEST = 2.1  # heights of the page's small letters that a lone letter has
_LOWEST = 0.65
_NARROWEST = 0.2
_WORD = 3.0  # heights: as wide as that it is a word, and no letter
_IN_PICTURE = 4  # letters: fewer within a picture are part of it
_PICTURE = 6.0  # heights, both ways
_FILLED = 0.12  # of a picture's box that is ink; a frame has less
_BODY = 5  # letters of a line that tells where the text is
_NOISE = 1000  # specks of a letter's size, of which none follow one another as letters do
_EDGE = 3.5  # heights from the page's edge
_REACH = 0.3  # heights beyond the small letters: ascenders and descenders
_SURE = 60  # letters that tell which way is up
_MORE = 1.8  # times as many reach down as up, upside down
_DOWN = 0.15  # of all letters


def text_alone(shapes: list[Shape], straight: Straight, parts: Sorted, x_height: float) -> list[Shape]:
    """Leave out what is no text: ornaments, parts of pictures, and lone specks unlike letters or off the text."""
    runs = np.bincount(straight.ink.runs[:, 3], minlength=len(straight.boxes))
    body = [_extent(shape, straight) for shape in shapes if len(shape.members) >= _BODY]
    left, right = (min(start for start, _ in body), max(end for _, end in body)) if body else (-np.inf, np.inf)
    large = parts.large & (np.minimum(straight.widths, straight.heights) > _PICTURE * x_height)
    large &= straight.ink.areas > _FILLED * straight.widths * straight.heights
    pictures = straight.boxes[large]
    edges = straight.frame.place(np.array([(0.0, 0.0), (straight.ink.width, straight.ink.height)]))
    if not body and np.count_nonzero(parts.letters) > _NOISE:
        return []
    kept = []
    for shape in shapes:
        members = shape.members
        stroke = straight.ink.areas[members].sum() / max(1, runs[members].sum())
        if stroke > _STROKE * shape.x_height:
            continue
        start, end = _extent(shape, straight)
        if len(members) < _IN_PICTURE and _inside(start, end, float(shape.baseline[:, 1].mean()), pictures):
            continue
        near = min(start - edges[:, 0].min(), edges[:, 0].max() - end) < _EDGE * x_height
        if len(members) <= _FEW and (_unlike_letters(members, straight, x_height) or (near and not left < end < right)):
            continue
        kept.append(shape)
    return kept


def stand_on_their_heads(shapes: list[Shape], straight: Straight, x_height: float) -> bool:
    """Whether letters reach below their feet much more often than above their heads, which no script's do.

    Latin, Greek and Cyrillic have ascenders four times as often as descenders; scripts with both alike, as Malayalam,
    tell nothing, and are taken to stand upright.
    """
    up = down = many = 0
    for shape in shapes:
        members = shape.members
        foot = np.interp(straight.middles[members, 0], shape.baseline[:, 0], shape.baseline[:, 1])
        above, below = foot - straight.boxes[members, 1], straight.boxes[members, 3] - foot
        up += int((above > shape.x_height + _REACH * x_height).sum())
        down += int((below > _REACH * x_height).sum())
        many += len(members)
    return many >= _SURE and down >= _DOWN * many and down > _MORE * up


def _extent(shape: Shape, straight: Straight) -> tuple[float, float]:
    boxes = straight.boxes[shape.members]
    return float(boxes[:, 0].min()), float(boxes[:, 2].max())


def _inside(start: float, end: float, foot: float, boxes: NDArray[np.float64]) -> bool:
    across = (boxes[:, 0] <= start) & (boxes[:, 2] >= end)
    return bool(np.any(across & (boxes[:, 1] <= foot) & (boxes[:, 3] >= foot)))


def _unlike_letters(members: NDArray[np.int64], straight: Straight, x_height: float) -> bool:
    """Whether one or two components are of no letter's size, or hollow."""
    wide, high = straight.widths[members], straight.heights[members]
    if straight.ink.areas[members].sum() < _HOLLOW * (wide * high).sum():
        return True
    if wide.sum() > _WORD * x_height:
        return False
    tallest = float(high.max())
    return tallest > _TALLEST * x_height or tallest < _LOWEST * x_height or float(wide.max()) < _NARROWEST * x_height
