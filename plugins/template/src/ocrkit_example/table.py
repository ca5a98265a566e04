"""An output format: predictions in, text out, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit import Prediction


def render(predictions: Iterable[Prediction]) -> Iterator[str]:
    """A Markdown table, one row a prediction."""
    yield "| image | reading | confidence |\n|---|---|--:|\n"
    for prediction in predictions:
        yield f"| {_cell(prediction.name)} | {_cell(prediction.text)} | {prediction.confidence:.3f} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
