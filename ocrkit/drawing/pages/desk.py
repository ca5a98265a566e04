"""What a page is written with: its texts, its faces for print, typewriters and hands, and pens made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from ocrkit.drawing.chance import between, one_of
from ocrkit.drawing.pages.galley import Galley, Style
from ocrkit.drawing.pages.pens import Pen, make_pen
from ocrkit.drawing.rendering.typesetting import Typesetting, draw_typesetting, may_be_pitched
from ocrkit.drawing.rendering.typewriter import draw_typewriter, is_fixed_pitch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ocrkit.drawing.composing.words import TextSource
    from ocrkit.drawing.pages.hands import Hands
    from ocrkit.drawing.pages.sheet import PageSheet, SetRegion
    from ocrkit.drawing.pages.strips import Strip
    from ocrkit.drawing.rendering.faces import FaceBook
    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.charset import Charset

__all__ = ["Desk", "Supply"]

T = TypeVar("T")
Manner = Literal["print", "typed", "hand"]
_SAMPLE = 3  # words that a page's face must draw
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Supply:
    """What pages in one charset are made of.

    Attributes:
        charset: what spells them.
        texts: what gives their words.
        faces: those of print.
        typed: those that typewriters have; None for none.
        hands: those that look written; None for none.
        real: pages of real hands; None for none.
        letters: small ones of its script, by which faces are measured.
        spaced: whether its letters stand apart, so that paper may be put between them.
        letterpress: the share of print that is set in old type.
        reformed: as for lines.
    """

    charset: Charset
    texts: TextSource
    faces: FaceBook
    typed: FaceBook | None
    hands: FaceBook | None
    real: Hands | None
    letters: str
    spaced: bool
    letterpress: float
    reformed: float


class Desk:
    """One page being made: its sheet, and pens for it."""

    def __init__(self, supply: Supply, rng: np.random.Generator, sheet: PageSheet, guest: Supply | None = None) -> None:
        """Write on ``sheet``; headings in two scripts take some of ``guest``."""
        self.supply, self.rng, self.sheet = supply, rng, sheet
        self.x_height = sheet.x_height
        self._guest = guest
        self.galley = Galley(sheet, supply.texts, supply.charset, rng)
        self.last: list[SetRegion] = []  # read after all others

    def host(self) -> Desk:
        """The desk itself, or at times one for the same page with texts of the other script."""
        return Desk(self._guest, self.rng, self.sheet) if self._guest and self.chance(0.4) else self

    def face(self, manner: Manner = "print") -> Face:
        """A face for that manner, or one of print where there is none."""
        book = {"print": self.supply.faces, "typed": self.supply.typed, "hand": self.supply.hands}[manner]
        for chosen in (book, self.supply.faces):
            for _ in range(_TRIES if chosen is not None else 0):
                text = self.supply.texts.line(self.rng, _SAMPLE if self.supply.charset.has_space else 1)
                found = chosen.draw(text, self.rng) if chosen is not None else None
                if found is not None:
                    return found
        raise self.supply.faces.complaint(text)

    def pen(self, face: Face, scale: float = 1.0, manner: Manner = "print") -> Pen:
        """A pen of a face, its small letters ``scale`` times as high as the page's."""
        rng, supply = self.rng, self.supply
        x_height = self.x_height * scale
        if manner == "typed":
            setting = Typesetting(
                typewriter=draw_typewriter(rng, pitched=not is_fixed_pitch(face) and may_be_pitched(supply.letters))
            )
            return make_pen(face, supply.letters, x_height, setting=setting)
        if manner == "hand":
            setting = draw_typesetting(face, rng, letterpress=0.0, reformed=supply.reformed)
            return make_pen(
                face,
                supply.letters,
                x_height,
                setting=replace(setting, tracking=0.0),
                space=between(rng, 0.5, 1.6),
                stretch=between(rng, 0.75, 1.5),
                lean=between(rng, -0.15, 0.6),
                sway=between(rng, 0.2, 1.0),
            )
        setting = draw_typesetting(face, rng, letterpress=supply.letterpress, reformed=supply.reformed)
        stretch, setting = setting.stretch[0], replace(setting, stretch=(1.0, 1.0))
        if scale > 1.05 and supply.spaced and self.chance(0.25):
            setting = replace(setting, tracking=between(rng, 0.05, 0.35))
        return make_pen(face, supply.letters, x_height, setting=setting, space=between(rng, 0.4, 0.9), stretch=stretch)

    def style(self, pen: Pen, leading: float | None = None, **changes: object) -> Style:
        """A style of a pen; without ``leading``, in em, as print has it."""
        ems = leading if leading is not None else between(self.rng, 0.92, 1.5)
        return Style(pen, max(ems * pen.size, 1.45 * pen.x_height), **changes)  # type: ignore[arg-type]

    def hand(self) -> Sequence[Strip]:
        """The lines of a page in some real hand; none where there are no such pages."""
        for _ in range(_TRIES if self.supply.real else 0):
            lines = self.supply.real.lines(self.rng) if self.supply.real else ()
            if lines:
                return lines
        return ()

    def chance(self, share: float) -> bool:
        """Whether something of that share of all cases happens."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """A number between two."""
        return between(self.rng, low, high)

    def count(self, fewest: int, most: int) -> int:
        """A whole number between two, both included."""
        return int(self.rng.integers(fewest, most + 1))

    def one_of(self, options: Sequence[T]) -> T:
        """One of some."""
        return one_of(self.rng, options)
