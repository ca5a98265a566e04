"""A residual backbone, after the networks of the CRNN literature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ocrkit.nets.masking import MaskedStack, Width, image_batch, mask_columns
from ocrkit.nets.options import pool_window, scaled
from ocrkit.nets.vgg import he_initialise

if TYPE_CHECKING:
    from ocrkit.nets.options import ResnetOptions

__all__ = ["Block", "Plain", "Pool", "Resnet"]


class Resnet(nn.Module):
    """Residual blocks between max pools, from a line image to a row of feature columns.

    Source: Cheng et al. 2017, arXiv:1709.02054, table 1; blocks of He et al. 2015, arXiv:1512.03385, figure 2.
    """

    def __init__(self, options: ResnetOptions) -> None:
        super().__init__()
        self.height = options.height
        stages: list[nn.Module] = []
        before = 1
        for count in options.stem:
            after = scaled(count, options.width_multiplier)
            stages.append(Plain(before, after))
            before = after
        for count, blocks, pool in zip(options.channels, options.blocks, options.pools, strict=True):
            after = scaled(count, options.width_multiplier)
            if pool:
                stages.append(Pool(*pool_window(pool)))
            stages += [Block(before if index == 0 else after, after) for index in range(blocks)]
            stages.append(Plain(after, after))
            before = after
        self.stack = MaskedStack(stages)
        self.dropout = nn.Dropout(options.dropout)
        self.out_channels = before * options.rows
        self.apply(he_initialise)

    def frames(self, width: Width) -> Width:
        """Frames that an image ``width`` px wide becomes; elementwise on an integer tensor."""
        return self.stack.frames(width)

    def forward(self, images: Tensor, widths: Tensor) -> Tensor:
        """Turn (B, 1, H, W) images into (B, out_channels, T) features; columns past ``widths[b]`` play no part.

        Raises:
            ModelError: the images have another height, or the shapes do not fit.
        """
        widths = image_batch(images, widths, height=self.height)
        if self.frames(images.shape[3]) == 0:
            return images.new_zeros(images.shape[0], self.out_channels, 0)
        columns: Tensor = self.dropout(self.stack(images, widths))
        return columns.flatten(1, 2)  # (B, C * rows, T)


class Plain(nn.Module):
    """3x3 convolution, batch norm, ReLU; keeps the width."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
        )

    def frames(self, width: Width) -> Width:
        """The width itself."""
        return width

    def forward(self, columns: Tensor, widths: Tensor) -> Tensor:  # noqa: ARG002 - the role of a Stage
        """Turn (B, C, H, W) into (B, C', H, W)."""
        rectified: Tensor = self.layers(columns)
        return rectified


class Pool(nn.Module):
    """Max pool whose stride is its window; columns that fill no window are dropped."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.pool = nn.MaxPool2d((height, width))

    def frames(self, width: Width) -> Width:
        """Whole windows of ``width`` columns."""
        return width // self.width

    def forward(self, columns: Tensor, widths: Tensor) -> Tensor:  # noqa: ARG002 - the role of a Stage
        """Turn (B, C, H, W) into (B, C, H', frames(W))."""
        pooled: Tensor = self.pool(columns)
        return pooled


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; keeps the width, and masks between its convolutions."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = Plain(before, after)
        self.second = nn.Sequential(nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after))
        self.shortcut: nn.Module = nn.Identity()
        if before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after))
        self.rectify = nn.ReLU(inplace=True)

    def frames(self, width: Width) -> Width:
        """The width itself."""
        return width

    def forward(self, columns: Tensor, widths: Tensor) -> Tensor:
        """Turn (B, C, H, W), zero past each line's ``widths[b]``, into (B, C', H, W)."""
        inner = mask_columns(self.first(columns, widths), widths)
        rectified: Tensor = self.rectify(self.second(inner) + self.shortcut(columns))
        return rectified
