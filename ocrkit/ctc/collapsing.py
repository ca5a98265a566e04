"""The labelling of a best path that is known already, as a device finds it where the log-probabilities lie."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.ctc.decoded import Decoded
from ocrkit.ctc.options import as_label
from ocrkit.errors import EmissionsError, OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["collapse"]

_LARGEST_LABEL = 2**31 - 1
_ROUNDING = 0.02  # above 0 in nats, as for the native decoders


def collapse(
    labels: NDArray[np.integer[Any]],
    log_probs: NDArray[np.floating[Any]],
    lengths: NDArray[np.integer[Any]] | Sequence[int] | None = None,
    *,
    blank: int = 0,
) -> Decoded:
    """Read each line along a path: repeats merged, then blanks dropped.

    Of each frame's likeliest label, and its log-probability, that is what ``greedy`` gives for the whole array: one
    hypothesis a line, never proved, both of whose scores are the log-probability of the path.

    Args:
        labels: (B, T) or (T,) integers, each frame's label.
        log_probs: of the same shape, float32 or float16: the natural log of each of those labels' probability.
        lengths: (B,) frames that count; the rest of each row is padding, whose values mean nothing.
        blank: the label that stands for no label.

    Raises:
        EmissionsError: a shape, dtype or length is wrong, or a frame that counts has a negative label, NaN, an
            infinity, or a value above 0 by more than rounding.
        OptionError: the blank is negative.
    """
    path, values = _as_path(labels, log_probs)
    lines, frames = path.shape
    counts = _as_counts(lengths, lines, frames)
    empty = as_label("blank", blank)
    if empty < 0:
        raise OptionError(f"blank is {empty}; it is a label, 0 or more")
    counting = np.arange(frames) < counts[:, np.newaxis]  # (B, T)
    _check(path, values, counting)
    line, frame, runs_label, nats = _runs(path, values, counting)
    shown = runs_label != empty
    scores = np.where(counting, values, np.float32(0)).sum(axis=1, dtype=np.float64).astype(np.float32)
    return Decoded(
        labels=runs_label[shown].astype(np.int32),
        frames=frame[shown].astype(np.int32),
        confidences=_exp(nats[shown]),
        label_offsets=_offsets(np.bincount(line[shown], minlength=lines)),
        scores=scores,
        acoustic_scores=scores.copy(),
        entries=np.full(lines, -1, np.int32),
        line_offsets=np.arange(lines + 1, dtype=np.int64),
        proved=np.zeros(lines, np.bool_),
    )


def _as_path(labels: object, log_probs: object) -> tuple[NDArray[np.integer[Any]], NDArray[np.float32]]:
    """Both as (B, T) arrays."""
    path, values = np.asarray(labels), np.asarray(log_probs)
    if path.shape != values.shape or path.ndim not in (1, 2):
        raise EmissionsError(
            f"labels has shape {path.shape} and log_probs {values.shape}; expected both (lines, frames), or "
            "both (frames,)"
        )
    if path.dtype.kind not in "iu" and path.size > 0:
        raise EmissionsError(f"labels has dtype {path.dtype}; expected integers, a label a frame")
    if values.dtype not in (np.dtype(np.float32), np.dtype(np.float16)):
        raise EmissionsError(f"log_probs has dtype {values.dtype}; expected float32 or float16")
    return np.atleast_2d(path), np.atleast_2d(values).astype(np.float32, copy=False)


def _as_counts(lengths: object, lines: int, frames: int) -> NDArray[np.int64]:
    if lengths is None:
        return np.full(lines, frames, np.int64)
    counts = np.asarray(lengths)
    if counts.shape != (lines,) or (lines > 0 and counts.dtype.kind not in "iu"):
        raise EmissionsError(
            f"lengths has shape {counts.shape} and dtype {counts.dtype}; expected ({lines},) integers, "
            "a number of frames a line"
        )
    if (wrong := np.flatnonzero((counts < 0) | (counts > frames))).size:
        raise EmissionsError(f"lengths[{wrong[0]}] is {counts[wrong[0]]}; it is a number of frames, 0..{frames}")
    return counts.astype(np.int64)


def _check(path: NDArray[np.integer[Any]], values: NDArray[np.float32], counting: NDArray[np.bool_]) -> None:
    """Refuse the first frame that counts and has no label, or no probability."""
    wrong = counting & ((path < 0) | (path > _LARGEST_LABEL) | ~np.isfinite(values) | (values >= _ROUNDING))
    if not wrong.any():
        return
    line, frame = np.argwhere(wrong)[0].tolist()
    label, value = path[line, frame], float(values[line, frame])
    if not 0 <= label <= _LARGEST_LABEL:
        raise EmissionsError(f"labels[line {line}, frame {frame}] is {label}; a label is 0..{_LARGEST_LABEL}")
    if value == -math.inf:
        raise EmissionsError(
            f"log_probs[line {line}, frame {frame}] is -inf for label {label}, the likeliest; a frame that counts "
            "gives at least one label a finite log-probability"
        )
    if math.isfinite(value):
        raise EmissionsError(
            f"log_probs[line {line}, frame {frame}, label {label}] is {value:.6g}, and the natural logarithm of a "
            "probability is 0 or less: pass log_softmax of the network's output (its logits), or the logarithms of "
            "probabilities"
        )
    raise EmissionsError(
        f"log_probs[line {line}, frame {frame}, label {label}] is {'nan' if math.isnan(value) else '+inf'}; "
        "a log-probability that counts is finite or -inf: check the network's output, or give lengths that leave "
        "padding out"
    )


def _runs(
    path: NDArray[np.integer[Any]], values: NDArray[np.float32], counting: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.integer[Any]], NDArray[np.float32]]:
    """Every run of one label, in order: its line, its likeliest frame, its label, and its log-probability there."""
    begins = counting.copy()
    begins[:, 1:] &= path[:, 1:] != path[:, :-1]
    line, frame = np.nonzero(counting)  # (N,) of the frames that count, as all that follows
    nats, first = values[counting], np.flatnonzero(begins[counting])
    if first.size == 0:
        return line, frame, path[counting], nats
    run = np.cumsum(begins[counting]) - 1
    likeliest = np.flatnonzero(nats == np.maximum.reduceat(nats, first)[run])
    at = likeliest[np.diff(run[likeliest], prepend=-1) > 0]  # of equally likely frames the first
    return line[at], frame[at], path[counting][at], nats[at]


def _exp(nats: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.exp(nats.astype(np.float64)).astype(np.float32)


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
