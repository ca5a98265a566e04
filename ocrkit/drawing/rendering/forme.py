"""Letters set one after another, as types are in a forme: apart, not quite on one line, and not inked alike."""

from __future__ import annotations

import itertools
import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit._drawing import Letter, printed
from ocrkit.drawing.rendering.fonts import Face, load_font
from ocrkit.drawing.rendering.kept import KeptBytes
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.typesetting import Typesetting, split_clusters, splits_whole
from ocrkit.text.scripts.malayalam_letters import VIRAMA, ZWNJ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.text.bidi import Direction

__all__ = ["place_letters", "place_run"]

_LOST_INK = 0.35  # of a word's and of a letter's darkness, at the most uneven pressure
_SPACE_GROWTH = 3
_FAINT = 64  # grey levels by which antialiasing may make one drawing of a letter differ from another
# What old type has on bodies of its own, set behind its letter: the virama, and ്യ, which stands lower than in faces
# that draw the two as one.
_YA = VIRAMA + "യ"
_APART = (VIRAMA, VIRAMA + ZWNJ, _YA)
_YA_DROP = 0.08  # em
# After 60,000 lines in 13 families one letter of eight is new with these, one of two with an eighth of them.
_KEPT_BYTES = 64 << 20
_BESIDE = 400  # bytes about a letter that is kept, beside its ink


def place_letters(
    text: str, face: Face, size: int, typesetting: Typesetting, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], int]:
    """The ink of ``text``, (H, W), its letters set one after another as type is, and its first row from the ascender's.

    The letters of a word are inked much alike, as a forme takes ink in patches.
    """
    clusters = split_clusters(text)
    shifts = np.rint(rng.standard_normal(len(clusters)) * typesetting.jitter * size).astype(int).tolist()
    inkings = 1 - typesetting.pressure * _LOST_INK * rng.random((2, len(clusters)))
    tracking = typesetting.tracking
    return printed(
        _letters(clusters, face, size, typesetting),
        shifts,
        inkings if typesetting.pressure else None,
        tracking * size,
        tracking * (_SPACE_GROWTH if tracking > 0 else 1) * size,
        typesetting.virama_gap * size,
    )


def place_run(text: str, face: Face, size: int, direction: Direction | None) -> tuple[NDArray[np.uint8], int]:
    """The ink of ``text``, (H, W), shaped as one run, and its first row from the ascender's.

    Letters that were drawn before are set again where the run is as wide as they are together, as it is where the face
    kerns none of them; where not, what it kerns is drawn whole.
    """
    letters = _run(text, face, size, direction)
    if letters is not None:
        return printed(letters, [], None, 0.0, 0.0, 0.0)
    ink, _, top = draw_mask(load_font(face, size), text, direction)
    return ink, top


def _run(text: str, face: Face, size: int, direction: Direction | None) -> list[Letter] | None:
    """The letters of a run, words that are kerned as one letter each; None where no letters are as wide as the run."""
    if not splits_whole(text):
        return None
    font, setting = load_font(face, size), Typesetting(direction=direction)
    letters = _letters(split_clusters(text), face, size, setting)
    width = font.getlength(text, direction=direction)
    if _width(letters) == width:
        return letters
    pieces: list[Letter] = []
    for word in re.split("( +)", text):
        alone = _letters(split_clusters(word), face, size, setting)
        length = font.getlength(word, direction=direction)
        kerned = _width(alone) != length
        pieces += [Letter(*draw_mask(font, word, direction), length, word[0] == " ")] if kerned else alone
    return pieces if _width(pieces) == width else None


def _width(letters: list[Letter]) -> float:
    """The pen's way over all of them; exact, since fonts count in 64ths of a px."""
    return sum([letter.advance() for letter in letters])


def _letters(clusters: list[str], face: Face, size: int, typesetting: Typesetting) -> list[Letter]:
    """Each cluster's letter, drawn where it is not kept."""
    gap, direction = typesetting.virama_gap > 0, typesetting.direction
    case = _case(face, size, direction)
    letters = []
    for cluster in clusters:
        apart = gap and cluster.endswith(_APART)
        reach = typesetting.ya_reach if apart and cluster.endswith(_YA) else 1.0
        key = case, cluster, apart, reach
        letter = _kept.get(key)
        if letter is None:
            letter = _drawn(face, size, cluster, direction, mark_apart=apart, ya_reach=reach)
            _kept.keep((case, sys.intern(cluster), apart, reach), letter, letter.bytes() + _BESIDE)
        letters.append(letter)
    return letters


# By the number of the face, size and direction, the letter, whether its last mark is wanted apart, and how wide a ്യ is.
_kept: KeptBytes[tuple[int, str, bool, float], Letter] = KeptBytes(_KEPT_BYTES)
_numbers = itertools.count()


@lru_cache(maxsize=4096)
def _case(face: Face, size: int, direction: Direction | None) -> int:  # noqa: ARG001 - one number for each
    return next(_numbers)


class _Ink(NamedTuple):
    """Ink, (H, W), and where its left top corner lies, px."""

    mask: NDArray[np.uint8]
    x: int
    y: int


def _drawn(
    face: Face, size: int, cluster: str, direction: Direction | None, *, mark_apart: bool, ya_reach: float
) -> Letter:
    """One letter with its signs, a last virama or ്യ apart from it where that is wanted and can be."""
    font = load_font(face, size)
    whole, advance = _Ink(*draw_mask(font, cluster, direction)), font.getlength(cluster)
    base = cluster.removesuffix(_YA).rstrip(VIRAMA + ZWNJ)
    if mark_apart and base:
        letter = _Ink(*draw_mask(font, base, direction))
        mark = _difference(whole, letter)
        # Where the mark changes the letter itself, it is no type of its own.
        if mark is not None:
            made = Letter(*letter, advance, False)
            made.set_mark(*(_reaching(mark, ya_reach, round(_YA_DROP * size)) if cluster.endswith(_YA) else mark))
            return made
    return Letter(*whole, advance, cluster[0] == " ")


def _reaching(mark: _Ink, times: float, drop: int) -> _Ink:
    """A ്യ whose foot reaches so many times as far to the left, under the letter before it, as its head does; lower."""
    box = np.nonzero(mark.mask)
    if not len(box[0]) or times == 1:
        return mark._replace(y=mark.y + drop)
    (top, left), (bottom, right) = [int(axis.min()) for axis in box], [int(axis.max()) + 1 for axis in box]
    width = int((right - left) * times) + 1
    grown = np.zeros((mark.mask.shape[0], width), np.uint8)
    # Columns are told from the right, where the stem stands.
    columns = np.arange(width - 1, -1, -1.0)
    known = np.arange(right - left + 1.0)
    for row in range(top, bottom):
        growth = 1 + (times - 1) * (row - top + 1) / (bottom - top)
        ink = np.append(mark.mask[row, left:right][::-1], 0)
        grown[row] = np.interp(columns / growth, known, ink, right=0)
    return _Ink(grown, mark.x + right - width, mark.y + drop)


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
