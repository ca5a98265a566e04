"""Letters set one after another, as types are in a forme: apart, not quite on one line, and not inked alike."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.drawing.rendering.fonts import Face, load_font
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.typesetting import Typesetting, split_clusters
from ocrkit.text.scripts.malayalam_letters import VIRAMA, ZWNJ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.text.bidi import Direction

__all__ = ["place_letters"]

_LOST_INK = 0.35  # of a word's and of a letter's darkness, at the most uneven pressure
_SPACE_GROWTH = 3
_FAINT = 64  # grey levels by which antialiasing may make one drawing of a letter differ from another
_APART = (VIRAMA, VIRAMA + ZWNJ)


def place_letters(
    text: str, face: Face, size: int, typesetting: Typesetting, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], int]:
    """The ink of ``text``, (H, W), its letters set one after another as type is, and its first row from the ascender's.

    The letters of a word are inked much alike, as a forme takes ink in patches.
    """
    clusters = split_clusters(text)
    shifts = np.rint(rng.standard_normal(len(clusters)) * typesetting.jitter * size).astype(int).tolist()
    inkings = (1 - typesetting.pressure * _LOST_INK * rng.random((2, len(clusters)))).tolist()
    patch, pen, gap = 1.0, 0.0, typesetting.virama_gap * size
    placed: list[_Ink] = []
    for k, cluster in enumerate(clusters):
        ends = gap > 0 and cluster.endswith(_APART)
        letter, mark, advance = _letter(face, size, cluster, typesetting.direction, mark_apart=ends)
        if cluster[0] == " ":
            patch = inkings[0][k]
        for ink, x in ((letter, round(pen)), (mark, round(pen + gap))):
            if ink.mask.size:
                inked = (ink.mask * np.float32(patch * inkings[1][k])).astype(np.uint8)
                placed.append(_Ink(inked if typesetting.pressure else ink.mask, x + ink.x, ink.y + shifts[k]))
        tracking = typesetting.tracking * (_SPACE_GROWTH if cluster[0] == " " and typesetting.tracking > 0 else 1)
        pen += advance + tracking * size + (gap if mark.mask.size else 0)
    return _printed(placed)


class _Ink(NamedTuple):
    """Ink, (H, W), and where its left top corner lies, px."""

    mask: NDArray[np.uint8]
    x: int
    y: int


_NO_INK = _Ink(np.zeros((0, 0), np.uint8), 0, 0)


def _printed(placed: list[_Ink]) -> tuple[NDArray[np.uint8], int]:
    """All of it on one page no larger than it, (H, W), and the page's first row."""
    if not placed:
        return _NO_INK.mask, 0
    left, top = min(ink.x for ink in placed), min(ink.y for ink in placed)
    right = max(ink.x + ink.mask.shape[1] for ink in placed)
    bottom = max(ink.y + ink.mask.shape[0] for ink in placed)
    page = np.zeros((bottom - top, right - left), np.uint8)
    for mask, x, y in placed:
        room = page[y - top : y - top + mask.shape[0], x - left : x - left + mask.shape[1]]
        np.maximum(room, mask, out=room)
    return page, top


@lru_cache(maxsize=8192)
def _letter(
    face: Face, size: int, cluster: str, direction: Direction | None, *, mark_apart: bool
) -> tuple[_Ink, _Ink, float]:
    """The ink of one letter with its signs, that of a last virama where it is wanted apart, and the pen's way on."""
    font = load_font(face, size)
    whole = _Ink(*draw_mask(font, cluster, direction))
    letters = cluster.rstrip(VIRAMA + ZWNJ)
    if not mark_apart or not letters:
        return whole, _NO_INK, font.getlength(cluster)
    letter = _Ink(*draw_mask(font, letters, direction))
    mark = _difference(whole, letter)
    # Where the virama changes the letter itself, it is no type of its own.
    return (letter, mark, font.getlength(cluster)) if mark is not None else (whole, _NO_INK, font.getlength(cluster))


def _difference(whole: _Ink, part: _Ink) -> _Ink | None:
    """What ``whole`` has beside ``part``, or None where it lacks some of it."""
    left, top = min(whole.x, part.x), min(whole.y, part.y)
    right = max(ink.x + ink.mask.shape[1] for ink in (whole, part))
    bottom = max(ink.y + ink.mask.shape[0] for ink in (whole, part))
    pages = np.zeros((2, bottom - top, right - left), np.int16)
    for page, (mask, x, y) in zip(pages, (whole, part), strict=True):
        page[y - top : y - top + mask.shape[0], x - left : x - left + mask.shape[1]] = mask
    more = pages[0] - pages[1]
    return None if more.min() < -_FAINT else _Ink(np.clip(more, 0, 255).astype(np.uint8), left, top)
