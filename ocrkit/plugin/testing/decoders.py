"""Whether a decoder's hypotheses are labellings, and their scores CTC's own, against the oracle."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ocrkit.plugin import oracle
from ocrkit.plugin.specs import DecoderOptions, TensorDecoder
from ocrkit.plugin.testing.decoder_options import check_honours
from ocrkit.plugin.testing.tensors import check_tensor
from ocrkit.plugin.testing.verdict import require, require_summary, running
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded, Hypothesis
    from ocrkit.plugin.specs import Decoder, DecoderSpec

__all__ = ["DecoderReport", "check_decoder"]

_CHARSET = Charset("check", ("", "a", "b", "c"), script="Latn", languages=("und",))
_WORDS = ("a", "b", "ab", "ba", "aa", "cab", "abc")
_FRAMES = 5
_LINES = 8
_BATCHES = 6
_TOLERANCE = 1e-4  # nats


@dataclass(frozen=True, slots=True)
class DecoderReport:
    """What a decoder was seen to do.

    Attributes:
        lines: how many lines it decoded.
        best: in how many the first hypothesis was the best labelling there is (with a lexicon: the best entry).
        proved: in how many it claimed that; none of those claims was wrong.
        path_scores: whether its acoustic scores are those of single paths, as greedy's are, not of labellings.
    """

    lines: int
    best: int
    proved: int
    path_scores: bool

    def __str__(self) -> str:
        kind = "their paths" if self.path_scores else "labellings"
        return f"{self.best} of {self.lines} lines best, {self.proved} proved; scores are those of {kind}"


def check_decoder(
    spec: DecoderSpec, *, options: DecoderOptions | None = None, words: Sequence[str] | None = None, seed: int = 0
) -> DecoderReport:
    """Check a decoder on small random lines whose every labelling the oracle knows.

    Args:
        spec: the decoder.
        options: what it is built with, besides the lexicon; nothing by default.
        words: the lexicon's entries, of the letters a, b and c; by default seven short ones where the decoder needs
            a lexicon, else none.
        seed: of the random lines.

    Raises:
        PluginError: it refuses or passes over an option that it says it honours, or honours one without a word; it
            fails, reads past a line's length, writes to its input, returns what is no labelling or no
            entry, a score that is neither the labelling's nor its path's, a wrong order, or a false ``proved``; or, of
            a ``TensorDecoder``, another answer for a tensor than for an array.
    """
    import numpy as np

    what = f"decoder {spec.name!r}"
    require_summary(what, spec.summary)
    entries = tuple(words) if words is not None else _WORDS if spec.needs_lexicon else ()
    chosen = _with_lexicon(options or DecoderOptions(), entries)
    with running(f"{what}: build"):
        decoder = spec.build(_CHARSET, chosen)
    generator = np.random.default_rng(seed)
    check_honours(what, spec, _CHARSET, _WORDS, _batch(generator))
    known = frozenset(tuple(_CHARSET.encode(word)) for word in entries)
    found: list[tuple[bool, bool, bool]] = []
    for _ in range(_BATCHES):
        log_probs, lengths = _batch(generator)
        decoded = _decode(what, decoder, log_probs, lengths)
        if isinstance(decoder, TensorDecoder):
            check_tensor(what, decoder, log_probs, lengths, decoded)
        for row, length in enumerate(lengths):
            line = f"{what}, {length} frames"
            require(
                len(decoded[row]) <= chosen.n_best, f"{line}: {len(decoded[row])} hypotheses; n_best is {chosen.n_best}"
            )
            found.append(_check_line(line, log_probs[row, :length], decoded[row], bool(decoded.proved[row]), known))
    best, proved, path = (sum(column) for column in zip(*found, strict=True))
    return DecoderReport(lines=len(found), best=best, proved=proved, path_scores=path > 0)


def _with_lexicon(options: DecoderOptions, words: Sequence[str]) -> DecoderOptions:
    if not words:
        return options
    from ocrkit.ctc import Lexicon

    return replace(options, lexicon=Lexicon.from_words(words, _CHARSET))


def _batch(generator: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Log-probs (B, T, V), NaN past each length, and the lengths (B,): from 0 to T, every one among them."""
    import numpy as np

    raw = generator.normal(scale=2.0, size=(_LINES, _FRAMES, len(_CHARSET)))
    log_probs = (raw - np.log(np.exp(raw).sum(axis=2, keepdims=True))).astype(np.float32)
    lengths = np.concatenate([np.arange(_FRAMES + 1), np.full(_LINES - _FRAMES - 1, _FRAMES)]).astype(np.int64)
    log_probs[np.arange(_FRAMES) >= lengths[:, None]] = np.nan
    return log_probs, lengths


