"""What paper brings: its own texture, stains, the print of its other side, marks that others left on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ocrkit._drawing import lit, looked_up, textured
from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import GREYS, paper_level, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["show_through", "stain", "texture", "watermark"]

_ALL = GREYS.astype(np.uint8)


def texture(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Give the paper fibres and clouds, in fine and coarse grain, of up to 14 grey levels of deviation."""
    height, width = picture.shape
    amount = 10 * strength * between(rng, 0.5, 1) / NOISE_DEVIATION
    fine = noise(rng, picture.shape, grain=one_of(rng, (1.6, 2.5, 4.0)))
    # Fibres lie along the paper's run: the same noise, drawn out threefold.
    fibres = noise(rng, (height, width // 3 + 1), grain=2.5)
    along, shade = amount * rng.random(), strength * between(rng, 0, 20)
    return textured(picture, fine, amount, fibres, along, shade)


def stain(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Soak patches of the paper: foxing, damp and thumbs, which take up to 45 % of the light."""
    hills = surface(rng, picture.shape, cell=max(4.0, picture.shape[0] * between(rng, 0.4, 2)))
    border = rng.integers(120, 200)
    # A patch is a hill's upper part; its rim may be sharp, as dried water has it, or fade out.
    share = np.minimum(np.maximum((GREYS - border) / between(rng, 8, 90), 0), 1)
    table = (255 * (1 - 0.45 * strength * between(rng, 0.2, 1) * share)).astype(np.uint8)
    return lit(picture, hills, table)


def show_through(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the back of the page be seen: mirrored lines, blurred, at up to 45 % of the ink."""
    height, width = picture.shape
    paper = paper_level(picture)
    back = np.roll(picture[:, ::-1], (rng.integers(height), rng.integers(width)), (0, 1))
    back = soften(back, between(rng, 0.5, 1.6) * max(0.5, height / 40))
    share = 0.45 * strength * between(rng, 0.5, 1)
    table = np.minimum(np.maximum(255 - share * (paper - GREYS), 0), 255).astype(np.uint8)
    return lit(picture, back, table)


def watermark(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lay a library's faint mark or a stamp over the line: rings, or large letters, at up to 40 % of the ink."""
    height, width = picture.shape
    mark = _rings(rng, (width, height)) if rng.random() < 0.5 else _large_letters(picture, rng)
    grey = round(255 * (1 - 0.4 * strength * between(rng, 0.5, 1)))
    faint = looked_up(mark, np.where(GREYS < 128, grey, 255).astype(np.uint8))
    if rng.random() < 0.4:
        # Stamps and screened marks are no even grey.
        faint[noise(rng, picture.shape, grain=1.6) > 10] = 255
    return lit(picture, faint, _ALL)


def _rings(rng: np.random.Generator, size: tuple[int, int]) -> Picture:
    """Two rings about a point somewhere, larger than the line is high."""
    width, height = size
    mark = Image.new("L", size, 255)
    draw = ImageDraw.Draw(mark)
    x, y = between(rng, 0, width), between(rng, -height, 2 * height)
    radius = height * between(rng, 1, 3)
    for share in (1.0, between(rng, 0.6, 0.9)):
        reach = radius * share
        thickness = max(1, round(height * between(rng, 0.03, 0.25)))
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=0, width=thickness)
    return np.asarray(mark)


def _large_letters(picture: Picture, rng: np.random.Generator) -> Picture:
    """A piece of the line itself, two to four times as large, aslant."""
    height, width = picture.shape
    scale = between(rng, 0.25, 0.5)
    lean = between(rng, -0.6, 0.6) * scale
    matrix = (scale, lean, between(rng, 0, width * (1 - scale)), -lean, scale, between(rng, 0.1, 0.5) * height)
    image = Image.fromarray(picture)
    paper = paper_level(picture)
    mark = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=paper)
    return looked_up(np.asarray(mark), np.where(paper > 2 * GREYS, 0, 255).astype(np.uint8))
