"""How well a model reads the validation lines, by greedy decoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ocrkit.ctc import greedy
from ocrkit.data.batching import batches
from ocrkit.text.metrics import count_errors
from ocrkit.training.batches import stream
from ocrkit.training.loss import summed_loss

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from ocrkit.model import Model
    from ocrkit.training.lines import Lines

__all__ = ["Validation", "validate"]


@dataclass(frozen=True, slots=True)
class Validation:
    """What came of the validation lines.

    Attributes:
        loss: nats a label; lines that no path spells left out.
        cer: character error rate, code points, a fraction of 1.
        exact: the share of lines without an error.
        readings: what was read in each line, in the order of the lines.
    """

    loss: float
    cer: float
    exact: float
    readings: tuple[str, ...]


def validate(
    model: Model,
    lines: Lines,
    batch_size: int,
    device: torch.device,
    autocast: Callable[[], AbstractContextManager[object]],
) -> Validation:
    """Read every line with the model as it is, and compare."""
    readings = [""] * len(lines)
    losses, labels = 0.0, 0
    order = batches(lines.widths, batch_size)
    model.network.eval()
    with torch.inference_mode():
        for indices, batch in zip(order, stream(lines, order), strict=True):
            with autocast():
                log_probs, lengths = model.network(batch.images.to(device), batch.widths)
            losses += float(summed_loss(log_probs, lengths, batch))
            labels += len(batch.labels)
            decoded = greedy(log_probs.cpu().numpy(), lengths.cpu().numpy())
            for index, text in zip(indices.tolist(), decoded.texts(model.charset.symbols), strict=True):
                readings[index] = text
    return _judged(model, lines, tuple(readings), losses / max(1, labels))


def _judged(model: Model, lines: Lines, readings: tuple[str, ...], loss: float) -> Validation:
    references = (sample.text or "" for sample in lines.samples)
    counts = count_errors(zip(references, readings, strict=True), model.charset)
    return Validation(loss, counts.cer, counts.exact, readings)
