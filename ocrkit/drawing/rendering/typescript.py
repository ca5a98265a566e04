"""Letters typed one by one: at a fixed pitch, struck harder or softer, with types that lint and ink have filled."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from ocrkit._drawing import resized, soften
from ocrkit.drawing.rendering.fonts import load_font, read_cover
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.typesetting import may_be_pitched, split_clusters
from ocrkit.drawing.rendering.typewriter import pitch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.drawing.rendering.typewriter import Typewriter
    from ocrkit.text.bidi import Direction

__all__ = ["type_letters"]

# Kept of all faces: a type has about 2 kB.
_KEPT_TYPES = 16384
# Types wider than this part of the pitch are made narrower, as m and W are on a typewriter.
_WIDEST = 0.96
_ROOM = 0.3  # em, above the ascender's line and below, for what is struck off the line
# Small marks take the whole force of a stroke and come out black.
_MARKS = frozenset(".,;:'\"-_!")
_UNDERSCORE = "_"
# The sides on which these are open, where ink may close them.
_MOUTHS = {"c": "right", "C": "right", "G": "right", "e": "right", "a": "left", "s": "both", "S": "both"}
_SIDE = 0.27  # of a letter's width
_CLOSED = 0.13  # em: wider mouths are closed in part
_LITTLE = 0.6  # clogging beyond which all counters are filled


def type_letters(
    text: str,
    face: Face,
    size: int,
    typewriter: Typewriter,
    rng: np.random.Generator,
    direction: Direction | None = None,
) -> tuple[NDArray[np.uint8], int]:
    """The ink of ``text``, (H, W), its letters typed one after another, and its first row from the ascender's line."""
    clusters = split_clusters(text)
    strokes = _draw_strokes(clusters, typewriter, rng)
    looks = zip(clusters, strokes.fillings, strokes.heavy, strokes.closed, strict=True)
    types = [_type(face, size, look[0], typewriter.pitched, *look[1:], direction) for look in looks]
    pens = np.cumsum([0.0, *(one.advance for one in types)])
    room = round(_ROOM * size)
    page = np.zeros((round(1.5 * size) + 2 * room, round(pens[-1]) + 2 * room), np.uint8)
    xs = np.rint(pens[:-1] + room + strokes.aside * size).astype(int).tolist()
    ys = np.rint(room + strokes.above * size).astype(int).tolist()
    for one, x, y in zip(types, xs, ys, strict=True):
        _strike(page, one, x, y)
    inked = _inked(page, strokes, np.rint(pens + room).astype(int), room)
    for k in np.flatnonzero(strokes.again):
        over = int(rng.integers(len(types))) if strokes.again[k] == 2 else None
        one, dx, dy = _again(types[k], None if over is None else types[over], size, rng)
        _strike(inked, one, xs[k] + dx, ys[k] + dy)
    if typewriter.underlined:
        _underline(inked, clusters, pens[:-1] + room, room, (face, size, typewriter), rng)
    return inked, -room


class _Strokes(NamedTuple):
    """What is drawn for each letter of a line, (N,) each."""

    fillings: list[int]  # of the type's counters, 0 (none) to 2 (all)
    heavy: list[bool]
    closed: list[int]  # how darkly the type's mouth is closed, 0 (not) to 3
    darkness: NDArray[np.float64]
    leaning: NDArray[np.float64]  # of the darkness, from head (-) to foot
    turning: NDArray[np.float64]  # likewise from left to right
    above: NDArray[np.float64]  # em, downwards
    aside: NDArray[np.float64]
    again: NDArray[np.int64]  # 1 where the letter shows twice, 2 where it is struck over another