def _decode(what: str, decoder: Decoder, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
    import numpy as np

    given = log_probs.copy()
    with running(f"{what}: decode"):
        decoded = decoder.decode(log_probs, lengths)
    require(np.array_equal(given, log_probs, equal_nan=True), f"{what} writes to the log-probs that it is given")
    with running(f"{what}: reading what it returned"):
        count = len(decoded)
    require(count == len(lengths), f"{what} returns {count} lines for {len(lengths)}")
    return decoded


def _check_line(
    what: str,
    log_probs: NDArray[np.float32],
    hypotheses: Sequence[Hypothesis],
    proved: bool,
    entries: frozenset[oracle.Labelling],
) -> tuple[bool, bool, bool]:
    """Check one line's hypotheses; whether the first is the best, is said to be, and has its path's score."""
    scores = oracle.labelling_scores(log_probs)
    allowed = {labels: nats for labels, nats in scores.items() if labels in entries} if entries else scores
    if not hypotheses:
        require(not (proved and allowed), f"{what}: it proves that nothing can be read, but {_best(allowed)} can")
        return not allowed, proved, False
    for hypothesis in hypotheses:
        _check_shape(what, hypothesis, len(log_probs))
        labels = tuple(hypothesis.labels.tolist())
        require(hypothesis.entry < 0 or labels in entries, f"{what}: {labels} is said to be an entry, and is not one")
    ranks = [hypothesis.score for hypothesis in hypotheses]
    require(ranks == sorted(ranks, reverse=True), f"{what}: hypotheses are not in order of score: {ranks}")
    by_path = [_score_is_of_path(what, hypothesis, scores, log_probs) for hypothesis in hypotheses]
    first = tuple(hypotheses[0].labels.tolist())
    best = first in allowed and _close(allowed[first], max(allowed.values()))
    # A decoder that reads texts of entries may also read none of them; the charset of the check has no separators, so
    # no other text is there. It still has to beat every entry, since each is a text too.
    is_empty_text = first == () and (not allowed or scores[first] >= max(allowed.values()) - _TOLERANCE)
    right = best or is_empty_text or not proved
    require(right, f"{what}: {first} is said to be proved the best, but {_best(allowed)} is better")
    return best, proved, any(by_path)


def _check_shape(what: str, hypothesis: Hypothesis, length: int) -> None:
    labels, frames = hypothesis.labels.tolist(), hypothesis.frames.tolist()
    require(
        all(0 < label < len(_CHARSET) for label in labels),
        f"{what}: labels {labels}; expected 1 to {len(_CHARSET) - 1}, without the blank",
    )
    ascending = all(left < right for left, right in itertools.pairwise(frames))
    require(
        len(frames) == len(labels) and ascending and all(0 <= frame < length for frame in frames),
        f"{what}: labels {labels} at frames {frames}; expected one frame a label, ascending, below {length}",
    )
    require(
        all(0 <= value <= 1 + 1e-5 for value in hypothesis.confidences.tolist()),
        f"{what}: confidences {hypothesis.confidences.tolist()}; expected probabilities",
    )


def _score_is_of_path(
    what: str, hypothesis: Hypothesis, scores: dict[oracle.Labelling, float], log_probs: NDArray[np.float32]
) -> bool:
    labels = tuple(hypothesis.labels.tolist())
    require(labels in scores, f"{what}: {labels} has probability 0")
    if _close(hypothesis.acoustic_score, scores[labels]):
        return False
    path = oracle.best_path_score(log_probs)
    require(
        labels == oracle.best_path(log_probs) and _close(hypothesis.acoustic_score, path),
        f"{what}: {labels} has the acoustic score {hypothesis.acoustic_score:.5f}; expected {scores[labels]:.5f}, "
        f"summed over all its alignments",
    )
    return True


def _close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-6, abs_tol=_TOLERANCE)


def _best(allowed: dict[oracle.Labelling, float]) -> str:
    return str(max(allowed, key=lambda labelling: allowed[labelling])) if allowed else "nothing"
