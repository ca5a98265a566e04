"""Greedy decoding of a tensor where it lies, so that a few numbers a frame leave the device and not V."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.ctc import Decoded

__all__ = ["greedy_on_device", "temper_on_device"]


def greedy_on_device(log_probs: Tensor, lengths: NDArray[np.int64]) -> Decoded:
    """What ``ocrkit.ctc.greedy`` gives with ``rescore=True``, up to rounding; equal values go to the lowest label.

    Args:
        log_probs: (B, T, V), natural logs, on any device; label 0 is the blank.
        lengths: (B,) frames that count.

    Raises:
        EmissionsError: a length is wrong, or a frame that counts holds NaN, +inf, -inf throughout, or what are no
            logarithms of probabilities.
    """
    import torch

    from ocrkit.ctc import collapse, greedy

    given = log_probs.detach()
    log_probs = given.float()
    values, labels = log_probs.max(dim=2)  # (B, T); torch promises the first of several maxima
    # Of probabilities each frame has one of 1/V or more; of their logarithms none is above 0, but for rounding.
    if (values > min(0.01, 0.9 / log_probs.shape[2])).any():
        greedy(given.cpu(), lengths)  # names what is wrong, if anything is
    # In double precision, so that of frames that are all but certain the same one counts as in the CPU's memory.
    wide = torch.float32 if log_probs.device.type == "mps" else torch.float64
    sums = (log_probs - values[:, :, None]).exp().sum(dim=2, dtype=wide)  # (B, T), 1 or more
    normalised = torch.where(values.isfinite(), -sums.log().float(), values)
    decoded = collapse(labels.int().cpu().numpy(), normalised.cpu().numpy(), lengths)
    scores = _ctc_scores(log_probs, lengths, decoded)
    return replace(decoded, scores=scores, acoustic_scores=scores.copy())


def temper_on_device(decoded: Decoded, log_probs: Tensor, lengths: NDArray[np.int64], *, temperature: float) -> Decoded:
    """What ``ocrkit.ctc.temper`` gives, up to rounding, of log-probabilities where they lie.

    Args:
        decoded: what a decoder read in them.
        log_probs: (B, T, V), natural logs, on any device; label 0 is the blank.
        lengths: (B,) frames that count.
        temperature: above 0.
    """
    import torch

    of_line = np.diff(decoded.line_offsets)
    lines = np.repeat(np.arange(len(decoded)), of_line)  # (H,)
    tempered = (log_probs.detach().float() / temperature).log_softmax(dim=2)
    of_hypothesis = tempered if (of_line == 1).all() else tempered[torch.from_numpy(lines).to(tempered.device)]
    scores = _ctc_scores(of_hypothesis, lengths[lines], decoded)
    place = np.stack([np.repeat(lines, np.diff(decoded.label_offsets)), decoded.frames, decoded.labels])
    line, frame, label = torch.from_numpy(place).to(tempered.device)
    confidences = tempered[line, frame, label].exp().cpu().numpy()
    return replace(decoded, acoustic_scores=scores, confidences=confidences)


def _ctc_scores(log_probs: Tensor, lengths: NDArray[np.int64], decoded: Decoded) -> NDArray[np.float32]:
    """(B,) nats: the log of the probability of each line's labelling, summed over all its alignments."""
    import torch
    from torch.nn.functional import ctc_loss

    lines, frames, _ = log_probs.shape
    counts = np.diff(decoded.label_offsets)  # (B,) labels, of one hypothesis a line
    if lines == 0 or frames == 0:
        return np.zeros(lines, np.float32)
    room = max(1, int(counts.max()))  # L
    labels = np.zeros((lines, room), np.int64)
    labels[np.arange(room) < counts[:, np.newaxis]] = decoded.labels
    # The columns that count, the blank's before each label's: so few that double precision costs little.
    columns = torch.from_numpy(np.insert(labels, 0, 0, axis=1)).to(log_probs.device)  # (B, 1 + L)
    needed = log_probs.gather(2, columns[:, None].expand(-1, frames, -1))  # (B, T, 1 + L)
    if needed.device.type != "cuda":  # some devices know no doubles, or no CTC
        needed = needed.cpu()
    losses = ctc_loss(
        needed.double().transpose(0, 1),  # (T, B, 1 + L)
        torch.from_numpy(_columns_of(labels)).to(needed.device),
        torch.tensor(lengths, dtype=torch.int64),
        torch.from_numpy(counts),
        reduction="none",
    )
    return np.where(lengths > 0, -losses.cpu().numpy(), 0.0).astype(np.float32)


def _columns_of(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """(B, L) which column after the blank's is each label's; equal neighbours have one, as CTC must know them."""
    columns = np.tile(np.arange(1, labels.shape[1] + 1), (labels.shape[0], 1))
    columns[:, 1:][labels[:, 1:] == labels[:, :-1]] = 0
    return np.maximum.accumulate(columns, axis=1)
