"""Golden readings: what a model reads of drawn lines, so surely that no rounding tips it."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from ocrkit.data.sources.images import unlabelled
from ocrkit_models.package import DRAWN
from ocrkit_models.reading import greedy_reader, ranking_reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ocrkit.data.records import Prediction
    from ocrkit.model import Model

__all__ = ["LEAST_MARGIN", "margin_of", "readings"]

LEAST_MARGIN = 1.0  # nats
_DOZEN = 12


def readings(model: Model, root: Path, drawn: Mapping[str, Path]) -> list[dict[str, Any]]:
    """A dozen of the drawn lines, from each set alike, with what the model reads and how sure it is.

    Args:
        model: reads.
        root: the source tree of this distribution.
        drawn: the sets that there are.
    """
    columns = [_sure(model, root, folder) for folder in drawn.values()]
    in_turn = (reading for row in zip_longest(*columns) for reading in row if reading is not None)
    return [reading for reading, _ in zip(in_turn, range(_DOZEN), strict=False)]


def margin_of(ranked: Prediction) -> float:
    """Nats between a reading and the next one, by the score of beam search; infinite without another."""
    return ranked.score - ranked.alternatives[0].score if ranked.alternatives else float("inf")


def _sure(model: Model, root: Path, folder: Path) -> list[dict[str, Any]]:
    places = sorted(folder.glob("*.png"))
    samples = unlabelled([str(place) for place in places])
    read = zip(places, greedy_reader(model).read(samples), ranking_reader(model).read(samples), strict=True)
    return [
        {
            "picture": place.relative_to(root / DRAWN).as_posix(),
            "text": greedy.text,
            "score": round(greedy.score, 4),
            "margin": round(margin_of(ranked), 4),
        }
        for place, greedy, ranked in read
        if greedy.text and greedy.text == ranked.text and margin_of(ranked) > LEAST_MARGIN
    ]
