"""The picture of a sample, drawn when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.drawing.chance import generator
from ocrkit.drawing.degradations.chain import degrade
from ocrkit.drawing.degradations.scene import see
from ocrkit.drawing.manners import draw_manner, widened
from ocrkit.drawing.rendering.render import LETTER_HEIGHTS, draw_line, draw_margins, size_of
from ocrkit.text.order import holds_leftward, line_direction

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.chain import Manner
    from ocrkit.drawing.options import SyntheticOptions
    from ocrkit.drawing.rendering.fonts import Face
    from ocrkit.text.bidi import Direction

__all__ = ["LOOK", "MANNER", "PART", "TEXT", "DrawingStyle", "DrawnImage", "stream"]

# Streams of chance that a sample has, so that a change of looks leaves the texts alone.
TEXT, LOOK, PART, MANNER = range(4)


def stream(seed: int, index: int, number: int) -> np.random.Generator:
    """The generator of a sample's own for one purpose: ``TEXT``, ``LOOK``, ``PART`` or ``MANNER``."""
    if seed >> 64:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, index, number))))
    return generator(seed, index, number)


@dataclass(frozen=True, slots=True)
class DrawingStyle:
    """The options that pictures depend on, and texts do not."""

    degrade: float
    without: frozenset[str]
    letterpress: float
    reformed: float
    direction: Direction = "ltr"

    @classmethod
    def of(cls, options: SyntheticOptions, direction: Direction) -> DrawingStyle:
        """The style that the options of some lines say."""
        return cls(
            options.degrade,
            frozenset(options.without_degradations),
            options.letterpress,
            options.reformed,
            direction,
        )


@dataclass(frozen=True, slots=True)
class DrawnImage:
    """Draws one sample when called: small, picklable, and the same picture each time."""

    text: str
    face: Face
    seed: int
    index: int
    style: DrawingStyle
    manner: Manner = "print"

    def __call__(self) -> Image.Image:
        """The picture, mode ``L``.

        Raises:
            FontError: the face has gone since the sample was listed.
        """
        rng = stream(self.seed, self.index, LOOK)
        style = self.style
        size = size_of(self.face, LETTER_HEIGHTS[rng.integers(len(LETTER_HEIGHTS))])
        typesetting = draw_manner(
            self.manner,
            self.text,
            self.face,
            rng,
            letterpress=style.letterpress,
            reformed=style.reformed,
            worn=style.degrade > 0,
        )
        if holds_leftward(self.text):
            typesetting = replace(typesetting, direction=line_direction(self.text, style.direction))
        if not style.degrade:
            typesetting = replace(typesetting, pressure=0.0)
        line = draw_line(
            widened(self.manner, self.text, rng),
            self.face,
            size,
            margins=draw_margins(size, rng),
            typesetting=typesetting,
            rng=rng,
            letters_at=size_of(self.face, LETTER_HEIGHTS[-1]),
        )
        if self.manner == "scene":
            return Image.fromarray(see(line, rng, style.degrade, style.without))
        return Image.fromarray(degrade(line, rng, style.degrade, style.without, manner=self.manner))
