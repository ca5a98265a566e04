"""Whether an output format takes every prediction there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.records import Alternative, CharacterSpan, Prediction
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.plugin.specs import RendererSpec

__all__ = ["check_renderer"]

_PREDICTIONS = (
    Prediction(
        "lines/1.png",
        "cat",
        score=-0.5,
        confidence=0.6,
        characters=tuple(CharacterSpan(letter, 8 * k, 8 * k + 8, 0.9) for k, letter in enumerate("cat")),
        alternatives=(Alternative("cot", -2.5),),
    ),
    Prediction("lines/2.png", "", score=0.0, confidence=1.0),
    Prediction("lines/3.png", "", score=float("-inf"), confidence=0.0, rejected=True),
    Prediction('a\tname\nwith <odd> & "marks".png', "a\\b \"c\" <d> & 'e'", score=-1.0, confidence=0.4),
    Prediction("വരി.png", "ശ്രീ ക്ഷ", score=-1.0, confidence=0.4),
    Prediction("lines/4.png", "dog", score=-0.1, confidence=0.9),
)


def check_renderer(spec: RendererSpec) -> None:
    """Check a format on plain, empty, rejected and awkward predictions, and on none at all.

    Raises:
        PluginError: it fails, yields what is no text, or loses or reorders readings.
    """
    what = f"renderer {spec.name!r}"
    require_summary(what, spec.summary)
    require(
        isinstance(spec.suffix, str) and spec.suffix.startswith("."),
        f"{what} has the suffix {spec.suffix!r}; expected one with its dot, such as '.txt'",
    )
    _rendered(what, spec, ())
    text = _rendered(what, spec, _PREDICTIONS)
    require("cat" in text, f"{what} leaves out the reading 'cat'")
    require("dog" in text, f"{what} leaves out the reading 'dog'")
    require(text.index("cat") < text.rindex("dog"), f"{what} puts the readings out of order")
    require(text == _rendered(what, spec, _PREDICTIONS), f"{what} writes the same predictions in two ways")
    with running(f"{what}: encoding what it yields as UTF-8"):
        text.encode()


def _rendered(what: str, spec: RendererSpec, predictions: Sequence[Prediction]) -> str:
    # An iterator, since predictions come in one by one and only once.
    with running(f"{what} on {len(predictions)} predictions"):
        pieces = list(spec.render(iter(predictions)))
    for piece in pieces:
        require(isinstance(piece, str), f"{what} yields a {type(piece).__name__}; expected text")
    return "".join(pieces)
