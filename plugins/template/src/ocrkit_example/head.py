"""A head: what reads a backbone's frames, each by those around it. Imported when it is built, for torch is slow."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Near(nn.Module):
    """One convolution over a frame and its neighbours."""

    def __init__(self, features: int, size: int, dropout: float) -> None:
        super().__init__()
        self.out_features = size
        self.drop = nn.Dropout(dropout)
        self.see = nn.Conv1d(features, size, 3, padding=1)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Turn (B, T, C) frames, of which ``lengths[b]`` count, into (B, T, size)."""
        own = torch.arange(frames.shape[1], device=frames.device) < lengths[:, None]
        columns = (self.drop(frames) * own[:, :, None]).transpose(1, 2)  # (B, C, T)
        return torch.relu(self.see(columns)).transpose(1, 2)
