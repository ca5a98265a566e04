"""The CTC loss of the lines of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import ctc_loss

if TYPE_CHECKING:
    from torch import Tensor

    from ocrkit.training.batches import Batch

__all__ = ["line_losses", "summed_loss"]


def summed_loss(log_probs: Tensor, lengths: Tensor, batch: Batch) -> Tensor:
    """Nats, summed over the lines of a batch, each of which must have frames enough for its labels.

    Args:
        log_probs: (B, T, V) float32, label 0 the blank.
        lengths: (B,) frames that count.
        batch: whose labels they should spell.
    """
    return line_losses(log_probs, lengths, batch).sum()


def line_losses(log_probs: Tensor, lengths: Tensor, batch: Batch) -> Tensor:
    """(B,) nats of each line; infinite for a line that no path spells. Arguments as of ``summed_loss``."""
    if not len(batch):
        return log_probs.sum((1, 2))  # of no line, and yet a function of the weights
    if log_probs.shape[1] == 0:
        # torch refuses a batch without frames; nothing but an empty label fits there.
        return log_probs.new_zeros(len(batch)).masked_fill(batch.label_lengths.to(log_probs.device) > 0, float("inf"))
    device = log_probs.device
    if device.type == "cuda" and log_probs.requires_grad and torch.are_deterministic_algorithms_enabled():
        # On CUDA torch adds up the gradients of equal labels in no fixed order, and refuses to where one is asked for.
        log_probs = log_probs.cpu()
    return ctc_loss(
        log_probs.transpose(0, 1),  # (T, B, V)
        batch.labels.to(log_probs.device, non_blocking=True),
        lengths,
        batch.label_lengths,
        blank=0,
        reduction="none",
    ).to(device)
