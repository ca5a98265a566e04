"""What paper brings: its own texture, stains, the print of its other side, marks that others left on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import paper_level, soften

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["show_through", "stain", "texture", "watermark"]


def texture(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Give the paper fibres and clouds, in fine and coarse grain, of up to 14 grey levels of deviation."""
    height, width = picture.shape
    amount = 10 * strength * rng.uniform(0.5, 1) / NOISE_DEVIATION
    fine = noise(rng, picture.shape, grain=rng.choice((1.6, 2.5, 4.0)))
    # Fibres lie along the paper's run: the same noise, drawn out threefold.
    fibres = noise(rng, (height, width // 3 + 1), grain=2.5).repeat(3, axis=1)[:, :width]
    rough = fine * np.float32(amount) + fibres * np.float32(amount * rng.uniform(0, 1))
    rough -= np.float32(strength * rng.uniform(0, 20))
    textured: Picture = np.clip(picture + rough, 0, 255).astype(np.uint8)
    return textured


def stain(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Soak patches of the paper: foxing, damp and thumbs, which take up to 45 % of the light."""
    hills = surface(rng, picture.shape, cell=max(4.0, picture.shape[0] * rng.uniform(0.4, 2)))
    border = rng.integers(120, 200)
    # A patch is a hill's upper part; its rim may be sharp, as dried water has it, or fade out.
    share = np.clip((np.arange(256) - border) / rng.uniform(8, 90), 0, 1)
    table = (255 * (1 - 0.45 * strength * rng.uniform(0.2, 1) * share)).astype(np.uint8)
    return _multiplied(picture, table[hills])


def show_through(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Let the back of the page be seen: mirrored lines, blurred, at up to 45 % of the ink."""
    height, width = picture.shape
    paper = paper_level(picture)
    back = np.roll(picture[:, ::-1], (rng.integers(height), rng.integers(width)), (0, 1))
    back = soften(back, rng.uniform(0.5, 1.6) * max(0.5, height / 40))
    share = 0.45 * strength * rng.uniform(0.5, 1)
    table = np.clip(255 - share * (paper - np.arange(256)), 0, 255).astype(np.uint8)
    return _multiplied(picture, table[back])


def watermark(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Lay a library's faint mark or a stamp over the line: rings, or large letters, at up to 40 % of the ink."""
    height, width = picture.shape
    mark = _rings(rng, (width, height)) if rng.random() < 0.5 else _large_letters(picture, rng)
    grey = round(255 * (1 - 0.4 * strength * rng.uniform(0.5, 1)))
    faint = np.where(mark < 128, np.uint8(grey), np.uint8(255))
    if rng.random() < 0.4:
        # Stamps and screened marks are no even grey.
        faint[noise(rng, picture.shape, grain=1.6) > 10] = 255
    return _multiplied(picture, faint)


def _rings(rng: np.random.Generator, size: tuple[int, int]) -> Picture:
    """Two rings about a point somewhere, larger than the line is high."""
    width, height = size
    mark = Image.new("L", size, 255)
    draw = ImageDraw.Draw(mark)
    x, y = rng.uniform(0, width), rng.uniform(-height, 2 * height)
    radius = height * rng.uniform(1, 3)
    for share in (1.0, rng.uniform(0.6, 0.9)):
        reach = radius * share
        thickness = max(1, round(height * rng.uniform(0.03, 0.25)))
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=0, width=thickness)
    return np.asarray(mark)


def _large_letters(picture: Picture, rng: np.random.Generator) -> Picture:
    """A piece of the line itself, two to four times as large, aslant."""
    height, width = picture.shape
    scale = rng.uniform(0.25, 0.5)
    lean = rng.uniform(-0.6, 0.6) * scale
    matrix = (scale, lean, rng.uniform(0, width * (1 - scale)), -lean, scale, rng.uniform(0.1, 0.5) * height)
    image = Image.fromarray(picture)
    paper = paper_level(picture)
    mark = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=paper)
    large = np.asarray(mark)
    return np.where(large < paper / 2, np.uint8(0), np.uint8(255))


def _multiplied(picture: Picture, light: Picture) -> Picture:
    return np.asarray(ImageChops.multiply(Image.fromarray(picture), Image.fromarray(light)))
