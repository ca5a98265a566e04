"""What words in a scene look like: letters of any grey on a ground of any grey, seen aslant and cut out tightly."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from ocrkit._drawing import columns_shifted
from ocrkit.drawing.chance import between, generator, one_of
from ocrkit.drawing.degradations.chain import DEGRADATIONS, check_names, plan
from ocrkit.drawing.degradations.fields import NOISE_DEVIATION, noise, surface
from ocrkit.drawing.degradations.picture import ink_box, letter_height

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["LEAST_LETTERS", "see"]

# Grey levels between letters and ground at full strength; more where it is less.
LEAST_LETTERS = 40
_SHAPES = frozenset({"slant", "curl", "rotate"})  # of the letters, before there is a ground


def see(picture: Picture, rng: np.random.Generator, strength: float, without: frozenset[str] = frozenset()) -> Picture:
    """Put the letters on a sign and look at it through a camera.

    Args:
        picture: (H, W) uint8, dark letters on white.
        rng: the only source of chance.
        strength: 0 (seen straight on, sharp) to 1: how far the sign is turned, how faint and how worn it is.
        without: names of degradations to leave out; the others stay as they are.

    Raises:
        UnknownNameError: a name of ``without`` is no degradation.
    """
    check_names(without)
    turned, seed = rng.random() < 0.5, int(rng.integers(1 << 62))
    planned = [one for one in plan(rng, strength, "scene") if one.name not in without]
    for one in planned:
        if one.name in _SHAPES:
            picture = DEGRADATIONS[one.name](picture, generator(one.seed), one.amount)
    picture = _painted(_cut_out(_aslant(picture, rng, strength), rng), generator(seed), strength)
    for one in planned:
        if one.name not in _SHAPES:
            picture = DEGRADATIONS[one.name](picture, generator(one.seed), one.amount)
    # Light letters are dark ones turned, last of all: what wears letters knows dark ones.
    return 255 - picture if turned else picture


def _aslant(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Bend the line into an arc, and turn the sign, about all three axes, by up to some 12 degrees."""
    height, width = picture.shape
    if rng.random() < 0.25 * min(1.0, 2 * strength):
        depth = min(0.9 * height, 0.12 * width) * strength * between(rng, -1, 1)
        across = np.linspace(-1, 1, width)
        falls = depth * (1 - across**2)
        picture = columns_shifted(picture, falls - max(0.0, depth), height + ceil(abs(depth)), 255)
    if rng.random() > 0.7 * min(1.0, 2 * strength):
        return picture
    height, width = picture.shape
    room = max(2, height // 5)
    padded = np.pad(picture, room, constant_values=255)
    high, wide = padded.shape
    turn = min(0.45 * height, 0.16 * width) * strength * rng.random()
    near = 0.3 * height * strength * rng.random()
    lean = 0.3 * height * strength * rng.random()
    # The corners of what is seen, anticlockwise from the upper left one, lie beyond those of the picture, so that no
    # letter is lost: two opposite ones farther up and down turn it, two of one end make that one smaller, and so on.
    ups = turn * np.array(one_of(rng, ((1, 0, 1, 0), (0, 1, 0, 1)))) + near * np.array(
        one_of(rng, ((1, 1, 0, 0), (0, 0, 1, 1)))
    )
    outs = lean * np.array(one_of(rng, ((1, 0, 1, 0), (0, 1, 0, 1))))
    corners = np.array(((0, 0), (0, high), (wide, high), (wide, 0)))
    beyond = np.stack((outs, ups), axis=1) * ((-1, -1), (-1, 1), (1, 1), (1, -1))
    seen = Image.fromarray(padded).transform(
        (wide + ceil(lean), high + ceil(turn + near / 2)),
        Image.Transform.QUAD,
        (corners + beyond).ravel().tolist(),
        resample=Image.Resampling.BILINEAR,
        fillcolor=255,
    )
    return np.asarray(seen)


def _cut_out(picture: Picture, rng: np.random.Generator) -> Picture:
    """The letters with next to nothing about them, or up to a third of their height."""
    box = ink_box(picture)
    if box is None:
        return picture
    top, bottom, left, right = box
    if 2 * (bottom - top) < picture.shape[0]:
        return picture  # its place in the line tells a comma from an apostrophe
    reach = (bottom - top) * (0.33 if rng.random() < 0.3 else 0.12)
    margins = [1 + int(reach * place) for place in rng.random(4).tolist()]
    letters = picture[top:bottom, left:right]
    return np.pad(letters, (margins[:2], margins[2:]), constant_values=255)


def _painted(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Dark letters of some grey on a lighter ground, with what may lie between: an outline, a shadow."""
    ink = (255 - picture).astype(np.float32) / 255
    height = letter_height(picture)
    least = 100 - (100 - LEAST_LETTERS) * strength
    contrast = least + (255 - least) * rng.random() ** 0.7
    level = between(rng, contrast, 255)
    ground = _ground(rng, picture.shape, level, contrast)
    kind = rng.random()
    reach = max(1.0, height / 12)
    if kind < 0.16:
        down, right = (round(reach * between(rng, 0.6, 2)) * one_of(rng, (-1, 1)) for _ in range(2))
        room = max(abs(down), abs(right))
        shadow = np.pad(ink, room)[room - down :, room - right :][: ink.shape[0], : ink.shape[1]]
        ground += shadow * (_between_or_lighter(rng, level, contrast) - ground)
    elif kind < 0.3:
        wide = Image.fromarray(255 - picture).filter(ImageFilter.MaxFilter(3 if reach < 2 else 5))
        outline = np.asarray(wide.filter(ImageFilter.BoxBlur(0.5))).astype(np.float32) / 255
        ground += outline * (_between_or_lighter(rng, level, contrast) - ground)
    letters: NDArray[np.float32] | float = level - contrast
    if rng.random() < 0.2:
        letters = letters + 0.35 * contrast * _slope(rng, picture.shape)
    ground += ink * (letters - ground)
    painted: Picture = np.clip(ground + 0.5, 0, 255).astype(np.uint8)
    return painted


def _ground(rng: np.random.Generator, shape: tuple[int, int], level: float, contrast: float) -> NDArray[np.float32]:
    """The ground that the letters stand on: even, sloping, cloudy or rough, now and then with an edge across it."""
    ground = np.full(shape, level, np.float32)
    room = 0.35 * contrast
    kind = rng.random()
    if 0.35 <= kind < 0.6:
        ground -= room * rng.random() * _slope(rng, shape)
    elif kind >= 0.6:
        hills = surface(rng, shape, cell=max(3.0, shape[0] * between(rng, 0.15, 1.2)))
        ground -= (room * rng.random() / 255) * hills.astype(np.float32)
    if kind >= 0.8:
        rough = noise(rng, shape, grain=one_of(rng, (1.6, 2.5, 4.0, 6.5)))
        ground += (0.2 * room * rng.random() / NOISE_DEVIATION) * rough
    if rng.random() < 0.25:
        _draw_edge(ground, rng, between(rng, level - 0.5 * contrast, 255))
    return ground


def _draw_edge(ground: NDArray[np.float32], rng: np.random.Generator, grey: float) -> None:
    """End the sign, or draw the line about it, near one edge of the picture, along it or somewhat aslant."""
    turned = one_of(rng, (ground, ground[::-1], ground.T, ground[:, ::-1].T))
    height, width = turned.shape
    place = min(0.14 * height, 0.14 * ground.shape[0]) * rng.random()
    begin = place + between(rng, -0.08, 0.08) * ground.shape[0] * np.linspace(-1, 1, width, dtype=np.float32)
    rows = np.arange(height, dtype=np.float32)[:, None]
    inside = np.clip(rows - begin, 0, 1)
    if rng.random() < 0.5:
        inside = np.maximum(inside, np.clip(begin - max(1.0, 0.06 * ground.shape[0]) - rows, 0, 1))
    turned += (1 - inside) * (np.float32(grey) - turned)


def _between_or_lighter(rng: np.random.Generator, level: float, contrast: float) -> float:
    """A grey that can be told from the letters: between them and the ground, or beyond the ground."""
    if rng.random() < 0.5 and level < 235:
        return between(rng, level, 255)
    return level - contrast * between(rng, 0.1, 0.5)


def _slope(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """From 0 to 1 across the picture, down or aslant."""
    down, right = rng.random(2) ** 2
    rows = np.linspace(0, down / (down + right), shape[0], dtype=np.float32)[:: one_of(rng, (-1, 1)), None]
    return rows + np.linspace(0, right / (down + right), shape[1], dtype=np.float32)[:: one_of(rng, (-1, 1))]
