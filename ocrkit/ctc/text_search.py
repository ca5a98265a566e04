"""The likeliest text whose words are entries of a lexicon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

import ocrkit._ctc as _ctc
from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.emissions import as_emissions
from ocrkit.ctc.lexicon import Lexicon
from ocrkit.ctc.ngram import NgramModel, bound_model
from ocrkit.ctc.options import as_count, as_label, as_number
from ocrkit.ctc.turning import turn_frames, turn_hypotheses
from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ocrkit.ctc.emissions import Emissions, Lengths

__all__ = ["text_search"]

_LARGEST_WEIGHT = 1e30


def text_search(
    log_probs: Emissions,
    lengths: Lengths | None = None,
    *,
    lexicon: Lexicon,
    separators: Iterable[int],
    blank: int = 0,
    beam_width: int = 32,
    n_best: int = 1,
    token_cut: float = 1e-3,
    out_of_lexicon: float | None = None,
    prior_weight: float = 0.0,
    language_model: NgramModel | None = None,
    lm_weight: float = 0.5,
    lm_bonus: float = 0.0,
    threads: int = 0,
) -> Decoded:
    """Find each line's likeliest text of lexicon entries with separators between them.

    A text is ``sep* (entry sep+)* entry? sep*``; a separator may also stand inside an entry, as in "don't". A
    labelling that can be read in several ways is one hypothesis, read in the best of them. The score is the
    labelling's CTC probability, summed over all its alignments, in nats, plus its prior terms and the language
    model's, less what its stretches cost that are no entries. What is returned is rescored by a forward pass, so that
    scores are exact even where the search pruned; equal scores go to the lexicographically lowest labels.

    Where entries alone are read, the beam and its cut serve speed only: a line whose best text they may have left out
    is searched again with a bound on what each text can come to, and one without separators is searched as
    `lexicon_search` does it.

    Args:
        log_probs: (B, T, V) or (T, V), natural logs, float32, float16 or bfloat16, any strides; read in place.
        lengths: (B,) frames that count; the rest of each row is padding and is never read.
        lexicon: the entries.
        separators: the labels that may stand between entries, such as those of the space and of punctuation.
        blank: the label that stands for no label.
        beam_width: labellings kept after each frame, at least 1; one more is kept where all these are in the middle
            of an entry.
        n_best: hypotheses to return a line, at least 1; there are fewer where the beam holds fewer.
        token_cut: 0 to 1; in a frame, a label less likely than this part of the likeliest is left out, unless it
            is the blank or a hypothesis's last label; and so is a hypothesis less likely than the square of this,
            beside the likeliest. 0 keeps all.
        out_of_lexicon: nats, 0 or more, that each label of a stretch between separators costs that is no entry;
            None reads entries only.
        prior_weight: of each entry's ln(count / total); above 0 the lexicon needs counts.
        language_model: an n-gram model; to the score it adds ``lm_weight`` times ln p of the text's labels, or
            entries, from the start of a line to its end, and ``lm_bonus`` for each of its units: of an entry one,
            of a label one or several. A stretch that is no entry is one unknown word. With one of a charset whose
            lines run from right to left, a line starts at its right end: see docs/decoding.md.
        lm_weight: 0 or more.
        lm_bonus: nats.
        threads: worker threads, 0 for one a core; the result is the same whatever their number.

    Returns:
        Up to ``n_best`` hypotheses a line, none where no text is possible; ``proved`` where nothing was left out, or
        nothing that could be better.

    Raises:
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts holds NaN, +inf, -inf throughout, or
            a value above 0 by more than rounding, as logits and probabilities have.
        LexiconError: an entry holds the blank or a label that ``log_probs`` lacks, or priors are wanted of a lexicon
            without counts.
        OptionError: an option is out of range; a separator is the blank or no label of ``log_probs``.
    """
    if not isinstance(lexicon, Lexicon):
        raise OptionError(f"lexicon is {lexicon!r}; expected a Lexicon, as Lexicon.from_words makes")
    array, counts = as_emissions(log_probs, lengths)
    turns = isinstance(language_model, NgramModel) and language_model.reads_leftward
    entries = language_model.turned(lexicon) if isinstance(language_model, NgramModel) else lexicon
    arrays = _ctc.text_search(
        turn_frames(array, counts) if turns else array,
        counts,
        entries._trie,
        _as_labels(separators),
        as_label("blank", blank),
        as_count("beam_width", beam_width, least=1),
        as_count("n_best", n_best, least=1),
        as_number("token_cut", token_cut, least=0.0, most=1.0),
        math.inf if out_of_lexicon is None else as_number("out_of_lexicon", out_of_lexicon, least=0.0, most=math.inf),
        as_number("prior_weight", prior_weight, least=0.0, most=_LARGEST_WEIGHT),
        as_count("threads", threads, least=0),
        bound_model(language_model, entries, lm_weight, lm_bonus),
    )
    return turn_hypotheses(Decoded(*arrays), counts, array.shape[1]) if turns else Decoded(*arrays)


def _as_labels(separators: Iterable[int]) -> NDArray[np.int32]:
    if isinstance(separators, (str, bytes)) or not hasattr(separators, "__iter__"):
        raise OptionError(f"separators is {separators!r}; expected labels, such as [charset.symbols.index(' ')]")
    return np.array([as_label("separators", label) for label in separators], dtype=np.int32)
