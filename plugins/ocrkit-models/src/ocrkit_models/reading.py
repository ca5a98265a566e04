"""How the figures and the readings of this package come about: greedily, in float32, on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from ocrkit.reading_model import ReadingModel

__all__ = ["greedy_reader", "ranking_reader"]


def greedy_reader(model: ReadingModel, *, device: str = "cpu") -> Recognizer:
    """Reads each line's likeliest path."""
    return Recognizer(model, decoder="greedy", device=device, precision="float32")


def ranking_reader(model: ReadingModel) -> Recognizer:
    """Reads two texts a line by beam search, which tells how far the second is behind."""
    return Recognizer(model, decoder="beam", options=DecoderOptions(n_best=2), device="cpu", precision="float32")
