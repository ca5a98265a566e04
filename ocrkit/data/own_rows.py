"""The rows of a picture that its own line of text takes: what stands far above and below it is its neighbours'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageChops

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ROWS", "counted_percentile", "own_rows", "trim_rows"]

ROWS: Final = ("keep", "trim")

_SCALE = 64  # rows that a picture is looked at in
# Shorter lines have too few letters to tell by, and scene words stand aslant.
_LEAST_SHAPE = 3  # times the height
_LEAST_HEIGHT = 36  # px; dots and grain of smaller ones look like letters
# A row with this share of the fullest one's edges belongs to the letters without ascenders.
_FULL = 0.45
_LEAST_BAND = 0.2  # of the height: a line of dashes and a figure has its fullest rows at the dashes
# Beyond the band, in its heights, from where ascenders and descenders end to where the neighbours' may begin.
_ABOVE = (0.5, 0.85)
_BELOW = (0.4, 0.7)
# Smaller steps are paper's: those of grain, and those below a share of the contrast or, where a blur has made all
# steps small, of a steep one.
_GRAIN = 8  # grey levels
_NOISE = 0.2
_STEEP, _NOISE_OF_STEEP = 90, 0.5  # percentile of the steps, and share
_EMPTY = 0.02  # of the fullest row
# Neighbours of more than so many of the line's edges are no feet or heads, and the line may be another.
_MOST = 0.7
# A cut below the line, where the emptier of the rows beside it has more of the fullest row's edges, goes through the
# line's own letters. Above, lines of typescript overlap as much.
_THROUGH = 0.3


def trim_rows(grey: Image.Image) -> Image.Image:
    """The picture, mode ``L``, without the rows above and below its own line; the whole of it where none is to go."""
    top, bottom = own_rows(grey)
    return grey if (top, bottom) == (0, grey.height) else grey.crop((0, top, grey.width, bottom))


def own_rows(grey: Image.Image) -> tuple[int, int]:
    """The first row of the line of text in a picture, and the row after its last, its margins and accents included.

    The letters without ascenders are where most strokes begin and end from left to right; rules have hardly any such
    edges, and the feet and heads of the lines above and below, cut off, fewer. From there on to either side the
    picture is kept as far as Latin letters reach, and cut in the emptiest row beyond.

    A picture less than three times as wide as high, or of less than 36 px, is kept whole, and so is one whose letters
    are themselves cut off by its edge.

    Args:
        grey: mode ``L``, of any polarity.
    """
    whole = 0, grey.height
    if grey.width < _LEAST_SHAPE * grey.height or grey.height < _LEAST_HEIGHT:
        return whole
    edges = _edges(grey)
    first, last = _band(edges)
    if first == 0 or last == _SCALE or not edges.any():
        return whole
    band = max(float(last - first), _LEAST_BAND * _SCALE)
    middle = (first + last) / 2
    first, last = round(middle - band / 2), round(middle + band / 2)
    top = first - _kept(edges[: max(0, first)][::-1], band, _ABOVE)
    bottom = last + _kept(edges[last:], band, _BELOW)
    if max(edges[: max(0, top)].sum(), edges[bottom:].sum()) > _MOST * edges[max(0, first) : last].sum():
        return whole
    if bottom < _SCALE and edges[bottom - 1 : bottom + 1].min() > _THROUGH * edges.max():
        bottom = _SCALE
    scale = grey.height / _SCALE
    return max(0, int(top * scale)), min(grey.height, int(np.ceil(bottom * scale)))


def _edges(grey: Image.Image) -> NDArray[np.float64]:
    """(64,) how steep the steps from left to right are in each row, added up, the smallest left out."""
    width = max(2, round(grey.width * _SCALE / grey.height))
    small = grey.resize((width, _SCALE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    sums = np.cumsum(small.histogram())
    darkest, lightest = np.searchsorted(sums, (0.01 * sums[-1], 0.99 * sums[-1]))
    contrast = int(lightest - darkest)
    steps = ImageChops.difference(small.crop((0, 0, width - 1, _SCALE)), small.crop((1, 0, width, _SCALE)))
    counts = np.array(steps.histogram())
    counts[: _GRAIN + 1] = 0
    steep = counted_percentile(counts, _STEEP)
    # The blackest letters count no more than others.
    worth = np.minimum(np.arange(256), int(0.6 * contrast))
    worth[: int(max(_GRAIN, min(_NOISE * contrast, _NOISE_OF_STEEP * steep))) + 1] = 0
    rows = np.asarray(steps.point(worth.tolist())).sum(axis=1).astype(np.float64)
    return np.convolve(rows, np.array((1, 2, 3, 2, 1)) / 9, "same")


def counted_percentile(counts: NDArray[np.int64], percent: float) -> float:
    """The percentile, as NumPy's, of grey levels that come so often each; 0 where there are none."""
    sums = np.cumsum(counts)
    if sums[-1] == 0:
        return 0.0
    place = (int(sums[-1]) - 1) * (percent / 100)
    low, high = np.searchsorted(sums, (int(place), min(int(place) + 1, int(sums[-1]) - 1)), side="right")
    return float(low + (high - low) * (place - int(place)))


def _band(edges: NDArray[np.float64]) -> tuple[int, int]:
    """The first and the row after the last of those about the fullest one; what lies in the middle counts more."""
    places = (np.arange(_SCALE) + 0.5) / _SCALE
    fullest = int(np.argmax(edges * np.clip(1.25 - 1.2 * np.abs(places - 0.55), 0.3, 1)))
    sparse = np.flatnonzero(edges < _FULL * edges[fullest])
    above, below = sparse[sparse < fullest], sparse[sparse > fullest]
    return int(above[-1]) + 1 if above.size else 0, int(below[0]) if below.size else _SCALE


def _kept(outward: NDArray[np.float64], band: float, reach: tuple[float, float]) -> int:
    """How many rows of those ``outward`` from the band are kept: up to the emptiest, or the last of several."""
    nearest, farthest = (round(share * band) for share in reach)
    places = outward[nearest : farthest + 1]
    if not places.size:
        return len(outward)
    empty = places.min() * 1.1 + _EMPTY * outward.max()
    return nearest + int(np.flatnonzero(places <= empty)[-1]) + 1
