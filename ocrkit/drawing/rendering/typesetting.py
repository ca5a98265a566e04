"""How a line is set, beside its face and size: the shapes of either orthography, its spacing, and its inking."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ocrkit.drawing.rendering.fonts import load_font, read_cover
from ocrkit.errors import OptionError
from ocrkit.text.akshara import split_aksharas
from ocrkit.text.bidi import may_run_leftward
from ocrkit.text.scripts.malayalam_letters import (
    CHARACTERS,
    CONSONANTS,
    JOINED_SIGNS,
    OLD_SHAPES,
    VIRAMA,
    ZWNJ,
    needs_joining,
)

if TYPE_CHECKING:
    import numpy as np

    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.drawing.rendering.typewriter import Typewriter
    from ocrkit.text.bidi import Direction

__all__ = [
    "Typesetting",
    "draw_typesetting",
    "joins_vowel_signs",
    "may_be_pitched",
    "reform",
    "split_clusters",
    "splits_whole",
]

_JOINT = re.compile(f"(?<=([{CONSONANTS}]){VIRAMA})(?=[{CONSONANTS}])")
_JOINED_SIGN = re.compile(f"(?<=[{CONSONANTS}])(?=[{JOINED_SIGNS}])")
# The scripts whose letters may be drawn one by one; those of Arabic join, and of others the marks are not known here.
_SPLIT = re.compile(f"[\u0000-\u024f\u0300-\u036f{CHARACTERS}\u2000-\u206f\u20a0-\u20bf\u2100-\u215f]*")
# Letters that are about equally wide, and may be set at one pitch.
_PITCHED = re.compile("[\u0000-\u024f\u0300-\u036f\u2000-\u206f\u20a0-\u20bf]*")
_PROBE_SIZE = 64

_LETTERPRESS, _SPACED, _OLD_SHAPED, _VIRAMA_APART = 0.35, 0.15, 0.6, 0.6
_YA_REACHES = (1.0, 1.6, 2.2)


@dataclass(frozen=True, slots=True)
class Typesetting:
    """How one line is set. The default is a line as a word processor sets it.

    Attributes:
        reformed: whether ു, ൂ and ൃ stand beside their letters and rare conjuncts show a virama, as most Malayalam
            print has had it since 1971, in a face that would join them.
        old_shapes: whether ൾ has the shape of old type.
        tracking: paper added after each letter with its signs, em; negative for tight lines, at least -0.1. Where it
            widens a line, spaces grow by three times as much, so that they can be told from it.
        jitter: how far letters stand above and below the line, em of standard deviation.
        pressure: how unevenly letters are inked, 0 (evenly) to 1.
        virama_gap: how far a virama or ്യ that ends a letter stands off it, em, as those do that are types of their own.
        ya_reach: how many times as wide as the face has it a ്യ is that stands off its letter, 1 to 3: that of old type
            reaches far under the letter before it.
        stretch: width and height of the letters, as parts of what the face has.
        direction: ``ltr`` or ``rtl``, which way the line runs; None for as its first letter does.
        typewriter: the machine that the line is typed with, which then has spacing and inking of its own; None for
            print.
    """

    reformed: bool = False
    old_shapes: bool = False
    tracking: float = 0.0
    jitter: float = 0.0
    pressure: float = 0.0
    virama_gap: float = 0.0
    ya_reach: float = 1.0
    stretch: tuple[float, float] = (1.0, 1.0)
    direction: Direction | None = None
    typewriter: Typewriter | None = None

    def __post_init__(self) -> None:
        if (
            self.tracking < -0.1
            or min(self.jitter, self.virama_gap) < 0
            or not 0 <= self.pressure <= 1
            or not 1 <= self.ya_reach <= 3
            or min(self.stretch) <= 0
        ):
            raise OptionError(
                f"{self} cannot be set; tracking takes -0.1 or more, jitter and virama_gap 0 or more, pressure 0 to 1, "
                "ya_reach 1 to 3, stretch two numbers above 0"
            )

    @property
    def by_letter(self) -> bool:
        """Whether letters are placed one by one, which keeps the face from kerning them."""
        return bool(self.tracking or self.jitter or self.pressure or self.virama_gap)

    def spell(self, text: str) -> str:
        """The characters to shape so that ``text`` comes out in these shapes; it reads the same."""
        if self.reformed:
            text = reform(text)
        if self.old_shapes:
            for letter, shape in OLD_SHAPES.items():
                text = text.replace(letter, shape)
        return text


def draw_typesetting(
    face: Face, rng: np.random.Generator, *, letterpress: float = _LETTERPRESS, reformed: float = 0.4
) -> Typesetting:
    """A typesetting as print has them: plain, letterpress, or spaced, in either orthography that the face allows.

    Args:
        face: the face; one that cannot join ു to its letter is of the reformed orthography in any case.
        rng: the only source of chance.
        letterpress: the share of lines that are set in old type: loose, uneven, unevenly inked.
        reformed: the share of lines that are set in the reformed orthography in faces of the traditional one.
    """
    traditional = joins_vowel_signs(face)
    reform_line = traditional and rng.random() < reformed
    old = traditional and not reform_line
    stretch = (float(rng.uniform(0.85, 1.2)), float(rng.uniform(0.9, 1.12))) if rng.random() < 0.5 else (1.0, 1.0)
    kind = rng.random()
    if kind < letterpress:
        return Typesetting(
            reformed=reform_line,
            old_shapes=old and rng.random() < _OLD_SHAPED,
            tracking=float(rng.uniform(-0.01, 0.12)),
            jitter=float(rng.uniform(0, 0.025)),
            pressure=float(rng.uniform(0, 0.9)),
            virama_gap=float(rng.uniform(0.02, 0.2)) if rng.random() < _VIRAMA_APART else 0.0,
            # Of three widths, so that lines share the letters drawn for each.
            ya_reach=_YA_REACHES[int(rng.integers(len(_YA_REACHES)))] if old else 1.0,
            stretch=stretch,
        )
    tracking = float(rng.uniform(-0.03, 0.14)) if kind > 1 - _SPACED else 0.0
    return Typesetting(reformed=reform_line, tracking=tracking, stretch=stretch)


def reform(text: str) -> str:
    """The text with ZWNJs that ask for the shapes of the reformed orthography.

    Before ു, ൂ or ൃ they ask for a sign that stands beside its letter, after a virama for one that is seen. Pairs
    that print joins in either orthography stay joined.

    Source: The Unicode Standard, section 12.9, "Requesting traditional forms" and what stands before it.
    """
    text = _JOINT.sub(lambda joint: "" if needs_joining(joint[1], text[joint.end()]) else ZWNJ, text)
    return _JOINED_SIGN.sub(ZWNJ, text)


@lru_cache(maxsize=4096)
def joins_vowel_signs(face: Face) -> bool:
    """Whether ``face`` joins ു to its letter, in a shape for each, as the traditional orthography has it."""
    letters = "കനമരശഭ"
    if not read_cover(face).issuperset(map(ord, letters + "ു")):
        return False
    font = load_font(face, _PROBE_SIZE)
    # A sign that stands for itself adds its own width to every letter, a joined one to some.
    added = [font.getlength(letter + "ു") - font.getlength(letter) for letter in letters]
    return min(added) < 0.15 * _PROBE_SIZE


def split_clusters(text: str) -> list[str]:
    """The letters of ``text``, each with its marks and a conjunct whole, which may be drawn one by one.

    Words where letters join across such a cluster, as Arabic ones do, are left whole, and a line that runs from right
    to left is one cluster.
    """
    if may_run_leftward(text) and any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in text):
        return [text]
    pieces = re.split("( +)", text)
    return [
        cluster
        for piece in pieces
        if piece
        for cluster in (split_aksharas(piece) if piece[0] != " " and _SPLIT.fullmatch(piece) else (piece,))
    ]


def splits_whole(text: str) -> bool:
    """Whether ``split_clusters`` leaves no word of ``text`` whole: all is of scripts whose letters stand apart."""
    return _SPLIT.fullmatch(text) is not None


def may_be_pitched(text: str) -> bool:
    """Whether each letter of ``text`` may have the width of every other, as Latin ones may and Malayalam ones not."""
    return _PITCHED.fullmatch(text) is not None
