"""Lines put together as the network takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Batch", "ink_of", "make_batch"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some lines, padded on the right, with their labels end to end: a batch of training, or a part of one.

    Attributes:
        images: (B, 1, H, W) ink, float32, on the device where the network is.
        widths: (B,) px, int64.
        labels: (sum of label_lengths,) int64.
        label_lengths: (B,) int64.
        lines: (B,) which lines of their set they are.
        all_lines: lines in all parts of the batch together, those of other processes included.
        all_labels: labels in them, by which the batch's summed loss is divided.
    """

    images: Tensor
    widths: Tensor
    labels: Tensor
    label_lengths: Tensor
    lines: NDArray[np.int64]
    all_lines: int
    all_labels: int

    def __len__(self) -> int:
        return len(self.widths)


def make_batch(images: Sequence[NDArray[np.uint8]], labels: Sequence[NDArray[np.int64]]) -> Batch:
    """Pad fitted (H, W) images, 255 for paper, and join their labels."""
    widths = [image.shape[1] for image in images]
    grey = np.full((len(images), images[0].shape[0], max(widths)), 255, np.uint8)
    for row, image in zip(grey, images, strict=True):
        row[:, : image.shape[1]] = image
    joined = torch.from_numpy(np.concatenate(labels)) if labels else torch.zeros(0, dtype=torch.int64)
    lengths = torch.tensor([len(label) for label in labels])
    which = np.arange(len(images))
    return Batch(ink_of(torch.from_numpy(grey)), torch.tensor(widths), joined, lengths, which, len(images), len(joined))


def ink_of(grey: Tensor) -> Tensor:
    """(B, H, W) grey values, uint8, as (B, 1, H, W) ink, float32: 0 is white paper, as padding is, and 1 is black."""
    return (255 - grey).to(torch.float32).div_(255).unsqueeze(1)
