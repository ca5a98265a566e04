"""The output layer of a trained network for other labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import nn

__all__ = ["relabel"]


def relabel(output: nn.Linear, trained: nn.Linear, sources: Sequence[int | None]) -> None:
    """Fill ``output`` with the rows of ``trained``, so that what is read stays the same until it is trained.

    A fresh label's row is the mean of the kept rows, with log(1 + fresh labels) taken off its bias. Whatever the
    features are, its logit is then below the mean of the kept logits, and so below the highest: no fresh label is read
    before it is trained. As the log of a sum of exponentials is never below the mean plus the log of their number, all
    fresh labels together have a share below 1 / kept, and far less where the network is sure. They learn from the first
    step on, since a softmax pulls a label up by one minus its share.

    Args:
        output: has a row a label; filled in place.
        trained: what the weights are taken from.
        sources: for each row of ``output`` the row of ``trained`` that it keeps, or None for a fresh label; the
            blank's at least is kept.
    """
    kept = [(row, source) for row, source in enumerate(sources) if source is not None]
    fresh = [row for row, source in enumerate(sources) if source is None]
    into, rows = (list(column) for column in zip(*kept, strict=True))
    with torch.no_grad():
        output.weight[into] = trained.weight[rows]
        output.bias[into] = trained.bias[rows]
        if fresh:
            output.weight[fresh] = trained.weight[rows].double().mean(dim=0).to(output.weight.dtype)
            mean = trained.bias[rows].double().mean()
            output.bias[fresh] = (mean - math.log1p(len(fresh))).to(output.bias.dtype)
