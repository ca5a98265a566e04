"""Further readings of a line, as PAGE has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ocrkit.data.records import Alternative
from ocrkit.layout.outputs.page import SCORE
from ocrkit.layout.reading.numbers import fraction_of, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["alternatives_of"]


def alternatives_of(given: Iterable[tuple[str, str | None, str | None]]) -> tuple[Alternative, ...]:
    """Readings from texts, each with its confidence and the comments on it; those without text or score are none."""
    return tuple(
        Alternative(text, _score(conf, comments))
        for text, conf, comments in given
        if text or (comments or "").startswith(SCORE)
    )


def _score(conf: str | None, comments: str | None) -> float:
    if comments is not None and comments.startswith(SCORE):
        return number_of(comments.removeprefix(SCORE), -math.inf)
    probability = fraction_of(conf)
    return math.log(probability) if probability else -math.inf
