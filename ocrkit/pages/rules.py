"""Rules between columns, taken out of the pictures of lines whose areas reach over them.

A rule is no letter: its ink fills its columns of the line from top to bottom, and goes on above and below.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.pages.columns import Ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.data.line_cutting import CutLine
    from ocrkit.pages.words import Slices

__all__ = ["without_rules"]

_FULL = 0.9  # of a column of the line that a rule fills
_BEYOND = 3  # px outside of the line at which its ink goes on
_WIDEST = 0.4  # of the line's height
_NEAR = 1.0  # of the line's height from its end: where a rule may stand
_ASKEW = 2  # px by which a rule may lean while it passes the line


def without_rules(cut: CutLine, slices: Slices, page: NDArray[np.uint8]) -> CutLine:
    """The line without upright rules at its ends; the same where there are none.

    Args:
        cut: the line.
        slices: the parts of its area.
        page: (H, W) the picture that it was cut out of.
    """
    ink = Ink.of(cut.image)
    columns = ink.mask.sum(0)
    begin, end = (_end_of_rule(columns[::step], cut, slices, ink, page, step) for step in (1, -1))
    if begin == end == 0:
        return cut
    pixels = np.array(cut.image)
    pixels[:, :begin] = ink.paper
    pixels[:, pixels.shape[1] - end :] = ink.paper
    return replace(cut, image=Image.fromarray(pixels))


def _end_of_rule(
    columns: NDArray[np.int64], cut: CutLine, slices: Slices, ink: Ink, page: NDArray[np.uint8], step: int
) -> int:
    """How many columns, counted from an end, a rule there takes with what is before it; 0 without one."""
    height = cut.image.height
    near = columns[: max(1, round(_NEAR * height))]
    inked = np.flatnonzero(near)
    if len(inked) == 0:
        return 0
    first = int(inked[0])
    blank = np.flatnonzero(columns[first:] == 0)
    last = first + int(blank[0]) if len(blank) else len(columns)
    top, foot = slices.edges()
    full = columns >= _FULL * (foot - top + 1)[::step]
    places = np.flatnonzero(full[first:last]) + first
    if len(places) == 0 or places[0] - first > _ASKEW:
        return 0
    end = int(places[-1]) + 1
    end = last if last - end <= _ASKEW else end  # else a letter touches it
    if end - first > _WIDEST * height:
        return 0
    across = places if step == 1 else len(columns) - 1 - places
    return end if _goes_on(across, top[across], foot[across], cut, ink, page) else 0


def _goes_on(
    across: NDArray[np.int64],
    top: NDArray[np.int64],
    foot: NDArray[np.int64],
    cut: CutLine,
    ink: Ink,
    page: NDArray[np.uint8],
) -> bool:
    """Whether there is ink on the page above and below these columns of the line."""
    x = np.arange(int(across.min()) - _ASKEW, int(across.max()) + _ASKEW + 1, dtype=np.float64)
    for y in (float(top.min()) - _BEYOND, float(foot.max()) + _BEYOND):
        points = np.rint(cut.to_page(np.stack([x, np.full(len(x), y)], axis=1))).astype(np.int64)
        on_page = ((points >= 0) & (points < page.shape[::-1])).all(1)
        if not ink.is_ink(page[points[on_page, 1], points[on_page, 0]]).any():
            return False
    return True
