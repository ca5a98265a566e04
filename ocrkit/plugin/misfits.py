"""Lines that no entry of a lexicon fits: what is read has nothing in common with what they show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.ctc import greedy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded, Hypothesis

__all__ = ["common_misfit", "without_misfits"]

_FEW = 3  # letters; fewer may all be misread


def without_misfits(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64], *, separators: frozenset[int]
) -> Decoded:
    """The same without the hypotheses of lines in which no entry fits, by the labels that are no separators.

    Such a line shows some by its likeliest path, and of them its reading has none: because it has no entry, or
    because the entries are in another case or script, in which at least three labels are other ones.
    """
    shown = greedy(log_probs, lengths)
    misfit = np.array(
        [_fits_nothing(shown[line][0].labels.tolist(), read, separators) for line, read in enumerate(decoded)], np.bool_
    )
    return _without(decoded, misfit) if misfit.any() else decoded


def common_misfit(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]] | None:
    """What the first line shows, and its reading, where half of the lines or more have nothing in common with theirs.

    Of lines whose likeliest path has three labels or more; None where fewer do, or there are no such lines.
    """
    shown = [one[0].labels for one in greedy(log_probs, lengths)]
    long = [line for line, read in enumerate(decoded) if read and len(shown[line]) >= _FEW]
    misfits = [line for line in long if _fits_nothing(shown[line].tolist(), decoded[line], frozenset())]
    if not misfits or 2 * len(misfits) < len(long):
        return None
    return shown[misfits[0]], decoded[misfits[0]][0].labels


def _fits_nothing(shown: Sequence[int], read: Sequence[Hypothesis], separators: frozenset[int]) -> bool:
    letters = [label for label in shown if label not in separators]
    if not (letters and read):
        return False
    found = set(read[0].labels.tolist()) - separators
    return found.isdisjoint(letters) and (not found or len(letters) >= _FEW)


def _without(decoded: Decoded, lines: NDArray[np.bool_]) -> Decoded:
    """Without the hypotheses of these lines (B,), of which nothing is proved then."""
    of_line = np.diff(decoded.line_offsets)
    of_hypothesis = np.diff(decoded.label_offsets)
    kept = np.repeat(~lines, of_line)
    of_label = np.repeat(kept, of_hypothesis)
    return replace(
        decoded,
        labels=decoded.labels[of_label],
        frames=decoded.frames[of_label],
        confidences=decoded.confidences[of_label],
        label_offsets=np.concatenate([[0], np.cumsum(of_hypothesis[kept])]).astype(np.int64),
        scores=decoded.scores[kept],
        acoustic_scores=decoded.acoustic_scores[kept],
        entries=decoded.entries[kept],
        line_offsets=np.concatenate([[0], np.cumsum(np.where(lines, 0, of_line))]).astype(np.int64),
        proved=decoded.proved & ~lines,
    )
