"""The ink of a page: how deep it is, what hangs together, and how high its letters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import ocrkit._ink as _ink
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Ink", "find_ink", "letters_height"]

_DARKEST_PAPER = 0.5  # of the median paper: what is darker is no paper, but a picture or the bed of the scanner
_STAIN = 40  # depth up to which nothing counts in telling how deep ink is
_TYPICAL = 0.25  # of what is deeper than a stain, that much is deeper than the ink's level
_PALEST = 32  # depth of the palest ink
_EDGE = 0.4  # of the ink's level: the least depth of what hangs together
_CORE = 0.6  # the least that its deepest pixel has, so that what shows through the paper is none
_MOST_RUNS = 8_000_000  # 128 MB; a full newspaper has a million

_LEAST_HEIGHT = 3  # px of a letter
_WIDE = 1.6  # times its height: wider than that are letters that touch, or a word by hand
_DASH = 2.5  # times its height: wider than that, and solid, is a dash or a rule
_SOLID = 0.75  # of its box that is ink
_LETTERS = 6  # that a component counts for at most
_STEPS = 12  # bins of the logarithm of a height, an octave
_BODY = 0.5  # of the densest row's ink: a row of small letters has so much


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a picture, as runs of pixels in rows, and what hangs together.

    Attributes:
        height: px of the picture.
        width: px.
        runs: (R, 4) int32: row, first column, column behind the last, and component; from above, then from the left.
        boxes: (N, 4) int32: left, top, right and bottom of each component, the last two excluded.
        areas: (N,) int32: px of ink of each.
        deepest: (N,) int32: how much darker than the paper its darkest pixel is, 255 for black.
    """

    height: int
    width: int
    runs: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    deepest: NDArray[np.int32]

    def mask(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """(H, W) where there is ink, of the components that are chosen by (N,) flags, or of all."""
        runs = self.runs if chosen is None else self.runs[chosen[self.runs[:, 3]]]
        steps = np.zeros((self.height, self.width + 1), np.int8)
        steps[runs[:, 0], runs[:, 1]] = 1
        steps[runs[:, 0], runs[:, 2]] -= 1  # a run may begin where no run ends, never elsewhere
        return np.cumsum(steps[:, :-1], axis=1, dtype=np.int8).astype(bool)

    def raster(
        self,
        place: tuple[float, float, float, float, float, float],
        size: tuple[int, int],
        chosen: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float32]:
        """(height, width) px of ink that fall on each cell of a raster.

        Args:
            place: a to f, so that a pixel at x, y falls into column ``a x + b y + c`` and row ``d x + e y + f``.
            size: height and width of the raster.
            chosen: (N,) components that count; all without it.
        """
        counts = np.ones(len(self.boxes), bool) if chosen is None else chosen
        return _ink.raster(self.runs, counts.astype(np.uint8), place, *size)


def find_ink(grey: NDArray[np.uint8]) -> Ink:
    """Part ink from paper, however unevenly lit, and find what hangs together, corners included.

    Paper is what is brightest around, ink what is darker by two fifths of the ink's usual depth and reaches three
    fifths of it somewhere, so that show-through and stains are none. A page that is dark on the whole is turned.

    Args:
        grey: (H, W), 255 for white.

    Raises:
        ImageError: noise, or a picture of more ink than some hundred pages.
    """
    if np.median(grey[:: max(1, grey.shape[0] // 256), :: max(1, grey.shape[1] // 256)]) < 128:
        depth, counts = _ink.depth(255 - grey, _DARKEST_PAPER)
        bright, bright_counts = _ink.depth(grey, _DARKEST_PAPER)
        if counts[_STAIN:].sum() > bright_counts[_STAIN:].sum():  # a dark bed around bright paper, or dim light
            depth, counts = bright, bright_counts
    else:
        depth, counts = _ink.depth(grey, _DARKEST_PAPER)
    level = _ink_level(counts)
    edge, core = max(_PALEST, round(_EDGE * level)), max(_PALEST, round(_CORE * level))
    height, width = depth.shape
    try:
        runs, components = _ink.components(depth, edge, core, _MOST_RUNS)
    except ValueError as error:
        raise ImageError(
            f"the picture has more than {_MOST_RUNS:,} specks of ink; expected a page, or a smaller copy of it"
        ) from error
    return Ink(height, width, runs, components[:, :4], components[:, 4], components[:, 5])


def letters_height(ink: Ink, chosen: NDArray[np.bool_] | None = None) -> float | None:
    """The height of small letters, px, or None on a page without anything as large as they.

    The mode of the heights of components, weighed by how wide they are for it, and larger ones a little more; of what
    is wide, as a word by hand, the rows with at least half as much ink as the densest one count.

    Args:
        ink: that of an upright page.
        chosen: (N,) the components that may be letters; all without it.
    """
    high, wide = (ink.boxes[:, 3] - ink.boxes[:, 1]).astype(float), (ink.boxes[:, 2] - ink.boxes[:, 0]).astype(float)
    usable = (high >= _LEAST_HEIGHT) & (high <= ink.height / 4) & (wide <= ink.width / 2)
    usable &= (wide <= _DASH * high) | (ink.areas < _SOLID * wide * high)
    if chosen is not None:
        usable &= chosen
    if not usable.any():
        return None
    joined = usable & (wide > _WIDE * high) & (high > 2 * _LEAST_HEIGHT)
    high[joined] = _body_heights(ink, joined)
    weights = (np.minimum(wide / high, _LETTERS) * np.sqrt(high))[usable]
    bins = np.log2(high[usable]) * _STEPS
    counts = np.convolve(np.bincount(np.round(bins).astype(int), weights, minlength=8), (1, 2, 3, 2, 1), "same")
    near = np.abs(bins - np.argmax(counts)) <= 2
    return float(np.average(high[usable][near], weights=weights[near]))


def _ink_level(counts: NDArray[np.uint64]) -> int:
    """The depth that a quarter of what is no stain exceeds."""
    deeper = np.cumsum(counts[::-1])[::-1]
    return int(np.nonzero(deeper >= _TYPICAL * deeper[_STAIN])[0].max()) if deeper[_STAIN] else 255


def _body_heights(ink: Ink, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The number of rows with much ink of each component that is chosen."""
    tops = np.where(chosen, ink.boxes[:, 1], 0)
    rows = np.where(chosen, ink.boxes[:, 3] - ink.boxes[:, 1], 0)
    starts = np.cumsum(rows) - rows
    runs = ink.runs[chosen[ink.runs[:, 3]]]
    row = starts[runs[:, 3]] + runs[:, 0] - tops[runs[:, 3]]
    inked = np.bincount(row, runs[:, 2] - runs[:, 1], minlength=int(rows.sum()))
    starts, rows = starts[chosen], rows[chosen]
    densest = np.maximum.reduceat(inked, starts)
    dense = inked >= _BODY * np.repeat(densest, rows)
    return np.maximum(np.add.reduceat(dense.astype(float), starts), 1.0)
