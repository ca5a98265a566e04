"""Prefix beam search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ocrkit._ctc as _ctc
from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.ngram import bound_model
from ocrkit.ctc.options import as_count, as_label, as_number
from ocrkit.ctc.turning import turn_frames, turn_hypotheses

if TYPE_CHECKING:
    from ocrkit.ctc.emissions import Emissions, Lengths
    from ocrkit.ctc.ngram import NgramModel

__all__ = ["beam_search"]


def beam_search(
    log_probs: Emissions,
    lengths: Lengths | None = None,
    *,
    blank: int = 0,
    beam_width: int = 16,
    n_best: int = 1,
    token_cut: float = 1e-3,
    language_model: NgramModel | None = None,
    lm_weight: float = 0.5,
    lm_bonus: float = 0.0,
    threads: int = 0,
) -> Decoded:
    """Rank each line's likeliest labellings, summing over the alignments that spell them.

    What is returned is rescored by a forward pass, so both scores are exact even where the search pruned, and
    never below those of greedy's labelling. Equal scores go to the lexicographically lowest labels. A frame need
    not sum to one: it is normalised for the search, and its sum added back to the scores.

    Args:
        log_probs: (B, T, V) or (T, V), natural logs, float32, float16 or bfloat16, any strides; read in
            place.
        lengths: (B,) frames that count; the rest of each row is padding and is never read.
        blank: the label that stands for no label.
        beam_width: labellings kept after each frame, at least 1. Cost grows about linearly with it.
        n_best: hypotheses to return a line, at least 1; there are fewer where the beam holds fewer.
        token_cut: 0 to 1; in a frame, a label less likely than this part of the likeliest is left out, unless it
            is the blank or a hypothesis's last label. A hypothesis below a tenth of this part of the best one's mass
            is left out too, unless it is among the ``n_best``. 0 keeps all.
        language_model: an n-gram model of characters; to the score it adds ``lm_weight`` times ln p of the labels,
            from the start of a line to its end, and ``lm_bonus`` for each of its units, which a label is one of, or
            several. Greedy's labelling is then a candidate only if the beam holds it. With one of a charset whose
            lines run from right to left, a line starts at its right end: see docs/decoding.md.
        lm_weight: 0 or more.
        lm_bonus: nats.
        threads: worker threads, 0 for one a core; the result is the same whatever their number.

    Returns:
        Up to ``n_best`` hypotheses a line; ``proved`` where neither the width nor the cut left anything out.

    Raises:
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts holds NaN, +inf, -inf throughout, or
            a value above 0 by more than rounding, as logits and probabilities have.
        OptionError: an option is out of range.

    Source: Hannun et al. 2014, arXiv:1408.2873, algorithm 1.
    """
    array, counts = as_emissions(log_probs, lengths)
    options = (
        as_label("blank", blank),
        as_count("beam_width", beam_width, least=1),
        as_count("n_best", n_best, least=1),
        as_number("token_cut", token_cut, least=0.0, most=1.0),
        as_count("threads", threads, least=0),
    )
    model = bound_model(language_model, None, lm_weight, lm_bonus)
    if language_model is None or model is None:
        return Decoded(*_ctc.beam_search(array, counts, *options))
    if language_model.reads_leftward:
        found = Decoded(*_ctc.beam_search_with_model(turn_frames(array, counts), counts, *options, model))
        return turn_hypotheses(found, counts, array.shape[1])
    return Decoded(*_ctc.beam_search_with_model(array, counts, *options, model))
