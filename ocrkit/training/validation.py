"""How well a model reads the validation lines, by greedy decoding."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import torch

from ocrkit.ctc import greedy
from ocrkit.errors import ModelError
from ocrkit.text.calibration import TEMPERATURES, tempered_confidences
from ocrkit.text.metrics import comparable, count_errors
from ocrkit.training.feeding.order import Order
from ocrkit.training.loss import line_losses
from ocrkit.training.team import ALONE, Team

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from ocrkit.model import Model
    from ocrkit.training.feeding.feed import Feed
    from ocrkit.training.lines import Lines

__all__ = ["Scored", "Validation", "validate"]


@dataclass(frozen=True, slots=True)
class Scored:
    """(N, temperatures) confidences of N lines at each of ``TEMPERATURES``, and (N,) whether each was read right."""

    confidences: NDArray[np.float64]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Validation:
    """What came of the validation lines.

    Attributes:
        loss: nats a label; lines that no path spells left out.
        cer: character error rate, code points, a fraction of 1.
        exact: the share of lines without an error.
        readings: what was read in each line, in the order of the lines; nothing in bad ones.
        scored: what a calibration is learnt from, where that was asked for.
    """

    loss: float
    cer: float
    exact: float
    readings: tuple[str, ...]
    scored: Scored | None = None


def validate(
    model: Model,
    feed: Feed,
    lines: Lines,
    batch_size: int,
    autocast: Callable[[], AbstractContextManager[object]],
    *,
    team: Team = ALONE,
    scored: bool = False,
) -> Validation | None:
    """Read every line with the model as it is, and compare; None where there is no line; bad ones are left out.

    In a team each process reads the lines that its feed gives, and all of them get the whole.

    Raises:
        ModelError: the network gives what is no number.
    """
    if not len(lines):
        return None
    read: dict[int, str] = {}
    confidences = np.full((len(lines), len(TEMPERATURES)), np.nan)
    nats, labels = 0.0, 0
    model.network.eval()
    with torch.inference_mode(), closing(feed.batches(lines, Order(len(lines), batch_size))) as made:
        for batch in filter(len, chain.from_iterable(made)):
            with autocast():
                log_probs, lengths = model.network(batch.images, batch.widths)
            losses = line_losses(log_probs, lengths, batch).cpu()
            if losses.isnan().any():
                raise ModelError(
                    "the network gives no numbers any more, so training cannot go on; "
                    "begin anew with a lower `training.lrate`, or with `training.precision='float32'`"
                )
            spelled = losses.isfinite()
            nats += float(losses[spelled].sum())
            labels += int(batch.label_lengths[spelled].sum())
            emitted, counts = log_probs.cpu().numpy(), lengths.cpu().numpy()
            decoded = greedy(emitted, counts)
            if scored:
                confidences[batch.lines.tolist()] = tempered_confidences(decoded, emitted, counts)
            read.update(zip(batch.lines.tolist(), model.charset.texts(decoded), strict=True))
    shares = team.gathered((read, nats, labels, {line: confidences[line] for line in read if scored}))
    for others, _, _, confident in shares:
        read.update(others)
        for line, values in confident.items():
            confidences[line] = values
    loss = math.fsum(share[1] for share in shares) / max(1, sum(share[2] for share in shares))
    readings = tuple(read.get(line, "") for line in range(len(lines)))
    found = _judged(model, lines, readings, loss)
    return replace(found, scored=_scored(model, lines, readings, confidences)) if scored else found


def _judged(model: Model, lines: Lines, readings: tuple[str, ...], loss: float) -> Validation:
    read = ((sample.text or "", readings[line]) for line, sample in enumerate(lines.samples) if line not in lines.bad)
    counts = count_errors(read, model.charset)
    return Validation(loss, counts.cer, counts.exact, readings)


def _scored(model: Model, lines: Lines, readings: Sequence[str], confidences: NDArray[np.float64]) -> Scored:
    texts = [[comparable(text, model.charset) for text in column] for column in (readings, _references(lines))]
    right = np.array([read == wanted for read, wanted in zip(*texts, strict=True)], np.bool_)
    was_read = ~np.isnan(confidences[:, 0])
    return Scored(confidences[was_read], right[was_read])


def _references(lines: Lines) -> list[str]:
    return [sample.text or "" for sample in lines.samples]
