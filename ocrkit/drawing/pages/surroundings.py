"""What comes onto a page's picture from elsewhere: the print of its other side, the page beside, dark borders, dirt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from ocrkit._drawing import lit
from ocrkit.drawing.chance import between
from ocrkit.drawing.degradations.fields import surface
from ocrkit.drawing.degradations.picture import GREYS, soften
from ocrkit.drawing.pages.furniture import crest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["Margins", "add_border", "add_dirt", "add_folds", "add_neighbour", "add_watermark", "show_other_side"]

_SEEN = 14  # grey levels by which the other side's ink must darken the paper to count


class Margins(NamedTuple):
    """Px at each side of a picture that no line of the page reaches into."""

    left: int
    top: int
    right: int
    bottom: int


def show_other_side(
    picture: Picture, other: NDArray[np.bool_], x_height: float, rng: np.random.Generator, strength: float
) -> Picture:
    """Let the back of the page be seen, mirrored and blurred; where it is, ``other`` becomes True."""
    height, width = picture.shape
    by = (int(rng.integers(height)), int(rng.integers(-width // 4, width // 4 + 1)))
    back = soften(np.roll(picture[:, ::-1], by, (0, 1)), between(rng, 0.04, 0.16) * x_height)
    share = 0.5 * strength * between(rng, 0.2, 1)
    table = np.minimum(np.maximum(255 - share * (255 - GREYS), 0), 255).astype(np.uint8)
    other |= (255 - back.astype(np.int16)) * share > _SEEN
    return lit(picture, back, table)


def add_border(picture: Picture, other: NDArray[np.bool_], margins: Margins, rng: np.random.Generator) -> Picture:
    """Dark what lies beyond the paper at some sides, up to the text; a straight or ragged edge, aslant."""
    height, width = picture.shape
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for side, room in enumerate(margins):
        long = height if side % 2 == 0 else width
        if room < 4 or rng.random() < 0.45:
            continue
        points = int(rng.integers(2, 12))
        most = room * between(rng, 0.1, 0.85)
        depth = most * (1 - 0.4 * rng.random(points)) if rng.random() < 0.6 else np.full(points, most)
        along = np.linspace(0, long, points)
        edge = [(0, 0), *zip(along.tolist(), depth.tolist(), strict=True), (long, 0)]
        draw.polygon([_turned(point, side, width, height) for point in edge], fill=255)
    dark = np.asarray(mask)
    other |= dark > 0
    shade = np.uint8(rng.integers(0, 70)) if rng.random() < 0.8 else np.uint8(rng.integers(70, 150))
    return np.where(dark > 0, np.minimum(picture, shade), picture)


def add_neighbour(picture: Picture, other: NDArray[np.bool_], margins: Margins, rng: np.random.Generator) -> Picture:
    """The edge of the page beside, cut off by the picture's: ends of its lines, and the shadow between."""
    height, width = picture.shape
    right = rng.random() < 0.5
    room = margins.right if right else margins.left
    wide = round(room * between(rng, 0.2, 0.7))
    if wide < 6:
        return picture
    # Its lines end where this page's begin.
    inner = (
        picture[:, margins.left : margins.left + wide]
        if right
        else picture[:, width - margins.right - wide : width - margins.right]
    )
    if inner.shape[1] != wide:
        return picture
    strip = np.roll(inner, int(rng.integers(height)), 0)
    found, part = picture.copy(), slice(width - wide, width) if right else slice(0, wide)
    found[:, part] = np.minimum(found[:, part], strip)
    other[:, part] |= strip < 160
    if rng.random() < 0.7:
        at = width - wide - 2 if right else wide
        shade = np.uint8(rng.integers(0, 180))
        thick = int(rng.integers(1, 4))
        found[:, at : at + thick] = np.minimum(found[:, at : at + thick], shade)
        other[:, at : at + thick] = True
    return found


