"""Which lines a little rounding could make read otherwise."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["doubtful"]


def doubtful(log_probs: Tensor, lengths: Tensor, *, margin: float) -> Tensor:
    """Whether each line's greedy reading hangs on a frame whose two likeliest labels are nearly as likely.

    A frame counts where the second label in place of the first would change what is read: not where the first is that
    of a neighbouring frame and the second the blank, say, as at most edges of a letter.

    Args:
        log_probs: (B, T, V), label 0 the blank.
        lengths: (B,) frames that count.
        margin: probabilities less far apart than that are nearly as likely.

    Returns:
        (B,) bool.
    """
    if log_probs.shape[1] == 0:
        return torch.zeros(len(log_probs), dtype=torch.bool)
    # Two passes over all labels, for torch.topk takes five times as long.
    best, first = log_probs.max(2)  # (B, T)
    second_best, second = log_probs.scatter(2, first[:, :, None], -torch.inf).max(2)
    counts = torch.arange(log_probs.shape[1]) < lengths[:, None]  # (B, T)
    near = counts & (best.exp() - second_best.exp() < margin)
    first = first.where(counts, 0)
    nothing = first.new_zeros(len(first), 1)
    before, after = torch.cat((nothing, first[:, :-1]), 1), torch.cat((first[:, 1:], nothing), 1)
    return (near & _differ(_read(before, first, after), _read(before, second, after))).any(1)


def _read(before: Tensor, label: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """What is read at a frame and the one after it: up to two labels, zeros where there are fewer."""
    here, there = label.where(label != before, 0), after.where(after != label, 0)
    return here.where(here != 0, there), there.where(here != 0, 0)


def _differ(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> Tensor:
    return (one[0] != other[0]) | (one[1] != other[1])
