"""Faces that draw each letter in a frame: on a key, in a circle, on a tile. Print has none of them in running text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import combinations, islice
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.rendering.fonts import read_cover
from ocrkit.drawing.rendering.masks import probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["draws_in_frames", "outlines_agree"]

_LATIN = "LxTvoak"  # no two of one shape
_LEAST, _MOST = 4, 7  # letters to judge by
_GRID = 24
# The round letters of Myanmar agree by 0.82 at most, all but the worst of seven; letters on keys by 0.99.
_AGREEMENT = 0.92


@lru_cache(maxsize=4096)
def draws_in_frames(face: Face) -> bool:
    """Whether the letters of ``face``, Latin or others, all have the same outline, whatever is within."""
    cover = read_cover(face)
    latin = [letter for letter in _LATIN if ord(letter) in cover]
    return _is_framed(face, latin) or _is_framed(face, _some_letters(cover))


def outlines_agree(masks: Sequence[NDArray[np.uint8]]) -> bool:
    """Whether all of these letters but one at most, (H, W) each with 255 for full ink, have one outline.

    A letter's outline is of all that has ink on all four sides of it, whatever its height and width.
    """
    outlines = [_outline(mask) for mask in masks if mask.size]
    if len(outlines) < _LEAST or not _any_two_agree(outlines[:3]):
        return False
    common = np.mean(outlines, axis=0) >= 0.5
    return sum(_agreement(outline, common) < _AGREEMENT for outline in outlines) <= 1


def _is_framed(face: Face, letters: Sequence[str]) -> bool:
    # Of three letters two would agree; most faces are known by these.
    if len(letters) < _LEAST or not _any_two_agree([_outline(probe(face, letter)[0]) for letter in letters[:3]]):
        return False
    return outlines_agree([probe(face, letter)[0] for letter in letters])


def _some_letters(cover: frozenset[int]) -> list[str]:
    """A few letters beyond those of ASCII, from all that there are."""
    points = sorted(point for point in cover if point > 127)
    starts = (k * len(points) // _MOST for k in range(_MOST))
    found = (next(filter(_is_letter, map(chr, islice(points, start, None))), "") for start in starts)
    return list(dict.fromkeys(filter(None, found)))


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L"


def _any_two_agree(outlines: Sequence[NDArray[np.bool_]]) -> bool:
    # Two that agree with a third each may do so less with each other.
    return any(_agreement(one, other) >= 2 * _AGREEMENT - 1 for one, other in combinations(outlines, 2))


def _agreement(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """The share of what both have, of what either has."""
    either = int(np.count_nonzero(one | other))
    return int(np.count_nonzero(one & other)) / max(1, either)


def _outline(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What has ink on all four sides of it, on a grid of the same size for every letter."""
    if not mask.size:
        return np.zeros((_GRID, _GRID), np.bool_)
    ink, reach = mask > 127, np.logical_or.accumulate
    within = reach(ink, 0) & reach(ink[::-1], 0)[::-1] & reach(ink, 1) & reach(ink[:, ::-1], 1)[:, ::-1]
    rows, columns = ((2 * np.arange(_GRID) + 1) * length // (2 * _GRID) for length in ink.shape)
    return within[np.ix_(rows, columns)]