def add_dirt(
    picture: Picture, other: NDArray[np.bool_], x_height: float, rng: np.random.Generator, strength: float
) -> Picture:
    """Blots, punched holes, scratches and hairs, and clouds of specks near an edge."""
    height, width = picture.shape
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(int(rng.poisson(4 * strength))):
        x, y = rng.random() * width, rng.random() * height
        reach = between(rng, 0.1, 1.0) * x_height * between(rng, 0.3, 1.2)
        if rng.random() < 0.6:
            draw.ellipse((x - reach, y - reach * between(rng, 0.4, 1.6), x + reach, y + reach), fill=255)
        else:
            steps = np.cumsum(rng.normal(0, 2.0 * x_height, (6, 2)), axis=0) + np.array([x, y])
            draw.line([tuple(point) for point in steps.tolist()], fill=255, width=max(1, round(0.1 * x_height)))
    if rng.random() < 0.2 * strength:
        _punch(draw, (width, height), x_height, rng)
    if rng.random() < 0.15 * strength:
        _stamp(draw, (width, height), x_height, rng)
    found = np.asarray(mask) > 0
    if rng.random() < 0.25 * strength:
        hills = surface(rng, picture.shape, cell=between(rng, 5, 30) * x_height)
        away = np.minimum.outer(
            np.minimum(np.arange(height), np.arange(height)[::-1]), np.minimum(np.arange(width), np.arange(width)[::-1])
        )
        dense = np.clip(1 - away / (between(rng, 4, 14) * x_height), 0, 1) * (hills / 255.0) ** 2
        specks = rng.random((height // 2 + 1, width // 2 + 1)) < 0.25
        found |= np.kron(specks, np.ones((2, 2), bool))[:height, :width] & (dense > between(rng, 0.1, 0.4))
    if not found.any():
        return picture
    other |= found
    return np.where(found, np.minimum(picture, np.uint8(rng.integers(0, 120))), picture)


def _turned(point: tuple[float, float], side: int, width: int, height: int) -> tuple[float, float]:
    """A point along a side and away from it, as x and y; sides from the left clockwise."""
    along, away = point
    return ((away, along), (along, away), (width - away, along), (along, height - away))[side]


def add_watermark(picture: Picture, other: NDArray[np.bool_], rng: np.random.Generator, strength: float) -> Picture:
    """A library's or a mill's large, faint figure behind the text."""
    height, width = picture.shape
    size = round(min(height, width) * between(rng, 0.15, 0.6))
    top, left = int(rng.integers(height - size + 1)), int(rng.integers(width - size + 1))
    light = np.full(picture.shape, 255, np.uint8)
    grey = round(255 * (1 - 0.4 * strength * between(rng, 0.2, 1)))
    light[top : top + size, left : left + size] = np.where(crest(rng, size)[:size, :size] > 0, grey, 255)
    light = soften(light, between(rng, 0.3, 2))
    other |= light < 255 - _SEEN
    return lit(picture, light, GREYS.astype(np.uint8))


def add_folds(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Creases from edge to edge, lighter and darker than the paper."""
    height, width = picture.shape
    light = np.full(picture.shape, 255, np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        level = rng.random() < 0.5
        long, wide = (width, height) if level else (height, width)
        at = between(rng, 0.1, 0.9) * wide + np.linspace(0, between(rng, -0.02, 0.02) * wide, long)
        grey = np.uint8(255 - 110 * strength * rng.random())
        for aside in range(int(rng.integers(1, 4))):
            rows = np.clip(at + aside, 0, wide - 1).astype(int)
            if level:
                light[rows, np.arange(long)] = grey
            else:
                light[np.arange(long), rows] = grey
    return lit(picture, soften(light, between(rng, 0.5, 2)), GREYS.astype(np.uint8))


def _punch(draw: ImageDraw.ImageDraw, size: tuple[int, int], x_height: float, rng: np.random.Generator) -> None:
    """Two holes at a side, or at the head."""
    width, height = size
    reach, away = between(rng, 0.8, 1.8) * x_height, between(rng, 2.5, 6) * x_height
    for share in (0.4, 0.6):
        x, y = (away, share * height) if rng.random() < 0.6 else (share * width, away)
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)


def _stamp(draw: ImageDraw.ImageDraw, size: tuple[int, int], x_height: float, rng: np.random.Generator) -> None:
    """A round or square stamp of rings and strokes that nobody can read."""
    x, y = rng.random() * size[0], rng.random() * size[1]
    reach = between(rng, 4, 10) * x_height
    thick = max(1, round(between(rng, 0.1, 0.3) * x_height))
    shape = draw.ellipse if rng.random() < 0.7 else draw.rectangle
    for share in (1.0, between(rng, 0.6, 0.85)):
        shape((x - share * reach, y - share * reach, x + share * reach, y + share * reach), outline=255, width=thick)
    for angle in np.arange(0, 2 * np.pi, 0.8 * x_height / reach).tolist():
        if rng.random() < 0.7:
            ends = [(x + share * reach * np.cos(angle), y + share * reach * np.sin(angle)) for share in (0.85, 0.93)]
            draw.line(ends, fill=255, width=thick)
