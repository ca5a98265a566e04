"""From a decoder's hypotheses to what a reader is given: texts, alternatives, and where each character stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.records import Alternative, CharacterSpan, Prediction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.ctc import Hypothesis
    from ocrkit.text.charset import Charset

__all__ = ["Ruler", "character_frames", "make_prediction"]

_EPSILON = 1e-6  # px; a frame's edge that is whole but for rounding is whole


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where frames lie in the image: the first one's left edge, each one's width, and the image's width, in px."""

    start: float
    step: float
    width: int

    def span(self, frame: int) -> tuple[int, int]:
        """The left and right edge of a frame in px of the image, half open."""
        left = self.start + frame * self.step
        return (
            min(max(0, math.floor(left + _EPSILON)), self.width),
            min(max(0, math.ceil(left + self.step - _EPSILON)), self.width),
        )


def make_prediction(name: str, hypotheses: Sequence[Hypothesis], charset: Charset, ruler: Ruler) -> Prediction:
    """What a line's hypotheses, best first, say; no hypothesis is a rejected line."""
    if not hypotheses:
        return Prediction(name, "", -math.inf, 0.0, rejected=True)
    best = hypotheses[0]
    frames, confidences = best.frames.tolist(), best.confidences.tolist()
    characters = tuple(
        CharacterSpan(symbol, *ruler.span(frames[place]), confidences[place])
        for place, symbol in charset.reading(best.labels.tolist())
    )
    text = "".join(character.text for character in characters)
    # Labels of several characters may spell one text in several ways; the likeliest stands for it.
    scores: dict[str, float] = {}
    for other in hypotheses[1:]:
        scores.setdefault(charset.decode(other.labels.tolist()), other.score)
    scores.pop(text, None)
    others = tuple(Alternative(reading, score) for reading, score in scores.items())
    # Above 0 where saved log-probabilities do not sum to one, and then beyond what exp can give.
    confidence = math.exp(min(0.0, best.acoustic_score))
    return Prediction(name, text, best.score, confidence, characters, others)


def character_frames(best: Hypothesis, charset: Charset) -> tuple[int, ...]:
    """The frame of each character of a hypothesis, in the order in which they are read."""
    frames = best.frames.tolist()
    return tuple(frames[place] for place, _ in charset.reading(best.labels.tolist()))
