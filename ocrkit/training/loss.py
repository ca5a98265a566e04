"""The CTC loss of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import ctc_loss

if TYPE_CHECKING:
    from torch import Tensor

    from ocrkit.training.batches import Batch

__all__ = ["summed_loss"]


def summed_loss(log_probs: Tensor, lengths: Tensor, batch: Batch) -> Tensor:
    """Nats, summed over the lines of a batch; a line that no path spells adds nothing.

    Args:
        log_probs: (B, T, V) float32, label 0 the blank.
        lengths: (B,) frames that count.
        batch: whose labels they should spell.
    """
    return ctc_loss(
        log_probs.transpose(0, 1),  # (T, B, V)
        batch.labels.to(log_probs.device),
        lengths,
        batch.label_lengths,
        blank=0,
        reduction="sum",
        zero_infinity=True,
    )
