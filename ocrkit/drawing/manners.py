"""What a line is, print or typescript: how many of each there are, their faces, and how they are set."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.drawing.rendering.render import widen_spaces
from ocrkit.drawing.rendering.typesetting import draw_typesetting, may_be_pitched
from ocrkit.drawing.rendering.typewriter import draw_typewriter, is_fixed_pitch, typed_weight

if TYPE_CHECKING:
    import numpy as np

    from ocrkit.drawing.degradations.chain import Manner
    from ocrkit.drawing.rendering.faces import FaceBook
    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.drawing.rendering.typesetting import Typesetting

__all__ = ["Manners", "draw_manner", "widened"]

# So many lines of typescript are in faces of fixed pitch, where there are any that have the text.
_FIXED = 0.9
_AFTER_STOPS = re.compile("(?<=[.?!:]) ")


class Manners:
    """Draws what each line is, and the face that suits that."""

    def __init__(self, faces: FaceBook, *, typescript: float) -> None:
        """Find the faces of fixed pitch among ``faces``; ``typescript`` is the share of typed lines."""
        self._typescript = typescript
        self._typed = faces.chosen(is_fixed_pitch, weigh=typed_weight) if typescript else None

    def draw(self, text: str, face: Face, rng: np.random.Generator) -> tuple[Manner, Face]:
        """What the line is, and its face: the one given, or another that can draw the text too."""
        if rng.random() >= self._typescript:
            return "print", face
        if self._typed is not None and rng.random() < _FIXED:
            return "typescript", self._typed.draw(text, rng) or face
        return "typescript", face


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
    if manner == "print":
        return draw_typesetting(face, rng, letterpress=letterpress, reformed=reformed)
    setting = draw_typesetting(face, rng, letterpress=0.0, reformed=reformed)
    pitched = not is_fixed_pitch(face) and may_be_pitched(text)
    return replace(setting, tracking=0.0, typewriter=draw_typewriter(rng, pitched=pitched, worn=worn))
