"""What scanner, copier and file format do: noise, low resolution, sharpening, levels, compression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import compressed, looked_up, sharpened, with_noise
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise
from ocrkit.drawing.degradations.picture import GREYS, LEAST_CONTRAST, detail_height, levels, resized, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["bleach", "compress", "grain", "invert", "resample", "sharpen", "speckle"]

_KERNELS = Image.Resampling
_DOWN = (_KERNELS.BOX, _KERNELS.BILINEAR, _KERNELS.HAMMING, _KERNELS.BICUBIC, _KERNELS.LANCZOS)
_UP = (_KERNELS.NEAREST, _KERNELS.BILINEAR, _KERNELS.BICUBIC, _KERNELS.LANCZOS)
# Small letters of book type are 6 points high, of 72 to the inch.
_LETTER_INCHES = 6 / 72
_WORST_DPI = 90


def resample(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Scan at down to 90 dots an inch, by one of five kernels, and enlarge again, by one of four."""
    height, width = picture.shape
    reach = min(1.0, 1.4 * strength * between(rng, 0.7, 1))
    down, up = one_of(rng, _DOWN), one_of(rng, _UP)
    # Letters 10 to 20 px high are at 120 to 240 dots an inch.
    scale = 1 - reach * (1 - _LETTER_INCHES * _WORST_DPI / detail_height(picture))
    # A picture that is hardly smaller is the same, but for columns that are doubled or lost.
    if scale > 0.95:
        return picture
    scanned = resized(picture, (max(1, round(width * scale)), max(1, round(height * scale))), down)
    return resized(scanned, (width, height), up)


def grain(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Add the noise of the sensor: normal, of up to 24 grey levels of deviation, fine or some pixels wide."""
    amount = between(rng, 3, 24) * strength / NOISE_DEVIATION
    return with_noise(picture, noise(rng, picture.shape, grain=one_of(rng, (1.0, 1.6))), amount)


def speckle(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Scatter dust and gaps: dots of one to three px, dark or light, on up to 1 % of the places."""
    height, width = picture.shape
    dots = int(rng.poisson(picture.size * 0.01 * strength * rng.random() ** 2))
    if not dots:
        return picture
    spoilt = picture.copy()
    rows, columns = rng.integers(0, height, dots), rng.integers(0, width, dots)
    greys = np.where(rng.random(dots) < 0.6, rng.integers(0, 120, dots), rng.integers(200, 256, dots))
    spoilt[rows, columns] = greys
    larger = rng.random(dots) < 0.3
    spoilt[np.minimum(rows[larger] + 1, height - 1), columns[larger]] = greys[larger]
    spoilt[rows[larger], np.minimum(columns[larger] + 1, width - 1)] = greys[larger]
    return spoilt


def bleach(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Stretch the contrast as archives do: what is nearly paper becomes white, and with it the faintest strokes."""
    ink, paper = levels(picture)
    if paper - ink < LEAST_CONTRAST:
        return picture
    white = paper - (paper - ink) * 0.4 * strength * rng.random()
    black = ink + (paper - ink) * 0.5 * strength * between(rng, -1, 0.3)
    # Part of the way only at part of the strength: the greys between stay where they were.
    table = np.minimum(np.maximum((GREYS - black) * (255 / (white - black)), 0), 255)
    share = min(1.0, 3 * strength)
    stretched: Picture = (share * table + (1 - share) * GREYS + 0.5).astype(np.uint8)
    return looked_up(picture, stretched)


def sharpen(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Sharpen as scanners do, too much: strokes get bright rims, and noise grows."""
    radius = between(rng, 0.6, 2)
    return sharpened(picture, soften(picture, radius), 2.2 * strength * between(rng, 0.5, 1))


def compress(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Store the line as JPEG, at a quality of 95 down to 15."""
    return compressed(picture, round(95 - 80 * strength * between(rng, 0.2, 1)))


def invert(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Show light letters on dark, as headings and negatives do, with a chance of ``strength``."""
    return 255 - picture if rng.random() < strength else picture
