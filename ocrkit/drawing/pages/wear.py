"""What befalls a whole page's picture: press, paper, lamp, scanner and file; nothing of it moves a line.

Each step knows how high small letters are, where those for lines measure them on the picture, which a page's is too
large for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import (
    above,
    compressed,
    darkened,
    lightened,
    lit,
    looked_up,
    paled,
    roughly_above,
    sauvola,
    sharpened,
    textured,
    with_noise,
)
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import GREYS, curve, resized, soften

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["press", "scan", "tint"]

_KERNELS = Image.Resampling


def press(picture: Picture, x_height: float, rng: np.random.Generator, strength: float) -> Picture:
    """Let ink spread or fail, evenly and in patches; black on white comes in, and goes out."""
    if rng.random() < 0.6 * strength:
        reach = strength * between(rng, 0.3, 1)
        middle = 0.5 + 0.3 * reach
        table = curve(0, 255, middle=middle, width=1.3 * (1 - middle))
        picture = darkened(picture, soften(picture, 0.07 * reach * x_height), table)
    elif rng.random() < 0.3 * strength:
        reach = strength * between(rng, 0.3, 1)
        table = curve(0, 255, middle=0.5 - 0.22 * reach, width=1 - 0.3 * reach)
        picture = lightened(picture, soften(picture, 0.04 * reach * x_height), table)
    if rng.random() < 0.3 * strength:
        reach = strength * between(rng, 0.4, 1)
        bare = noise(rng, picture.shape, grain=one_of(rng, (1.6, 2.5, 4.0)))
        softer = with_noise(soften(picture, 0.03 * x_height), bare, 70 * reach / NOISE_DEVIATION)
        picture = lightened(picture, softer, curve(0, 255, middle=0.5, width=1 - 0.6 * reach))
    if rng.random() < 0.5 * strength:
        hills = surface(rng, picture.shape, cell=between(rng, 4, 40) * x_height)
        picture = paled(picture, hills, 255, 0.65 * strength * between(rng, 0.3, 1) / 175)
    return picture


def tint(picture: Picture, x_height: float, rng: np.random.Generator, strength: float) -> Picture:
    """Give paper and ink their greys, and the paper clouds, fibres and stains."""
    ink, paper = 0.0, 255.0
    if rng.random() < 0.75 * min(1.0, 1.5 * strength):
        paper = between(rng, 255 - 110 * strength, 253)
        ink = between(rng, 0, 0.4 * strength + 0.15) * paper
    picture = looked_up(picture, (ink + (paper - ink) * GREYS / 255).astype(np.uint8))
    if rng.random() < 0.5 * strength:
        amount = 9 * strength * between(rng, 0.3, 1) / NOISE_DEVIATION
        height, width = picture.shape
        fine = noise(rng, picture.shape, grain=one_of(rng, (1.6, 2.5, 4.0)))
        fibres = noise(rng, (height, width // 3 + 1), grain=2.5)
        picture = textured(picture, fine, amount, fibres, amount * rng.random(), strength * between(rng, 0, 12))
    if rng.random() < 0.35 * strength:
        hills = surface(rng, picture.shape, cell=between(rng, 6, 50) * x_height)
        border = rng.integers(110, 220)
        share = np.minimum(np.maximum((GREYS - border) / between(rng, 8, 90), 0), 1)
        table = (255 * (1 - 0.45 * strength * between(rng, 0.2, 1) * share)).astype(np.uint8)
        picture = lit(picture, hills, table)
    if rng.random() < 0.5 * strength:
        # The lamp: one side of the page is darker than the other.
        hills = surface(rng, picture.shape, cell=between(rng, 0.6, 2) * max(picture.shape))
        table = (255 - (255 - GREYS) * 0.5 * strength * between(rng, 0.1, 1)).astype(np.uint8)
        picture = lit(picture, hills, table)
    return picture


def scan(
    picture: Picture, x_height: float, rng: np.random.Generator, strength: float, text: NDArray[np.bool_]
) -> Picture:
    """Blur, noise, few dots an inch, two levels, sharpening and JPEG; thresholds leave most of ``text`` dark."""
    if rng.random() < 0.7 * strength:
        picture = soften(picture, between(rng, 0.01, 0.1) * x_height * (0.5 + strength))
    if rng.random() < 0.5 * strength:
        amount = between(rng, 2, 18) * strength / NOISE_DEVIATION
        picture = with_noise(picture, noise(rng, picture.shape, grain=one_of(rng, (1.0, 1.6))), amount)
    if rng.random() < 0.2 * strength:
        picture = sharpened(picture, soften(picture, between(rng, 0.6, 2)), 2.0 * strength * between(rng, 0.3, 1))
    if rng.random() < 0.45 * strength:
        height, width = picture.shape
        scale = between(rng, max(0.4, 4.5 / x_height), 1.0)
        if scale < 0.95:
            down = one_of(rng, (_KERNELS.BOX, _KERNELS.BILINEAR, _KERNELS.BICUBIC, _KERNELS.LANCZOS))
            small = resized(picture, (round(width * scale), round(height * scale)), down)
            up = one_of(rng, (_KERNELS.NEAREST, _KERNELS.BILINEAR, _KERNELS.BICUBIC))
            picture = resized(small, (width, height), up)
    if rng.random() < 0.5 * min(1.0, 1.4 * strength):
        picture = _two_levels(picture, x_height, rng, text)
    if rng.random() < 0.35 * strength:
        picture = _dust(picture, rng, strength)
    if rng.random() < 0.4 * strength:
        picture = compressed(picture, round(92 - 70 * strength * between(rng, 0.1, 1)))
    return picture


def _two_levels(picture: Picture, x_height: float, rng: np.random.Generator, text: NDArray[np.bool_]) -> Picture:
    """Black and white, by one threshold, by one for each place, or as a bad copier has it; softened again at times."""
    paper = float(np.percentile(picture[::7, ::7], 70))
    inked = picture[text]
    # Of faint text too, whatever is darker beside it.
    ink = float(np.percentile(inked[::3], 40)) if inked.size else 0.0
    threshold = ink + (paper - ink) * between(rng, 0.3, 0.75)
    lighter = picture[::5, ::5][~text[::5, ::5] & (picture[::5, ::5] > ink)]
    if lighter.size:
        # Nor does paper turn to ink, but for a few specks.
        threshold = min(threshold, float(np.percentile(lighter, 6)))
    kind = rng.random()
    if paper - ink < 24:
        return picture
    if kind < 0.4:
        two = above(picture, np.full(picture.shape, round(threshold), np.uint8))
    elif kind < 0.7:
        reach = max(4, round(2.5 * x_height))
        limits = (ink + 0.3 * (paper - ink), ink + 0.85 * (paper - ink))
        two = above(picture, sauvola(picture, reach, between(rng, -0.05, 0.08) * (paper - ink), *limits))
    else:
        amount = between(rng, 0.03, 0.15) * (paper - ink) / NOISE_DEVIATION
        rough = noise(rng, picture.shape, grain=one_of(rng, (1.0, 1.6, 2.5)))
        two = roughly_above(picture, rough, amount, threshold)
    return soften(two, between(rng, 0.4, 0.8)) if rng.random() < 0.6 else two


def _dust(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Dots of one to three px, dark and light."""
    height, width = picture.shape
    dots = int(rng.poisson(picture.size * 0.002 * strength * rng.random() ** 2))
    if not dots:
        return picture
    spoilt = picture.copy()
    rows, columns = rng.integers(0, height - 1, dots), rng.integers(0, width - 1, dots)
    greys = np.where(rng.random(dots) < 0.7, rng.integers(0, 120, dots), rng.integers(200, 256, dots)).astype(np.uint8)
    for down, across in ((0, 0), (0, 1), (1, 0)):
        kept = slice(None) if not (down or across) else rng.random(dots) < 0.4
        spoilt[rows[kept] + down, columns[kept] + across] = greys[kept]
    return spoilt
