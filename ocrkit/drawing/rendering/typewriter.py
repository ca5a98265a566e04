"""The machine that a line is typed with, drawn by chance, and the faces that look like its types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.chance import between
from ocrkit.drawing.rendering.fonts import load_font, read_cover
from ocrkit.drawing.rendering.masks import draw_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["Typewriter", "draw_typewriter", "is_fixed_pitch", "pitch_of", "till_weight", "typed_weight"]

_PROBE_SIZE = 100
_RARE = 0.08  # of faces that no typewriter has, beside 1
_FEET = 1.25  # times as much ink at a letter's foot as in its stems
_UPRIGHT = 0.08


@dataclass(frozen=True, slots=True)
class Typewriter:
    """How a line is typed. The default is a machine without faults.

    Attributes:
        pitched: whether letters of a face of any widths are set at one pitch, the wider ones made narrower.
        clogging: how far the counters of its types are filled, 0 (clean) to 1 (most are).
        unevenness: how unevenly letters are inked, among each other and from top to foot, 0 to 1.
        lift: how far types stand above and below the line, em of standard deviation; capitals all alike.
        sway: how far letters stand to the left and right of their place, em of standard deviation.
        twice: the share of letters that show twice, a little apart.
        over: the share of letters that are struck over others.
        underlined: the share of words that a row of underscores runs under.
        closing: how darkly the mouths of c, e, a and s are closed, of each alike in all the line, 0 to 1.
    """

    pitched: bool = False
    clogging: float = 0.0
    unevenness: float = 0.0
    lift: float = 0.0
    sway: float = 0.0
    twice: float = 0.0
    over: float = 0.0
    underlined: float = 0.0
    closing: float = 0.0


def draw_typewriter(rng: np.random.Generator, *, pitched: bool, worn: bool = True) -> Typewriter:
    """A machine between well kept and worn out; ``worn`` False draws as much, and gives one without faults."""
    clogging, unevenness = rng.random(2)
    lift, sway = between(rng, 0, 0.022), between(rng, 0, 0.016)
    twice = between(rng, 0, 0.12) if rng.random() < 0.3 else 0.0
    over = between(rng, 0.01, 0.04) if rng.random() < 0.12 else 0.0
    underlined = between(rng, 0.2, 1) if rng.random() < 0.03 else 0.0
    # On two machines of five.
    closing = max(0.0, 2.5 * float(rng.random()) - 1.5)
    if not worn:
        return Typewriter(pitched=pitched, underlined=underlined)
    # A third of the machines have clean types, and most ink evenly enough.
    clogging, unevenness = max(0.0, 1.5 * float(clogging) - 0.5), float(unevenness) ** 1.5
    return Typewriter(pitched, clogging, unevenness, lift, sway, twice, over, underlined, closing)


@lru_cache(maxsize=4096)
def is_fixed_pitch(face: Face) -> bool:
    """Whether all letters of ``face`` are equally wide, as those of typewriters and tills are."""
    letters = "iMlW.0"
    if not read_cover(face).issuperset(map(ord, letters)):
        return False
    font = load_font(face, _PROBE_SIZE)
    widths = [font.getlength(letter) for letter in letters]
    return max(widths) - min(widths) < 0.02 * _PROBE_SIZE


@lru_cache(maxsize=4096)
def typed_weight(face: Face) -> float:
    """How often a face is drawn for typescript: those with feet, as typewriters have, far oftener than others."""
    if not read_cover(face).issuperset(map(ord, "hnlm")):
        return _RARE
    font = load_font(face, _PROBE_SIZE)
    stem = draw_mask(font, "l")[0] > 127
    if np.count_nonzero(np.diff(stem[len(stem) // 2], prepend=False, append=False)) > 2:
        return 0.0  # outlines alone
    if _lean(draw_mask(font, "h")[0] > 127) > _UPRIGHT:
        return _RARE / 3
    # Of three letters, as worn types may have lost the feet of one.
    feet = sorted(_foot(draw_mask(font, letter)[0]) for letter in "hnm")[1]
    return 1.0 if feet > _FEET else _RARE


def till_weight(face: Face) -> float:
    """How often a face is drawn for receipts: plain upright ones far oftener than those that typewriters have."""
    weight = typed_weight(face)
    return 0.15 if weight == 1 else 1.0 if weight == _RARE else weight


@lru_cache(maxsize=4096)
def pitch_of(face: Face) -> float:
    """The pitch, em, at which a face of any widths looks least out of place: its small letters', and some more."""
    font, letters = load_font(face, _PROBE_SIZE), "aenorst"
    return 1.15 * font.getlength(letters) / len(letters) / _PROBE_SIZE


def _foot(mask: NDArray[np.uint8]) -> float:
    """How much more ink the lowest rows of a letter have than those at two thirds of its height."""
    ink = (mask > 127).sum(axis=1)
    rows = max(1, len(ink) // 25)
    middle = len(ink) * 2 // 3
    return float(ink[-rows - 1 : -1].mean() / max(1.0, ink[middle - rows : middle + rows].mean()))


def _lean(ink: NDArray[np.bool_]) -> float:
    """How far the stem of an h leans to the right, px a px, by its left edge above and below."""
    edges = [int(np.flatnonzero(ink[round(len(ink) * place)])[:1].sum()) for place in (0.2, 0.8)]
    return (edges[0] - edges[1]) / (0.6 * len(ink))