def _draw_strokes(clusters: Sequence[str], typewriter: Typewriter, rng: np.random.Generator) -> _Strokes:
    """Half of what a letter looks like is its type's, and the same wherever that stands; half is the stroke's own."""
    kinds, which = np.unique(clusters, return_inverse=True)
    of_types = rng.random((4, len(kinds)))[:, which]
    of_strokes = rng.random((5, len(clusters)))
    lifts = rng.standard_normal(len(kinds))[which]
    swaying = rng.standard_normal(len(clusters))
    shift = rng.standard_normal() * typewriter.lift
    marks = np.array([cluster in _MARKS for cluster in clusters])
    capitals = np.array([cluster.isupper() for cluster in clusters])
    uneven = typewriter.unevenness
    clogged = typewriter.clogging * (0.3 + 0.7 * of_types[0]) + 0.25 * typewriter.clogging * (of_strokes[0] - 0.5)
    # Letters of many loops, as Malayalam ones, would be blots.
    simple = np.array([may_be_pitched(cluster) for cluster in clusters])
    clogged = np.where(simple, clogged, np.minimum(clogged, _LITTLE))
    force = 0.6 * of_types[1] + 0.4 * of_strokes[1]
    darkness = 1 - uneven * np.where(marks, 0.1, 0.6) * (1 - force)
    # A type that is not level prints its head or its foot harder.
    leaning = 0.9 * uneven * (of_types[2] + 0.6 * of_strokes[2] - 0.8)
    turning = 0.5 * uneven * (of_types[3] + 0.6 * of_strokes[3] - 0.8)
    leaning[marks] = turning[marks] = 0
    again = np.where(of_strokes[4] < typewriter.twice, 1, 0)
    again[of_strokes[4] > 1 - typewriter.over] = 2
    # Dirt in a type's mouth stays there: all of its letters are closed alike.
    closed = np.ceil(3 * typewriter.closing * rng.random(len(kinds)) - 0.3)[which] if typewriter.closing else again * 0
    return _Strokes(
        (clogged > 0.33).astype(int) + (clogged > _LITTLE),
        ((simple & (force > 1 - 0.3 * uneven)) | (marks & (of_strokes[1] < 0.7 * uneven))).tolist(),
        closed.astype(int).tolist(),
        darkness,
        leaning,
        turning,
        typewriter.lift * lifts + np.where(capitals, shift, 0),
        typewriter.sway * swaying,
        again,
    )


class _Type(NamedTuple):
    """One letter's ink, (H, W), its left top corner from the pen and the ascender's line, and the pen's way, px."""

    mask: NDArray[np.uint8]
    x: int
    y: int
    advance: float


@lru_cache(maxsize=_KEPT_TYPES)
def _type(
    face: Face,
    size: int,
    cluster: str,
    pitched: bool,
    filling: int,
    heavy: bool,
    closed: int,
    direction: Direction | None,
) -> _Type:
    font = load_font(face, size)
    mask, x, y = draw_mask(font, cluster, direction)
    advance = font.getlength(cluster)
    if pitched:
        pitch = pitch_of(face) * size
        advance = pitch * (len(cluster) if cluster.isspace() else 1)
        if mask.shape[1] > _WIDEST * pitch:
            mask = resized(mask, mask.shape[0], round(_WIDEST * pitch), Image.Resampling.BILINEAR)
        x = round((pitch - mask.shape[1]) / 2)
    if not mask.size:
        return _Type(mask, x, y, advance)
    if closed and cluster in _MOUTHS:
        mask = _mouth_closed(mask, _MOUTHS[cluster], closed, size)
    if heavy:
        mask, x, y = _heavier(mask, 0.03 * size), x - 2, y - 2
    return _Type(_filled(mask, filling, size) if filling else mask, x, y, advance)


def _mouth_closed(mask: NDArray[np.uint8], side: str, closed: int, size: int) -> NDArray[np.uint8]:
    """The letter with ink on that side between ends that stand above each other, so that c is near to o, s to 8."""
    reach, width = round(_CLOSED * size), mask.shape[1]
    within = max(1, round(_SIDE * width))
    wide = _highest(np.pad(mask, ((2 * reach, 2 * reach), (0, 0))), reach)
    bridged = 255 - _highest(255 - wide, reach)
    ends = (bridged * np.float32(0.2 + 0.23 * closed)).astype(np.uint8)
    ends[:, within if side == "left" else 0 : width - within if side != "left" else width] = 0
    if side == "both":
        ends[:, :within] = (bridged[:, :within] * np.float32(0.2 + 0.23 * closed)).astype(np.uint8)
    return np.maximum(mask, soften(ends, max(0.6, 0.015 * size)))


