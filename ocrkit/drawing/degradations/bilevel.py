"""What making two levels of many does: thresholds good and bad, screens, photocopies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import above, blended, looked_up, margins, otsu, quarters_above, roughly_above, sauvola
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise
from ocrkit.drawing.degradations.picture import GREYS, LEAST_CONTRAST, letters_and_levels, levels, resized, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["binarise", "dither", "photocopy"]

# Bayer's 4 x 4 matrix (1973): thresholds in an order that spreads each level's dots as evenly as can be.
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 16 + 8
_BRIGHT = np.where(GREYS > 128, 255, 0).astype(np.uint8)
_KERNELS = Image.Resampling


def binarise(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Make two levels of the greys, by Otsu's threshold or Sauvola's, up to a fifth too dark or too light.

    Half are thresholded at twice the resolution, so that edges are grey when that is taken back; some at a lower one,
    and enlarged. Below half of the strength the result is blended with the picture.

    Sources: Otsu 1979, IEEE Trans. SMC 9(1); Sauvola and Pietikäinen 2000, Pattern Recognition 33(2).
    """
    locally, resolution = rng.random() < 0.4, rng.random()
    offset = between(rng, -0.2, 0.2) * strength
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    contrast = paper - ink
    least, most, moved = ink + 0.25 * contrast, paper - 0.2 * contrast, offset * contrast
    if locally:
        thresholds = sauvola(picture, max(2, picture.shape[0] // 4), moved, least, most)
    else:
        thresholds = np.full(picture.shape, min(max(otsu(picture) + moved, least), most), np.uint8)
    if resolution < 0.5:
        two = quarters_above(picture, thresholds)
    elif resolution < 0.75:
        two = above(picture, thresholds)
    else:
        two = _coarsely_above(margins(picture, thresholds), 1 - 0.5 * strength * (resolution - 0.5))
    return _mixed(picture, two, 2 * strength)


def dither(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Screen the greys into dots: in Bayer's order, or by spreading each pixel's error, as faxes do."""
    height, width = picture.shape
    if rng.random() < 0.5:
        screen = np.tile(_BAYER, (-(-height // 4), -(-width // 4)))[:height, :width]
        dots = np.where(picture > screen, np.uint8(255), np.uint8(0))
    else:
        dots = np.asarray(Image.fromarray(picture).convert("1").convert("L"))
    return _mixed(picture, dots, 0.8 * strength * between(rng, 0.5, 1))


def photocopy(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Copy the line on a bad machine: two levels with ragged edges, pepper on the paper and salt in the strokes."""
    height, ink, paper = letters_and_levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    contrast = paper - ink
    amount = 0.2 * strength * between(rng, 0.5, 1) * contrast / NOISE_DEVIATION
    rough = noise(rng, picture.shape, grain=one_of(rng, (1.0, 1.6, 2.5)))
    threshold = ink + contrast * (0.5 + between(rng, -0.12, 0.16) * strength)
    two = roughly_above(soften(picture, height / 30), rough, amount, threshold)
    return _mixed(picture, two, min(1.0, 2 * strength))


def _coarsely_above(apart: Picture, scale: float) -> Picture:
    """Where a smaller copy of margins lies above 128, enlarged again."""
    rows, columns = apart.shape
    small = resized(apart, (max(1, round(columns * scale)), max(1, round(rows * scale))), _KERNELS.BILINEAR)
    return resized(looked_up(small, _BRIGHT), (columns, rows), _KERNELS.BICUBIC)


def _mixed(picture: Picture, two: Picture, share: float) -> Picture:
    """A blend that is all of the second from a strength of a half on."""
    return blended(picture, two, min(1.0, share))
