"""What the network's maps are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from ocrkit.segmentation.maps import HEIGHTS, MAPS

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MapLoss", "map_loss"]

# How much each map counts beside the others.
_SHARES = {"baseline": 2.0, "body": 1.0, "end": 1.0, "border": 1.0, "not_text": 0.5, "ascender": 1.0, "descender": 1.0}
_PLAIN = [row for row, name in enumerate(MAPS) if name not in HEIGHTS]
_HIGH = [row for row, name in enumerate(MAPS) if name in HEIGHTS]
_BEND = 0.3  # of an x-height, where the loss of heights turns from square to straight
_LITTLE = 20.0  # values: a map with less than that on it in a whole batch has no overlap to speak of
_SCARCE = {"border": 4.0}  # times that a value counts where the map has something, since it seldom does


class MapLoss(NamedTuple):
    """The loss of a batch, and its parts by map, (7,), for logs."""

    total: Tensor
    parts: Tensor


def map_loss(logits: Tensor, maps: Tensor, weights: Tensor) -> MapLoss:
    """Cross-entropy and the lack of overlap of the maps that are probabilities, and the distance of heights.

    Args:
        logits: (B, 7, h, w) float32 as the network gives them.
        maps: (B, 7, h, w) what they should be.
        weights: (B, 7, h, w) 0 or 1: whether a value counts.

    Source: the overlap is the dice of Milletari et al. 2016, arXiv:1606.04797, over the whole batch.
    """
    found, wanted, counts = logits[:, _PLAIN], maps[:, _PLAIN], weights[:, _PLAIN]
    entropy = functional.binary_cross_entropy_with_logits(found, wanted, counts, reduction="none")
    scarce = torch.tensor([_SCARCE.get(MAPS[row], 1.0) - 1 for row in _PLAIN], device=logits.device)
    entropy = entropy * (1 + scarce[:, None, None] * wanted)
    over = (0, 2, 3)
    known, there = counts.sum(over), (wanted * counts).sum(over)
    entropy = entropy.sum(over) / known.clamp(min=1)
    probable = torch.sigmoid(found) * counts
    # Where a map is empty its overlap would teach that it always is: cross-entropy is enough there.
    overlap = 2 * (probable * wanted).sum(over) / (probable.sum(over) + there).clamp(min=1)
    lack = torch.where(there > _LITTLE, 1 - overlap, torch.zeros_like(overlap))
    high, own = weights[:, _HIGH], logits[:, _HIGH]
    distance = functional.smooth_l1_loss(own, maps[:, _HIGH], reduction="none", beta=_BEND)
    heights = (distance * high).sum(over) / high.sum(over).clamp(min=1)
    parts = logits.new_zeros(len(MAPS))
    parts[_PLAIN] = 3 * entropy + lack
    parts[_HIGH] = heights
    shares = torch.tensor([_SHARES[name] for name in MAPS], device=logits.device)
    return MapLoss((parts * shares).sum(), parts.detach())
