"""Running text broken into lines and set in columns: paragraphs, verse, headings, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ocrkit.drawing.pages.pens import Ink
from ocrkit.drawing.pages.strips import set_words, waved
from ocrkit.drawing.rendering.shaping import can_draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocrkit.drawing.composing.words import TextSource
    from ocrkit.drawing.pages.pens import Pen
    from ocrkit.drawing.pages.sheet import Column, PageSheet, SetRegion
    from ocrkit.drawing.pages.strips import Strip
    from ocrkit.text.charset import Charset

__all__ = ["Align", "Galley", "Style"]

Align = Literal["justified", "left", "right", "centre"]
_AT_ONCE = 24  # words
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph is set.

    Attributes:
        pen: what writes it.
        leading: px from baseline to baseline.
        align: where its lines stand in the column.
        indent: px by which its first line begins further in.
        hang: px by which the others do.
        darkness: of the ink, 0 to 1.
        wave: x-heights by which baselines wander.
    """

    pen: Pen
    leading: float
    align: Align = "justified"
    indent: float = 0.0
    hang: float = 0.0
    darkness: float = 1.0
    wave: float = 0.0


class Galley:
    """Sets text of one source on one page."""

    def __init__(self, sheet: PageSheet, texts: TextSource, charset: Charset, rng: np.random.Generator) -> None:
        """Text for ``sheet`` that ``charset`` spells, with chance from ``rng`` alone."""
        self.sheet, self.rng, self.rtl = sheet, rng, charset.direction == "rtl"
        self._texts, self._charset = texts, charset
        # Where the charset has no space, as that of a script without, words stand close.
        self._joint = " " if charset.has_space else ""
        self._words: list[str] = []

    def word(self, pen: Pen) -> str:
        """A word that the pen can write; the last one tried where it writes none of a few."""
        for _ in range(_TRIES * _AT_ONCE):
            if not self._words:
                drawn = self._texts.line(self.rng, _AT_ONCE if self._joint else 1)
                self._words = [word for word in drawn.split(" ") if word][::-1]
            word = self._words.pop()
            if self.can_write(pen, word):
                return word
        return word

    def words(self, pen: Pen, count: int) -> list[str]:
        """Some words that the pen can write."""
        return [self.word(pen) for _ in range(count)]

    def can_write(self, pen: Pen, word: str) -> bool:
        """Whether the charset spells a word, and the pen's face draws it."""
        return bool(word) and self._charset.spells(word) and can_draw(pen.face, pen.setting.spell(word))

    def join(self, words: Iterable[str]) -> str:
        """A text of some words, as the charset spells it."""
        return self._joint.join(words)

    def line(self, words: Sequence[str], style: Style) -> Strip | None:
        """Words as one line; None where they leave no ink."""
        pen = style.pen
        if pen.pitch:
            text = self.join(words)
            ink = pen.write(text, self.rng) if text else None
            return None if ink is None else set_words([ink], [0], x_height=pen.x_height, text=text)
        written = [(word, pen.write(word, self.rng)) for word in words]
        return self._set([(word, ink) for word, ink in written if ink is not None], style, 0.0)

    def paragraph(self, region: SetRegion, column: Column, style: Style, count: int) -> None:
        """Running text of ``count`` words, as far as the column has room."""
        rest, indent = count, style.indent
        pending: tuple[str, Ink] | None = None
        while (rest > 0 or pending) and not column.is_full:
            width = column.width - indent
            line: list[tuple[str, Ink]] = []
            taken = 0.0
            while rest > 0 or pending:
                if pending is None:
                    rest -= 1
                    pending = self._next(style.pen)
                    if pending is None:
                        continue
                wide = pending[1].mask.shape[1]
                if line and taken + wide > width:
                    break
                line.append(pending)
                taken += wide + self._space(style.pen)
                pending = None
            if not line:
                return
            ends = rest <= 0 and pending is None
            strip = self._whole(line, style, width if style.align == "justified" and not ends else 0.0)
            self.stand(region, column, strip, style, indent)
            indent = style.hang

    def _next(self, pen: Pen) -> tuple[str, Ink] | None:
        """A word and its ink; of one that is typed, whose ink comes with its line's, the room that it takes."""
        word = self.word(pen)
        ink = Ink(np.zeros((0, round(len(word) * pen.pitch)), np.uint8), 0) if pen.pitch else pen.write(word, self.rng)
        return None if ink is None else (word, ink)

    def _space(self, pen: Pen) -> float:
        return pen.space if self._joint else 0.0 if pen.pitch else 0.1 * pen.x_height

    def _whole(self, line: Sequence[tuple[str, Ink]], style: Style, width: float) -> Strip | None:
        return self.line([word for word, _ in line], style) if style.pen.pitch else self._set(line, style, width)

    def stand(self, region: SetRegion, column: Column, strip: Strip | None, style: Style, indent: float = 0.0) -> bool:
        """Set a line at the column's place, which goes on by the leading."""
        column.y += style.leading
        if strip is None or column.y > column.bottom:
            return False
        room = column.width - indent - strip.width
        align = "right" if self.rtl and style.align in ("left", "justified") else style.align
        shift = {"left": 0.0, "justified": 0.0, "right": room, "centre": room / 2}[align]
        x = column.left + (0 if align == "right" else indent) + shift
        return self.sheet.place(region, strip, x, column.y, darkness=style.darkness, rtl=self.rtl)

    def _set(self, words: Sequence[tuple[str, Ink]], style: Style, width: float) -> Strip | None:
        """Words side by side, their spaces widened to fill ``width`` px where that asks for little."""
        if not words:
            return None
        pen, rng, gaps = style.pen, self.rng, len(words) - 1
        wide = sum(ink.mask.shape[1] for _, ink in words)
        space = self._space(pen)
        if gaps and width > wide:
            filled = (width - wide) / gaps
            space = filled if filled < 5 * pen.x_height else space
        spaces = np.full(gaps, space)
        drops = np.zeros(len(words))
        if pen.sway:
            spaces *= np.exp(rng.normal(0, 0.5 * pen.sway, gaps)) if gaps else 1.0
            drops = rng.normal(0, 0.12 * pen.sway * pen.x_height, len(words))
        ordered = list(words)[::-1] if self.rtl else list(words)
        xs, x = [], 0.0
        for k, (_, ink) in enumerate(ordered):
            xs.append(x)
            x += ink.mask.shape[1] + (spaces[k] if k < gaps else 0.0)
        strip = set_words(
            [ink for _, ink in ordered],
            xs,
            x_height=pen.x_height,
            text=self.join(word for word, _ in words),
            drops=drops.tolist(),
        )
        return self.wandering(strip, style.wave) if style.wave else strip

    def wandering(self, strip: Strip, wave: float, slope: float = 0.0) -> Strip:
        """A strip whose baseline wanders by ``wave`` x-heights, and falls by ``slope`` px a px more or less."""
        rng, x_height, width = self.rng, strip.x_height, strip.width
        along = np.arange(width, dtype=np.float64)
        points = max(2, round(width / (12 * x_height)) + 1)
        hills = rng.normal(0, 0.25 * wave * x_height, points)
        slope += float(rng.normal(0, 0.012 * wave))
        ends = np.linspace(0, width, points)
        # Cosines between the points, so that no line has corners.
        k = np.clip(np.searchsorted(ends, along, side="right") - 1, 0, points - 2)
        share = (1 - np.cos(np.pi * (along - ends[k]) / (ends[1] - ends[0]))) / 2
        return waved(strip, hills[k] * (1 - share) + hills[k + 1] * share + slope * along)
