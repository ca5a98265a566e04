"""The head ``blstm``: bidirectional LSTMs, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ocrkit.nets.blstm import Blstm, reversal

if TYPE_CHECKING:
    from ocrkit.nets.options import BlstmOptions

__all__ = ["Blstms"]


class Blstms(nn.ModuleList):
    """Bidirectional LSTMs over (B, T, C) frames, with dropout before each.

    Attributes:
        out_features: features a frame that the last one gives.
        dropout: the share of values set to zero in training.
    """

    # A list, whose state names its members by their place alone: model files know them as rnn.0 and so on.

    def __init__(self, features: int, options: BlstmOptions) -> None:
        super().__init__()
        self.dropout = options.dropout
        for layer in options.rnn:
            self.append(Blstm(features, layer))
            features = layer.features
        self.out_features = features

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Turn (B, T, C) frames, of which ``lengths[b]`` count, into (B, T, out_features); T at least 1."""
        order = reversal(lengths, frames.shape[1])
        for layer in self:
            frames = layer(nn.functional.dropout(frames, self.dropout, self.training), order)
        return frames
