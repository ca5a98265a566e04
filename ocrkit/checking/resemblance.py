"""Whether two images are the same picture in another size or brightness: an outline to find, a comparison to be sure.

Source of the outline: Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", section 3.2.1,
the signs of a picture's lowest frequencies.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.data.image import open_image, to_grey
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.data.records import Sample

__all__ = ["compare", "difference", "outline"]

# Over 500 real lines, a copy in half or twice the size, in other grey values or as a JPEG of quality 75 is within 0.26
# of its original, all but one in a hundred; lines that were drawn with a single letter or stop changed are 0.16 apart
# and more, nearly all of them 0.3.
_SAME_LABEL = 0.2
_OTHER_LABEL = 0.12
_ROWS, _COLUMNS = 16, 64  # px of the picture that frequencies are taken of
_LOW_ROWS, _LOW_COLUMNS = 8, 16  # frequencies kept: 128 signs, 16 bytes
_COMPARED_HEIGHT = 32  # px, at most
_COMPARED_WIDTH = 4000  # px, at most
_LEVELS = 64  # of grey, for which the other picture's are learnt
_SOFTENING = np.exp(-(np.arange(-2.0, 3.0) ** 2) / (2 * 0.8**2))  # what two ways of scaling differ in is finer


def outline(grey: Image.Image) -> bytes:
    """128 signs of the lowest frequencies of a grey picture, as 16 bytes.

    Gain and offset of the grey values change none of them, and another size only those that are next to nothing.
    """
    small = np.asarray(grey.resize((_COLUMNS, _ROWS), Image.Resampling.BILINEAR), dtype=np.float32)
    frequencies = _cosines(_ROWS)[:_LOW_ROWS] @ small @ _cosines(_COLUMNS)[:_LOW_COLUMNS].T
    return np.packbits(frequencies > 0).tobytes()


def compare(pair: tuple[Sample, Sample, bool]) -> bool:
    """Whether two samples' images are one picture in two sizes or brightnesses; False where one cannot be read.

    The third of the pair is whether they have the same label. With different ones more is asked for: the same
    proportions, and next to no difference, since printed words may differ in as little as a dot.
    """
    one, other, same_label = pair
    try:
        a, b = to_grey(open_image(one)), to_grey(open_image(other))
    except ImageError:
        return False
    if same_label:
        return difference(a, b) <= _SAME_LABEL
    return _proportional(a, b) and difference(a, b) <= _OTHER_LABEL


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far apart two grey pictures are where they differ most, size and brightness left aside.

    Both are scaled to the smaller of the two, and the grey values of one are foretold from the other's, by the mean of
    those at the same place as each of its levels: any change of brightness is undone so, even one that clips. What is
    left, softened, is averaged over squares of about a stroke's width; the largest, as a share of the contrast.
    """
    smaller = min((one.size, other.size), key=lambda size: (size[1], size[0]))
    height = min(smaller[1], _COMPARED_HEIGHT)
    size = (max(1, min(_COMPARED_WIDTH, round(smaller[0] * height / smaller[1]))), height)
    a, b = _scaled(one, size), _scaled(other, size)
    # One way may not be foretold: where brightness was clipped, many levels became one.
    return min(_unexplained(a, b), _unexplained(b, a))


def _proportional(one: Image.Image, other: Image.Image) -> bool:
    """Whether one picture is as wide for its height as the other, to the rounding of a pixel."""
    (width, height), (large_width, large_height) = sorted((one.size, other.size))
    return abs(width * large_height - large_width * height) <= 1.5 * max(large_height, large_width)


def _scaled(picture: Image.Image, size: tuple[int, int]) -> NDArray[np.float64]:
    scaled = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(scaled, dtype=np.float64)


def _unexplained(known: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """The largest difference between ``wanted`` and what ``known`` foretells of it, as a share of its contrast."""
    contrast = float(wanted.std())
    if contrast == 0:
        return float("inf")
    levels = (known * (_LEVELS / 256)).astype(np.int64).ravel()
    counts = np.bincount(levels, minlength=_LEVELS)
    there = counts > 0
    means, targets = (
        np.bincount(levels, values.ravel(), minlength=_LEVELS)[there] / counts[there] for values in (known, wanted)
    )
    # What is darker in one is darker in the other: a negative is not the same picture.
    foretold = np.interp(known, means, np.maximum.accumulate(targets))
    left = _softened(wanted - foretold)
    return float(np.sqrt(_window_means(left**2, max(3, round(wanted.shape[0] / 8))).max())) / contrast


def _softened(values: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = _SOFTENING / _SOFTENING.sum()
    padded = np.pad(values, 2, mode="edge")
    rows = sum(weight * padded[k : k + values.shape[0]] for k, weight in enumerate(weights))
    return np.asarray(sum(weight * rows[:, k : k + values.shape[1]] for k, weight in enumerate(weights)))


def _window_means(values: NDArray[np.float64], edge: int) -> NDArray[np.float64]:
    """The mean of every square of ``edge`` px, or of what there is where the picture is smaller."""
    rows, columns = min(edge, values.shape[0]), min(edge, values.shape[1])
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    sums[1:, 1:] = values.cumsum(0).cumsum(1)
    windows = sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
    return np.asarray(np.maximum(windows, 0) / (rows * columns))


@functools.cache
def _cosines(size: int) -> NDArray[np.float32]:
    """The cosine transform's basis: (size, size), row k of frequency k."""
    k = np.arange(size)[:, None]
    return np.cos(np.pi * k * (2 * np.arange(size) + 1) / (2 * size)).astype(np.float32)
