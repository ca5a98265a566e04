"""A bidirectional LSTM over lines of different lengths."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from torch.autograd.function import FunctionCtx

    from ocrkit.nets.options import LstmLayer

__all__ = ["Blstm", "reversal"]


class Blstm(nn.Module):
    """Two LSTMs, one over each line as it is and one over its reversal, concatenated or summed.

    Each line is reversed by its own length, so that the backward LSTM starts at the line's own end. That gives what
    packed sequences give, three times as fast on a CPU (`benchmarks/bench_training_step.py`).

    Attributes:
        both_at_once: whether, in training on CUDA, the two run side by side on two streams. A recurrence takes one
            small product after the other, which leaves most of a card idle.
    """

    def __init__(self, features: int, layer: LstmLayer) -> None:
        super().__init__()
        self.merge = layer.merge
        self.both_at_once = True
        self.out_features = layer.features
        self.onward = nn.LSTM(features, layer.size, batch_first=True)
        self.reverse = nn.LSTM(features, layer.size, batch_first=True)
        for cells in (self.onward, self.reverse):
            _initialise(cells)

    def forward(self, frames: Tensor, order: Tensor) -> Tensor:
        """Turn (B, T, C) frames into (B, T, features); T at least 1.

        Args:
            frames: the lines' frames; those past a line's length do not change those before.
            order: the (B, T) ``reversal`` of the lengths.
        """
        if self.both_at_once and self.training and frames.is_cuda and not torch.are_deterministic_algorithms_enabled():
            onward, backward = self._side_by_side(frames, order)
        else:
            onward, backward = self._read(frames), self._read_reversed(frames, order)
        return onward + backward if self.merge == "sum" else torch.cat((onward, backward), dim=2)

    def _read(self, frames: Tensor) -> Tensor:
        read: Tensor = self.onward(frames)[0]
        return read  # (B, T, size)

    def _read_reversed(self, frames: Tensor, order: Tensor) -> Tensor:
        read, _ = self.reverse(_reordered(frames, order))
        return _reordered(read, order)  # (B, T, size)

    def _side_by_side(self, frames: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
        """Both readings, on two streams of the device; backwards each runs where it ran forwards."""
        here, beside = torch.cuda.current_stream(frames.device), _stream_beside(frames.device)
        beside.wait_stream(here)
        with torch.cuda.stream(beside):
            backward = self._read_reversed(frames, order)
        onward = self._read(frames)
        here.wait_stream(beside)
        # Their memory must not be given away while the other stream may still read it.
        for tensor, stream in ((frames, beside), (order, beside), (backward, here)):
            tensor.record_stream(stream)
        return onward, backward


def reversal(lengths: Tensor, frames: int) -> Tensor:
    """(B, T) indices that reverse each line's first ``lengths[b]`` frames and leave the rest; its own inverse."""
    time = torch.arange(frames, device=lengths.device)
    mirrored = lengths[:, None] - 1 - time
    return torch.where(mirrored >= 0, mirrored, time)


@cache
def _stream_beside(device: torch.device) -> torch.cuda.Stream:
    """The device's second stream, the same for all layers: they follow one another anyway."""
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # torch has left it so


def _reordered(frames: Tensor, order: Tensor) -> Tensor:
    """(B, T, C) frames, each line in its ``order``, which must be its own inverse."""
    first = torch.arange(frames.shape[0], device=frames.device)[:, None] * frames.shape[1]
    rows = (order + first).flatten()  # (B * T,)
    if frames.requires_grad and torch.is_grad_enabled():
        reordered: Tensor = _Reordering.apply(frames, rows)  # type: ignore[no-untyped-call]  # as above
        return reordered
    return _rows(frames, rows)


class _Reordering(torch.autograd.Function):
    """Rows in another order that is its own inverse, so that gradients are reordered too.

    Autograd knows only that rows may repeat, and would add the gradients up: slowly on a CPU, in no fixed order on
    CUDA.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, frames: Tensor, rows: Tensor) -> Tensor:
        ctx.save_for_backward(rows)
        return _rows(frames, rows)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (rows,) = ctx.saved_tensors
        return _rows(gradient, rows), None


def _rows(frames: Tensor, rows: Tensor) -> Tensor:
    return frames.reshape(-1, frames.shape[2]).index_select(0, rows).view(frames.shape)


def _initialise(cells: nn.LSTM) -> None:
    """Glorot for the inputs, orthogonal for the recurrence, and a forget gate that starts open.

    Source: Jozefowicz, Zaremba, Sutskever 2015, section 2.2, for the forget gate's bias of 1.
    """
    size = cells.hidden_size
    for name, weights in cells.named_parameters():
        if name.startswith("weight_ih"):
            for gate in torch.chunk(weights.data, 4):
                nn.init.xavier_uniform_(gate)
        elif name.startswith("weight_hh"):
            for gate in torch.chunk(weights.data, 4):
                nn.init.orthogonal_(gate)
        else:
            nn.init.zeros_(weights)
    with torch.no_grad():
        # PyTorch's gates stand in the order input, forget, cell, output, and two biases are added.
        dict(cells.named_parameters())["bias_ih_l0"][size : 2 * size] = 1.0
