"""What a line is, print, typescript, of a receipt or in a scene: how many there are, in which faces, and how set."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.drawing.chance import between
from ocrkit.drawing.rendering.faces import sign_weight
from ocrkit.drawing.rendering.render import widen_spaces
from ocrkit.drawing.rendering.typesetting import Typesetting, draw_typesetting, may_be_pitched
from ocrkit.drawing.rendering.typewriter import draw_typewriter, is_fixed_pitch, till_weight, typed_weight

if TYPE_CHECKING:
    import numpy as np

    from ocrkit.drawing.composing.receipts import ReceiptLines
    from ocrkit.drawing.degradations.chain import Manner
    from ocrkit.drawing.rendering.faces import FaceBook
    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["Manners", "draw_manner", "widened"]

# So many lines of typescript are in faces of fixed pitch, where there are any that have the text.
_FIXED = 0.9
# So many receipts are in faces of fixed pitch.
_TILLS = 0.55
_TRIES = 20
# Twelve letters to the inch, or ten, each nearly as high as its pitch is wide; faces of today have 0.7 of that height.
_NARROW, _NARROW_SHARE = (0.66, 1.0), 0.7
_AFTER_STOPS = re.compile("(?<=[.?!:]) ")


class Manners:
    """Draws what each line is, and the face that suits that."""

    def __init__(
        self, faces: FaceBook, *, typescript: float, receipts: float, scene: float, lines: ReceiptLines
    ) -> None:
        """Find the faces of each manner among ``faces``; the shares say how many lines are of it."""
        self._typescript, self._receipts, self._scene = typescript, receipts, scene
        self._lines = lines
        self._typed = faces.chosen(is_fixed_pitch, weigh=typed_weight) if typescript else None
        self._tills = faces.chosen(is_fixed_pitch, weigh=till_weight) if receipts else None
        self._signs = faces.chosen(_is_any, weigh=sign_weight) if scene else None
        self._plain = faces.chosen(_is_any, weigh=till_weight) if receipts else None

    def draw(self, text: str, face: Face, rng: np.random.Generator) -> tuple[Manner, str, Face]:
        """What the line is, its text, which is another on a receipt, and its face: the one given, or one that suits."""
        drawn = rng.random()
        if drawn < self._typescript:
            if self._typed is not None and rng.random() < _FIXED:
                return "typescript", text, self._typed.draw(text, rng) or face
            return "typescript", text, face
        if drawn < self._typescript + self._scene:
            return "scene", text, (self._signs.draw(text, rng) if self._signs else None) or face
        # From the other end, so that a share of typescript leaves these lines as they are.
        if drawn >= 1 - self._receipts:
            books = [book for book in (self._tills, self._plain) if book is not None]
            book = books[0] if books and rng.random() < _TILLS else books[-1] if books else None
            for _ in range(_TRIES if book is not None else 0):
                line = self._lines.line(rng)
                found = book.draw(line, rng) if book is not None else None
                if found is not None:
                    return "receipt", line, found
        return "print", text, face


def widened(manner: Manner, text: str, rng: np.random.Generator) -> str:
    """The text with its spaces as they are in lines of that manner; print's are those of justified lines.

    Typists double those after stops, in three lines of five, and now and then another.
    """
    if manner != "typescript":
        return widen_spaces(text, rng)
    doubled, stray, place = rng.random(3)
    if doubled < 0.6:
        text = _AFTER_STOPS.sub("  ", text)
    places = [k for k, character in enumerate(text) if character == " "]
    if stray < 0.15 and places:
        k = places[int(place * len(places))]
        text = text[:k] + " " + text[k:]
    return text


def draw_manner(
    manner: Manner,
    text: str,
    face: Face,
    rng: np.random.Generator,
    *,
    letterpress: float,
    reformed: float,
    worn: bool,
) -> Typesetting:
    """A typesetting for a line of that manner; with ``worn`` False a typewriter has no faults.

    Letters of faces of any widths are set at a fixed pitch where all of them stand alone, as Latin ones do.
    """
    if manner == "receipt":
        return _draw_receipt(rng)
    if manner == "scene":
        return _draw_sign(face, rng, reformed=reformed)
    if manner == "print":
        return draw_typesetting(face, rng, letterpress=letterpress, reformed=reformed)
    setting = draw_typesetting(face, rng, letterpress=0.0, reformed=reformed)
    alone = may_be_pitched(text)
    typewriter = draw_typewriter(rng, pitched=alone and not is_fixed_pitch(face), worn=worn)
    narrow = (between(rng, *_NARROW), 1.0) if alone and rng.random() < _NARROW_SHARE else setting.stretch
    return replace(setting, tracking=0.0, typewriter=typewriter, stretch=narrow)


def _draw_receipt(rng: np.random.Generator) -> Typesetting:
    """Letters narrow or wide, single or double in height, as tills set them."""
    kind = rng.random()
    if kind < 0.12:
        stretch = between(rng, 1.4, 2.1), between(rng, 0.85, 1.1)
    elif kind < 0.2:
        stretch = between(rng, 0.5, 0.75), between(rng, 1.1, 1.35)
    else:
        stretch = between(rng, 0.62, 1.1), between(rng, 0.9, 1.15)
    tracking = between(rng, -0.02, 0.08) if rng.random() < 0.4 else 0.0
    return Typesetting(tracking=tracking, stretch=stretch)


def _draw_sign(face: Face, rng: np.random.Generator, *, reformed: float) -> Typesetting:
    """Letters as signs have them: narrow or broad, close together or far apart."""
    setting = draw_typesetting(face, rng, letterpress=0.0, reformed=reformed)
    stretch = between(rng, 0.6, 1.5) if rng.random() < 0.5 else 1.0
    spacing = rng.random()
    tracking = between(rng, -0.05, 0.05) if spacing < 0.35 else between(rng, 0.05, 0.35) if spacing > 0.8 else 0.0
    return replace(setting, tracking=tracking, stretch=(stretch, 1.0))


def _is_any(face: Face) -> bool:  # noqa: ARG001 - as a face of fixed pitch is asked for
    return True