def _highest(mask: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """Each pixel the darkest of those up to ``reach`` above and below it; as many rows fewer at either end."""
    highest: NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(mask, 2 * reach + 1, axis=0).max(axis=-1)
    return highest


def _heavier(mask: NDArray[np.uint8], deviation: float) -> NDArray[np.uint8]:
    """The letter struck hard, with 2 px more on each side."""
    soft = soften(np.pad(mask, 2), max(0.6, deviation)).astype(np.uint16)
    return np.minimum(soft * 9 // 5, 255).astype(np.uint8)


def _filled(mask: NDArray[np.uint8], filling: int, size: int) -> NDArray[np.uint8]:
    """The letter with ink in what it encloses, the narrowest counters most, as that of e, and all of them at 2.

    Narrow gaps are bridged, less darkly: c is near to o then, and a to e.
    """
    ink, reach = mask > 100, np.logical_or.accumulate
    within = reach(ink, 0) & reach(ink[::-1], 0)[::-1] & reach(ink, 1) & reach(ink[:, ::-1], 1)[:, ::-1]
    # The nearer the strokes about it, the more ink a place takes.
    near = soften(np.pad(mask, 4), 0.055 * size)[4:-4, 4:-4].astype(np.uint16)
    spread = np.minimum(near * (3 if filling == 1 else 6), 235).astype(np.uint8)
    bridged = np.maximum(mask, (_closed(mask, size, filling) * np.float32(0.25 + 0.2 * filling)).astype(np.uint8))
    return np.where(within, np.maximum(bridged, spread), bridged)


def _closed(mask: NDArray[np.uint8], size: int, filling: int) -> NDArray[np.uint8]:
    """The letter with what is narrower than an eighth of the em filled, or than a fifth: dilated, and eroded again."""
    reach = round((0.065 if filling == 1 else 0.1) * size)
    wide = Image.fromarray(np.pad(mask, reach + 1)).filter(ImageFilter.MaxFilter(2 * reach + 1))
    inside = slice(reach + 1, -reach - 1)
    return np.asarray(wide.filter(ImageFilter.MinFilter(2 * reach + 1)))[inside, inside]


def _strike(page: NDArray[np.uint8], one: _Type, x: int, y: int) -> None:
    """Lay a type's ink on the page, as far as it lies on it."""
    top, left = max(0, y + one.y), max(0, x + one.x)
    place = page[top : top + one.mask.shape[0], left : left + one.mask.shape[1]]
    np.maximum(place, one.mask[: place.shape[0], : place.shape[1]], out=place)


def _inked(page: NDArray[np.uint8], strokes: _Strokes, ends: NDArray[np.int64], room: int) -> NDArray[np.uint8]:
    """The page with each letter as dark as its stroke has it, from head to foot and from left to right."""
    if strokes.darkness.min() == 1:
        return page
    height, width = page.shape
    lengths = np.diff(ends)
    lengths[0] += ends[0]
    lengths[-1] += width - ends[-1]
    values = np.stack((strokes.darkness, strokes.leaning, strokes.turning)).astype(np.float32)
    darkness, leaning, turning = np.repeat(values, lengths, axis=1)
    middles = np.repeat(((ends[:-1] + ends[1:]) / 2).astype(np.float32), lengths)
    halves = np.repeat(np.maximum(1, np.diff(ends)).astype(np.float32) / 2, lengths)
    across = np.clip((np.arange(width, dtype=np.float32) - middles) / halves, -1, 1)
    down = np.linspace(-1, 1, height - 2 * room, dtype=np.float32)
    down = np.pad(down, room, mode="edge")
    # A letter's darkest part keeps its ink, and no part loses all of it.
    share = darkness * (1 + turning * across - np.abs(turning))
    lean = darkness * leaning
    lit = np.outer(down, lean) + (share - np.abs(lean))
    inked: NDArray[np.uint8] = (page * np.maximum(lit, 0.22)).astype(np.uint8)
    return inked


def _again(one: _Type, other: _Type | None, size: int, rng: np.random.Generator) -> tuple[_Type, int, int]:
    """A letter once more, to be laid beside itself, or another one to be laid under it; fainter than what is read."""
    aside, down, dark = rng.random(3)
    dy = round(0.07 * (down - 0.5) * size)
    if other is None:
        dx, share = (0.04 + 0.1 * aside) * size * (-1 if dark < 0.5 else 1), 0.35 + 0.45 * rng.random()
    else:
        one, dx, share = other, 0.06 * (aside - 0.5) * size, 0.25 + 0.3 * dark
    return one._replace(mask=(one.mask * np.float32(share)).astype(np.uint8)), round(dx), dy


def _underline(
    page: NDArray[np.uint8],
    clusters: Sequence[str],
    pens: NDArray[np.float64],
    room: int,
    typed: tuple[Face, int, Typewriter],
    rng: np.random.Generator,
) -> None:
    """A row of underscores under some words or all of them."""
    face, size, typewriter = typed
    if ord(_UNDERSCORE) not in read_cover(face):
        return
    rule = _type(face, size, _UNDERSCORE, typewriter.pitched, 0, False, 0, None)
    down = room + round(rng.uniform(-0.06, 0.03) * size)
    wanted, dark = rng.random(len(clusters)), 0.5 + 0.5 * rng.random(len(clusters))
    under = bool(wanted[0] < typewriter.underlined)
    for k, (cluster, pen) in enumerate(zip(clusters, pens.tolist(), strict=True)):
        if cluster.isspace():
            under = bool(wanted[k] < typewriter.underlined)
        elif under:
            faint = rule._replace(mask=(rule.mask * np.float32(dark[k])).astype(np.uint8))
            _strike(page, faint, round(pen), down)
