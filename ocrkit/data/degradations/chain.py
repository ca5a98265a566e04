"""What printing, paper, scanner and file format do to a line, as functions of (H, W) uint8 pictures.

Each takes a picture (255 paper, 0 ink), a generator, and a strength from 0 (next to nothing) to 1 (the worst that
is still legible), draws from that generator alone, and returns another picture.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Degradation = Callable[[Picture, np.random.Generator, float], Picture]

__all__ = [
    "blur",
    "compress",
    "crop",
    "degrade",
    "fade",
    "grain",
    "resample",
    "rotate",
    "shade",
    "slant",
    "speckle",
    "thicken",
    "thin",
]

_BICUBIC, _BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR


def slant(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lean the letters by up to 0.35 px a px, to either side, as italics and hasty typesetting do."""
    lean = rng.uniform(-0.35, 0.35) * strength
    height, width = picture.shape
    room = int(np.ceil(abs(lean) * height))
    shift = -lean * height if lean > 0 else 0.0
    return _transform(picture, (width + room, height), (1.0, lean, shift, 0.0, 1.0, 0.0))


def rotate(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Turn the line by up to 2 degrees, less for a long line, as a page laid askew is."""
    height, width = picture.shape
    most = min(np.radians(2.0), 0.5 * height / width)
    angle = rng.uniform(-most, most) * strength
    tangent = float(np.tan(angle))
    room = int(np.ceil(abs(tangent) * width))
    # At so small an angle a vertical shear is a rotation within a hundredth of a px, and keeps the width.
    shift = -tangent * width if tangent > 0 else 0.0
    return _transform(picture, (width, height + room), (1.0, 0.0, 0.0, tangent, 1.0, shift))


def thicken(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the ink spread by up to a pixel."""
    return _blend(picture, _extreme(picture, np.minimum), rng.uniform(0.2, 0.9) * strength)


def thin(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the paper win back up to half a pixel, as worn type and overexposure do."""
    return _blend(picture, _extreme(picture, np.maximum), rng.uniform(0.1, 0.5) * strength)


def crop(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Move each edge in or out by up to an eighth of the height, inwards through empty margins alone."""
    reach = max(1, round(picture.shape[0] * 0.125 * strength))
    moves = rng.integers(-reach, reach + 1, 4)
    rows, columns = np.flatnonzero(picture.min(axis=1) < 128), np.flatnonzero(picture.min(axis=0) < 128)
    if not rows.size:
        return picture
    room = (rows[0], picture.shape[0] - 1 - rows[-1], columns[0], picture.shape[1] - 1 - columns[-1])
    top, bottom, left, right = (max(int(move), -int(space)) for move, space in zip(moves, room, strict=True))
    cut = picture[max(0, -top) : picture.shape[0] - max(0, -bottom), max(0, -left) : picture.shape[1] - max(0, -right)]
    return np.pad(cut, ((max(0, top), max(0, bottom)), (max(0, left), max(0, right))), mode="edge")


def resample(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Scan at down to two fifths of the resolution, and enlarge again."""
    height, width = picture.shape
    factor = 1 - 0.6 * strength * rng.uniform(0.2, 1)
    # Under 18 px no script with stacked letters can be read.
    small = max(min(18, height), round(height * factor))
    image = Image.fromarray(picture).resize((max(1, round(width * small / height)), small), _BILINEAR)
    return np.asarray(image.resize((width, height), _BICUBIC))


def blur(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Put the lens out of focus, by up to 1.4 px of deviation on a line 40 px high."""
    radius = (0.2 + 1.2 * rng.random()) * strength * picture.shape[0] / 40
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))


def fade(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Grey the ink and darken the paper: at the worst a contrast of about a third."""
    ink, paper = 110 * strength * rng.random(), 255 - 70 * strength * rng.random()
    steps = np.linspace(0, 1, 256) ** rng.uniform(1 - 0.4 * strength, 1 + strength)
    levels: Picture = (ink + (paper - ink) * steps).astype(np.uint8)
    return levels[picture]


def shade(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Light the line unevenly: smooth shadows that take up to half of the light."""
    height, width = picture.shape
    coarse = (255 * (1 - 0.5 * strength * rng.random((2, max(2, width // (4 * height) + 2))))).astype(np.uint8)
    light: Picture = np.asarray(Image.fromarray(coarse).resize((width, height), _BILINEAR))
    return np.multiply(picture, light / np.float32(255)).astype(np.uint8)


def grain(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Add the noise of paper and sensor: normal, of up to 24 grey levels, some of it coarser than a pixel."""
    height, width = picture.shape
    coarse = int(rng.integers(1, 3))
    shape = (-(-height // coarse), -(-width // coarse))
    noise = rng.standard_normal(shape, dtype=np.float32) * np.float32(rng.uniform(3, 24) * strength)
    if coarse > 1:
        noise = noise.repeat(coarse, axis=0).repeat(coarse, axis=1)[:height, :width]
    noisy: Picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return noisy


def speckle(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Scatter dust and gaps: dots of one to three px, dark or light, on up to 1 % of the places."""
    height, width = picture.shape
    dots = int(rng.poisson(picture.size * 0.01 * strength * rng.random() ** 2))
    spoilt = picture.copy()
    rows, columns = rng.integers(0, height, dots), rng.integers(0, width, dots)
    greys = np.where(rng.random(dots) < 0.6, rng.integers(0, 120, dots), rng.integers(200, 256, dots))
    spoilt[rows, columns] = greys
    larger = rng.random(dots) < 0.3
    spoilt[np.minimum(rows[larger] + 1, height - 1), columns[larger]] = greys[larger]
    spoilt[rows[larger], np.minimum(columns[larger] + 1, width - 1)] = greys[larger]
    return spoilt


def compress(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Store the line as JPEG, at a quality of 90 down to 15."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=round(90 - 75 * strength * rng.random()))
    with Image.open(buffer) as image:
        return np.asarray(image)


# In the order in which they come about, each with its chance at full strength.
_CHAIN: tuple[tuple[Degradation, float], ...] = (
    (slant, 0.3), (rotate, 0.3), (thicken, 0.35), (thin, 0.15), (crop, 0.5), (resample, 0.35), (blur, 0.5), (fade, 0.6),
    (shade, 0.25), (grain, 0.5), (speckle, 0.25), (compress, 0.25),
)  # fmt: skip


def degrade(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Apply a random few of all these, one after another; a strength of 0 leaves the picture as it is.

    Args:
        picture: (H, W) uint8, 255 for paper.
        rng: the only source of chance.
        strength: 0 to 1; both the chance of each degradation and how far it goes.
    """
    if strength <= 0:
        return picture
    chance = min(1.0, 0.4 + 0.8 * strength)
    for function, likelihood in _CHAIN:
        if rng.random() < likelihood * chance:
            picture = function(picture, rng, strength * rng.uniform(0.3, 1.0))
    return picture


def _transform(picture: Picture, size: tuple[int, int], matrix: tuple[float, ...]) -> Picture:
    paper = int(picture.max())
    image = Image.fromarray(picture)
    return np.asarray(image.transform(size, Image.Transform.AFFINE, matrix, _BICUBIC, fillcolor=paper))


def _extreme(picture: Picture, of: np.ufunc) -> Picture:
    """The darkest or lightest of each pixel and its four neighbours."""
    result = picture.copy()
    of(result[1:], picture[:-1], out=result[1:])
    of(result[:-1], picture[1:], out=result[:-1])
    of(result[:, 1:], picture[:, :-1], out=result[:, 1:])
    of(result[:, :-1], picture[:, 1:], out=result[:, :-1])
    return result


def _blend(first: Picture, second: Picture, share: float) -> Picture:
    return np.asarray(Image.blend(Image.fromarray(first), Image.fromarray(second), share))
