"""Lines of different widths in one batch: which columns are a line's own, and how many a window makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import torch
from torch import Tensor, nn

from ocrkit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MaskedStack", "Stage", "Width", "image_batch", "mask_columns", "non_negative", "windows"]

Width = TypeVar("Width", int, Tensor)


class Stage(Protocol):
    """The role of a layer in a ``MaskedStack``: an ``nn.Module`` that knows its own width formula."""

    def frames(self, width: Width) -> Width:
        """Columns that come out where ``width`` columns go in."""
        ...

    def __call__(self, columns: Tensor, widths: Tensor) -> Tensor:
        """Turn (B, C, H, W), zero past each line's ``widths[b]``, into (B, C', H', frames(W))."""
        ...


def non_negative(width: Width) -> Width:
    """``width``, or 0 where it is below."""
    return width.clamp(min=0) if isinstance(width, Tensor) else max(width, 0)


def windows(width: Width, *, size: int, stride: int = 1, padding: int = 0) -> Width:
    """Whole windows that fit on ``width`` columns with ``padding`` zeros in all, both sides taken together."""
    return non_negative((width + padding - size) // stride + 1)


def mask_columns(columns: Tensor, widths: Tensor) -> Tensor:
    """Set the columns of (B, C, H, W) or (B, C, T) at or past each line's own ``widths[b]`` to zero."""
    # A product is three times as fast as torch.where on a CPU, forwards and backwards.
    return columns * _own_columns(columns, widths).to(columns.dtype)


class MaskedStack(nn.Module):
    """Stages one after the other, the padding set to zero before each.

    The columns are laid out channels last, which CPU convolutions and tensor cores like best; the weights are not, so
    that checkpoints and optimiser states need not know (`docs/networks.md` has the measurement).
    """

    def __init__(self, stages: Iterable[nn.Module]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)

    def frames(self, width: Width) -> Width:
        """Columns that come out of the last stage where ``width`` go into the first."""
        for stage in self.stages:
            width = stage.frames(width)  # type: ignore[operator]  # ModuleList forgets that these are Stages
        return width

    def forward(self, columns: Tensor, widths: Tensor) -> Tensor:
        """Turn (B, C, H, W), each line ``widths[b]`` px wide, into (B, C', H', frames(W))."""
        # A product would keep the NaN and infinities that may stand in the padding of what comes from outside.
        finite = torch.where(_own_columns(columns, widths), columns, 0)
        columns = torch.empty_like(columns, memory_format=torch.channels_last).copy_(finite)
        for stage in self.stages:
            columns = stage(mask_columns(columns, widths), widths)
            widths = stage.frames(widths)  # type: ignore[operator]  # ModuleList forgets that these are Stages
        return columns


def image_batch(images: Tensor, widths: Tensor, *, height: int) -> Tensor:
    """The widths on the images' device, after a check of the shapes.

    Raises:
        ModelError: the images are not (B, 1, ``height``, W), or the widths not (B,).
    """
    if images.dim() != 4 or images.shape[1] != 1 or images.shape[2] != height:
        raise ModelError(
            f"images have shape {tuple(images.shape)}; expected (lines, 1, {height}, width): "
            f"this network reads grey lines {height} px high"
        )
    if widths.shape != images.shape[:1]:
        raise ModelError(f"widths have shape {tuple(widths.shape)}; expected ({images.shape[0]},): one a line")
    # Unasked, the copy would wait until the device has done all that it was given.
    return widths.to(images.device, non_blocking=True)


def _own_columns(columns: Tensor, widths: Tensor) -> Tensor:
    """Whether each column is its line's own: (B, 1, ..., 1, W), to go with ``columns``."""
    own = torch.arange(columns.shape[-1], device=columns.device) < widths[:, None]  # (B, W)
    return own.view(own.shape[0], *[1] * (columns.dim() - 2), own.shape[1])
