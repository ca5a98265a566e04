"""Confidences of what was read, once each frame's probabilities are flattened or sharpened by a temperature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ocrkit._ctc as _ctc
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.options import as_count, as_label, as_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc.decoded import Decoded
    from ocrkit.ctc.emissions import Emissions, Lengths

__all__ = ["temper", "with_temperature"]


def temper(
    decoded: Decoded,
    log_probs: Emissions,
    lengths: Lengths | None = None,
    *,
    temperature: float,
    blank: int = 0,
    threads: int = 0,
) -> Decoded:
    """The same hypotheses in the same order, with the probabilities that they have at a temperature.

    Each log-probability is divided by the temperature and each frame normalised anew: above 1 that flattens, below 1 it
    sharpens. ``acoustic_scores`` and ``confidences`` are those of the frames made so; ``scores``, by which hypotheses
    are ranked, stay.

    Args:
        decoded: what any decoder read in ``log_probs``.
        log_probs: (B, T, V) or (T, V), natural logs, as the decoder had them.
        lengths: (B,) frames that count.
        temperature: 0.01 to 100; at 1 frames are only normalised.
        blank: the label that stands for no label.
        threads: worker threads, 0 for one a core; the result is the same whatever their number.

    Raises:
        EmissionsError: as the decoders do.
        OptionError: an option is out of range, or ``decoded`` is not of these log-probabilities.

    Source: Guo et al. 2017, arXiv:1706.04599, section 4.2 (temperature scaling), applied to every frame.
    """
    by = as_number("temperature", temperature, least=0.01, most=100)
    array, counts = as_emissions(log_probs, lengths)
    acoustic_scores, confidences = _ctc.temper(
        array,
        counts,
        as_label("blank", blank),
        by,
        as_count("threads", threads, least=0),
        decoded.labels,
        decoded.frames,
        decoded.label_offsets,
        decoded.line_offsets,
    )
    return replace(decoded, acoustic_scores=acoustic_scores, confidences=confidences)


def with_temperature(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64], temperature: float, *, threads: int
) -> Decoded:
    """What was read, with its probabilities at a temperature."""
    return (
        decoded if temperature == 1 else temper(decoded, log_probs, lengths, temperature=temperature, threads=threads)
    )
