"""One convolution of a network that is trained no more: batch norm folded in, and Winograd's way where torch has it."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from ocrkit.processor import is_widest_in_float32

__all__ = ["FoldedStage"]

_WINOGRAD_CHANNELS = 16  # of both sides: with fewer, turning tiles there and back costs more than it saves
_CLOSE = 1e-3  # Winograd's sums against plain ones, of numbers around 1


class FoldedStage:
    """A stage of ``Vgg``, for lines side by side: convolution, batch norm, pool and ReLU.

    Source: Lavin and Gray 2016, arXiv:1509.09308, for the 3x3 convolutions, in float32; by NNPACK, which torch holds.
    Not where plain ones have vectors of twice its length.

    Raises:
        TypeError: it holds layers of other kinds.
    """

    def __init__(self, layers: nn.Sequential) -> None:
        self.around = (0, 0, 0, 0)  # zeros to the left, right, top and bottom
        self.pool: tuple[int, int] | None = None
        convolution: nn.Conv2d | None = None
        norm: nn.BatchNorm2d | None = None
        for layer in layers:
            if isinstance(layer, nn.Conv2d):
                convolution = layer
            elif isinstance(layer, nn.BatchNorm2d):
                norm = layer
            elif isinstance(layer, nn.ZeroPad2d):
                self.around = layer.padding
            elif isinstance(layer, nn.MaxPool2d):
                self.pool = layer.kernel_size  # type: ignore[assignment]  # that of a Vgg is always a pair
            elif not isinstance(layer, nn.ReLU | nn.Dropout):
                raise TypeError(f"a stage with a {type(layer).__name__}")
        if convolution is None:
            raise TypeError("a stage without a convolution")
        self.weight, self.bias = _folded(convolution, norm)
        self.padding = convolution.padding[0]
        suits = _suits_winograd(self.weight, self.padding)
        self.by_winograd = suits and not is_widest_in_float32() and _has_winograd()
        if not self.by_winograd:
            self.weight = self.weight.contiguous(memory_format=torch.channels_last)

    def __call__(self, columns: Tensor) -> Tensor:
        """Turn (1, C, H, W) into (1, C', H', W'), of a row without a break."""
        if any(self.around):
            columns = functional.pad(columns, self.around)
        if self.by_winograd:
            columns = torch._nnpack_spatial_convolution(columns.contiguous(), self.weight, self.bias, [1, 1], [1, 1])
        else:
            columns = functional.conv2d(columns, self.weight, self.bias, padding=self.padding)
        # A ReLU after the pool has less to do, and the largest value stays the largest.
        return self._pooled(columns).relu_()

    def _pooled(self, columns: Tensor) -> Tensor:
        """The largest of each window; slices take half as long as torch's pool, which also looks for the place."""
        if self.pool is None:
            return columns
        high, wide = self.pool
        height, width = columns.shape[2] // high * high, columns.shape[3] // wide * wide
        columns = columns[:, :, :height, :width]
        if high > 1:
            columns = _largest([columns[:, :, row::high] for row in range(high)])
        if wide > 1:
            columns = _largest([columns[..., column::wide] for column in range(wide)])
        return columns


def _largest(parts: list[Tensor]) -> Tensor:
    largest = parts[0]
    for part in parts[1:]:
        largest = torch.maximum(largest, part)
    return largest


def _folded(convolution: nn.Conv2d, norm: nn.BatchNorm2d | None) -> tuple[Tensor, Tensor]:
    """The weight and bias of a convolution that does the batch norm's work too, in the precision of neither."""
    weight = convolution.weight.detach().double()
    bias = weight.new_zeros(len(weight)) if convolution.bias is None else convolution.bias.detach().double()
    if norm is None:
        return weight.float(), bias.float()
    if norm.running_mean is None or norm.running_var is None:
        raise TypeError("a batch norm without running statistics")
    scale = torch.rsqrt(norm.running_var.double() + norm.eps) * norm.weight.detach().double()
    shifted = (bias - norm.running_mean.double()) * scale + norm.bias.detach().double()
    return (weight * scale[:, None, None, None]).float(), shifted.float()


def _suits_winograd(weight: Tensor, padding: object) -> bool:
    return tuple(weight.shape[2:]) == (3, 3) and padding == 1 and min(weight.shape[:2]) >= _WINOGRAD_CHANNELS


@cache
def _has_winograd() -> bool:
    """Whether torch has NNPACK's convolution, and it gives here what it should."""
    try:
        if not torch._nnpack_available():
            return False
        lines = torch.linspace(-1, 1, 16 * 12 * 40).sin().view(1, 16, 12, 40)
        weight, bias = torch.linspace(-9, 9, 16 * 16 * 9).cos().view(16, 16, 3, 3) / 12, torch.linspace(0, 1, 16)
        found = torch._nnpack_spatial_convolution(lines, weight, bias, [1, 1], [1, 1])
        return bool((found - functional.conv2d(lines, weight, bias, padding=1)).abs().max() < _CLOSE)
    except (AttributeError, RuntimeError):  # names with an underscore may go
        return False
