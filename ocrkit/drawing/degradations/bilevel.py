"""What making two levels of many does: thresholds good and bad, screens, photocopies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise
from ocrkit.drawing.degradations.picture import LEAST_CONTRAST, letter_height, levels, resized, soften

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["binarise", "dither", "photocopy"]

# Bayer's 4 x 4 matrix (1973): thresholds in an order that spreads each level's dots as evenly as can be.
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 16 + 8


def binarise(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Make two levels of the greys, by Otsu's threshold or Sauvola's, up to a fifth too dark or too light.

    Half are thresholded at twice the resolution, so that edges are grey when that is taken back; some at a lower one,
    and enlarged. Below half of the strength the result is blended with the picture.

    Sources: Otsu 1979, IEEE Trans. SMC 9(1); Sauvola and Pietikäinen 2000, Pattern Recognition 33(2).
    """
    locally, resolution = rng.random() < 0.4, rng.random()
    offset = rng.uniform(-0.2, 0.2) * strength
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    threshold = _sauvola(picture) if locally else np.full((1, 1), _otsu(picture), np.float32)
    contrast = paper - ink
    threshold = np.clip(threshold + np.float32(offset * contrast), ink + 0.25 * contrast, paper - 0.2 * contrast)
    margin = picture - threshold.astype(np.int16)
    if resolution < 0.5:
        two = _quarters_above(margin)
    elif resolution < 0.75:
        two = np.where(margin > 0, np.uint8(255), np.uint8(0))
    else:
        two = _coarsely_above(margin, 1 - 0.5 * strength * (resolution - 0.5))
    return _mixed(picture, two, 2 * strength)


def dither(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Screen the greys into dots: in Bayer's order, or by spreading each pixel's error, as faxes do."""
    height, width = picture.shape
    if rng.random() < 0.5:
        screen = np.tile(_BAYER, (-(-height // 4), -(-width // 4)))[:height, :width]
        dots = np.where(picture > screen, np.uint8(255), np.uint8(0))
    else:
        dots = np.asarray(Image.fromarray(picture).convert("1").convert("L"))
    return _mixed(picture, dots, 0.8 * strength * rng.uniform(0.5, 1))


def photocopy(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Copy the line on a bad machine: two levels with ragged edges, pepper on the paper and salt in the strokes."""
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    contrast = paper - ink
    amount = np.float32(0.2 * strength * rng.uniform(0.5, 1) * contrast / NOISE_DEVIATION)
    rough = noise(rng, picture.shape, grain=rng.choice((1.0, 1.6, 2.5))) * amount
    threshold = ink + contrast * (0.5 + rng.uniform(-0.12, 0.16) * strength)
    two = np.where(soften(picture, letter_height(picture) / 30) + rough > threshold, np.uint8(255), np.uint8(0))
    return _mixed(picture, two, min(1.0, 2 * strength))


def _quarters_above(margin: NDArray[np.int16]) -> Picture:
    """The share of each pixel's quarters that lie above 0, of 255, where the quarters are interpolated linearly."""
    above = np.zeros(margin.shape, np.uint8)
    rows, columns = margin.shape
    wide = np.pad(margin, 1, mode="edge")
    for left in (0, 2):
        # Three parts of a pixel and one of its neighbour, first across, then down.
        across = 3 * wide[:, 1 : columns + 1] + wide[:, left : left + columns]
        for top in (0, 2):
            above += 3 * across[1 : rows + 1] + across[top : top + rows] > 0
    return np.array([0, 64, 128, 191, 255], np.uint8)[above]


def _coarsely_above(margin: NDArray[np.int16], scale: float) -> Picture:
    """Where a smaller copy lies above 0, enlarged again."""
    rows, columns = margin.shape
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = resized((np.clip(margin, -127, 127) + 128).astype(np.uint8), size, Image.Resampling.BILINEAR)
    two = np.where(small > 128, np.uint8(255), np.uint8(0))
    return resized(two, (columns, rows), Image.Resampling.BICUBIC)


def _mixed(picture: Picture, two: Picture, share: float) -> Picture:
    """A blend that is all of the second from a strength of a half on."""
    return np.asarray(Image.blend(Image.fromarray(picture), Image.fromarray(two), min(1.0, share)))


def _otsu(picture: Picture) -> int:
    """The grey that parts the picture into two classes of the least variance."""
    counts = np.bincount(picture.ravel(), minlength=256).astype(np.float64)
    below = counts.cumsum()
    greys = (counts * np.arange(256)).cumsum()
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (greys[-1] * below / below[-1] - greys) ** 2 / (below * above)
    return int(np.nan_to_num(between[:-1], nan=0.0, posinf=0.0).argmax())


def _sauvola(picture: Picture) -> NDArray[np.float32]:
    """A threshold a pixel, from the mean and the mean deviation about it within half of the line's height."""
    reach = max(2, picture.shape[0] // 4)
    box = ImageFilter.BoxBlur(reach)
    mean = np.asarray(Image.fromarray(picture).filter(box))
    away = np.maximum(picture, mean) - np.minimum(picture, mean)
    deviation = np.asarray(Image.fromarray(away).filter(box)) * np.float32(1.25)
    threshold: NDArray[np.float32] = mean * (np.float32(0.7) + deviation * np.float32(0.3 / 128))
    return threshold
