"""The head ``mixer``: convolutions over neighbouring frames and layers within each frame, without recurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from ocrkit.nets.options import MixerOptions

__all__ = ["Block", "Mixer"]


class Mixer(nn.Module):
    """Blocks over (B, T, C) frames, each of which sees ``kernel`` frames, its own in the middle.

    A line's frames see zeros beyond its ends, and the norms are over one frame's features: padding plays no part.

    Source: the blocks of ConvNeXt, Liu et al. 2022, arXiv:2201.03545, figure 4, along one axis; depthwise separable
    convolutions with CTC as in QuartzNet, Kriman et al. 2019, arXiv:1910.10261; local mixing of frames in place of
    recurrence as in SVTR, Du et al. 2022, arXiv:2205.00159.

    Attributes:
        out_features: features a frame that come out.
    """

    def __init__(self, features: int, options: MixerOptions) -> None:
        super().__init__()
        self.out_features = options.size
        self.enter = nn.Linear(features, options.size)
        self.blocks = nn.ModuleList(Block(options) for _ in range(options.layers))
        self.norm = nn.LayerNorm(options.size)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Turn (B, T, C) frames, of which ``lengths[b]`` count, into (B, T, out_features); T at least 1."""
        own = torch.arange(frames.shape[1], device=frames.device) < lengths[:, None]  # (B, T)
        frames = self.enter(frames)  # (B, T, size)
        mask = own[:, :, None].to(frames.dtype)
        for block in self.blocks:
            frames = block(frames, mask)
        mixed: Tensor = self.norm(frames)
        return mixed


class Block(nn.Module):
    """Convolution over neighbours, norm, and two layers with a GELU between, all beside a shortcut."""

    def __init__(self, options: MixerOptions) -> None:
        super().__init__()
        size, inside = options.size, options.expansion * options.size
        # In two dimensions: there a CPU takes (B, T, size) as it lies, channels last, ten times as fast forwards as
        # in one. Without a bias, whose gradient would take as long as that of the weights, and the norm has one.
        self.look = nn.Conv2d(
            size, size, (1, options.kernel), padding=(0, options.kernel // 2), groups=size, bias=False
        )
        self.norm = nn.LayerNorm(size)
        self.layers = nn.Sequential(
            nn.Linear(size, inside), nn.GELU(), nn.Linear(inside, size), nn.Dropout(options.dropout)
        )

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Turn (B, T, size) into the same; ``mask`` (B, T, 1) is 1 for the frames that count, and else 0."""
        columns = (frames * mask).transpose(1, 2)[:, :, None]  # (B, size, 1, T)
        seen = self.look(columns)[:, :, 0].transpose(1, 2)  # (B, T, size)
        added: Tensor = self.layers(self.norm(seen))
        return frames + added
