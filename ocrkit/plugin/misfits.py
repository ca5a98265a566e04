"""Lines that no entry of a lexicon fits: what is read has nothing in common with what they show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrkit.ctc import greedy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

__all__ = ["common_misfit", "without_misfits"]

_FEW = 3  # letters; fewer may all be misread


def without_misfits(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64], *, separators: frozenset[int]
) -> Decoded:
    """The same without the hypotheses of lines in which no entry fits, by the labels that are no separators.

    Such a line shows some by its likeliest path, and of them its reading has none: because it has no entry, or
    because the entries are in another case or script, in which at least three labels are other ones.
    """
    misfit = _misfits(decoded, greedy(log_probs, lengths), separators, labels=log_probs.shape[-1])
    return _without(decoded, misfit.fits_nothing) if misfit.fits_nothing.any() else decoded


def common_misfit(
    decoded: Decoded, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]] | None:
    """What the first line shows, and its reading, where half of the lines or more have nothing in common with theirs.

    Of lines whose likeliest path has three labels or more; None where fewer do, or there are no such lines.
    """
    shown = greedy(log_probs, lengths)
    misfit = _misfits(decoded, shown, frozenset(), labels=log_probs.shape[-1])
    long = misfit.has_reading & (misfit.letters >= _FEW)
    [found] = np.nonzero(long & misfit.fits_nothing)
    if not len(found) or 2 * len(found) < long.sum():
        return None
    return shown[found[0]][0].labels, decoded[found[0]][0].labels


class _Misfits(NamedTuple):
    """For each line (B,): whether it has a reading, how many letters it shows, and whether none of them is read."""

    has_reading: NDArray[np.bool_]
    letters: NDArray[np.int64]
    fits_nothing: NDArray[np.bool_]


def _misfits(decoded: Decoded, shown: Decoded, separators: frozenset[int], *, labels: int) -> _Misfits:
    """Compare each line's best reading with what it shows, by the labels that are no separators."""
    is_letter = np.ones(labels, np.bool_)
    is_letter[list(separators)] = False
    shows, reads = (_labels_of_lines(one, labels) * is_letter for one in (shown, decoded))
    letters = shows.sum(axis=1)
    found = (reads > 0).any(axis=1)
    has_reading = np.diff(decoded.line_offsets) > 0
    apart = ~((shows > 0) & (reads > 0)).any(axis=1)
    nothing = has_reading & (letters > 0) & apart & (~found | (letters >= _FEW))
    return _Misfits(has_reading, letters, nothing)


def _labels_of_lines(decoded: Decoded, labels: int) -> NDArray[np.int64]:
    """How often each label stands in each line's best hypothesis, (B, V)."""
    of_line = np.diff(decoded.line_offsets)
    is_best = np.zeros(len(decoded.scores), np.bool_)
    is_best[decoded.line_offsets[:-1][of_line > 0]] = True
    of_hypothesis = np.diff(decoded.label_offsets)
    lines = np.repeat(np.repeat(np.arange(len(of_line)), of_line), of_hypothesis)
    counts = np.zeros((len(of_line), labels), np.int64)
    kept = np.repeat(is_best, of_hypothesis)
    np.add.at(counts, (lines[kept], decoded.labels[kept]), 1)
    return counts


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
