"""The labelling of each frame's likeliest label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ocrkit._ctc as _ctc
from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.options import as_count, as_label

if TYPE_CHECKING:
    from ocrkit.ctc.emissions import Emissions, Lengths

__all__ = ["greedy"]


def greedy(
    log_probs: Emissions,
    lengths: Lengths | None = None,
    *,
    blank: int = 0,
    rescore: bool = False,
    threads: int = 0,
) -> Decoded:
    """Read each line along its best path: every frame's likeliest label, repeats merged, then blanks dropped.

    One hypothesis a line, never proved. Without ``rescore``, both scores are the log-probability of that one
    path, and scores and confidences take ``log_probs`` as they stand, whether or not a frame sums to one.

    Args:
        log_probs: (B, T, V) or (T, V), natural logs, float32, float16 or bfloat16, any strides; read in
            place.
        lengths: (B,) frames that count; the rest of each row is padding and is never read.
        blank: the label that stands for no label.
        rescore: whether to score the labelling by all its alignments, as the other decoders do, and to give
            normalised confidences.
        threads: worker threads, 0 for one a core; the result is the same whatever their number.

    Raises:
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts holds NaN, +inf, -inf throughout, or
            a value above 0 by more than rounding, as logits and probabilities have.
        OptionError: an option is out of range.

    Source: Graves et al. 2006, "Connectionist temporal classification", section 3.2 (best path decoding).
    """
    array, counts = as_emissions(log_probs, lengths)
    arrays = _ctc.greedy(array, counts, as_label("blank", blank), bool(rescore), as_count("threads", threads, least=0))
    return Decoded(*arrays)
