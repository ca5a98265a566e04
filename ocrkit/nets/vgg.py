"""A plain convolutional backbone: one family for the networks of the CRNN paper and its many descendants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ocrkit.nets.masking import MaskedStack, Width, image_batch, windows
from ocrkit.nets.options import pool_window, scaled, spread

if TYPE_CHECKING:
    from ocrkit.nets.options import VggOptions

__all__ = ["Convolution", "Vgg", "he_initialise"]


class Vgg(nn.Module):
    """Convolutions and pools from a line image to a row of feature columns.

    Source: Shi, Bai, Yao 2015, arXiv:1507.05717, section 2.1, for the shape of the family.
    """

    def __init__(self, options: VggOptions) -> None:
        super().__init__()
        self.height = options.height
        channels = [scaled(count, options.width_multiplier) for count in options.channels]
        self.stack = MaskedStack(
            Convolution(before, after, kernel=kernel, same=padding == "same", norm=norm, dropout=dropout, pool=pool)
            for before, after, kernel, padding, norm, dropout, pool in zip(
                [1, *channels[:-1]],
                channels,
                spread(options.kernels, len(channels)),
                spread(options.padding, len(channels)),
                spread(options.batch_norm, len(channels)),
                spread(options.dropout, len(channels)),
                options.pools,
                strict=True,
            )
        )
        features = channels[-1] * options.rows
        self.dense: nn.Module | None = None
        if options.dense:
            # A kernel of one column is a dense layer on each frame.
            self.dense = nn.Sequential(
                nn.Conv1d(features, options.dense, 1), nn.ReLU(inplace=True), nn.Dropout(options.dense_dropout)
            )
        self.out_channels = options.dense or features
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
        columns: Tensor = self.stack(images, widths)
        features = columns.flatten(1, 2)  # (B, C * rows, T)
        if self.dense is not None:
            features = self.dense(features)
        return features


class Convolution(nn.Module):
    """Convolution, batch norm, ReLU, dropout and pool: a ``Stage``.

    A frame that counts is pooled from columns that count, for a pool's stride is its window: no mask in between.
    """

    def __init__(
        self, before: int, after: int, *, kernel: int, same: bool, norm: bool, dropout: float, pool: str
    ) -> None:
        super().__init__()
        self.shrink = 0 if same else kernel - 1
        self.pool_width = pool_window(pool)[1]
        layers: list[nn.Module] = []
        if same and kernel % 2 == 0:
            layers.append(nn.ZeroPad2d(((kernel - 1) // 2, kernel // 2) * 2))
        around = kernel // 2 if same and kernel % 2 else 0
        layers.append(nn.Conv2d(before, after, kernel, padding=around, bias=not norm))
        if norm:
            layers.append(nn.BatchNorm2d(after))
        layers.append(nn.ReLU(inplace=True))
        if dropout:
            layers.append(nn.Dropout(dropout))
        if pool:
            layers.append(nn.MaxPool2d(pool_window(pool)))
        self.layers = nn.Sequential(*layers)

    def frames(self, width: Width) -> Width:
        """Columns that are left of ``width`` by kernel and pool."""
        return windows(width, size=self.shrink + 1) // self.pool_width

    def forward(self, columns: Tensor, widths: Tensor) -> Tensor:  # noqa: ARG002 - the role of a Stage
        """Turn (B, C, H, W) into (B, C', H', frames(W))."""
        pooled: Tensor = self.layers(columns)
        return pooled


def he_initialise(module: nn.Module) -> None:
    """Draw a convolution's weights by He et al. 2015, arXiv:1502.01852, for the ReLU that follows; biases are 0."""
    if isinstance(module, (nn.Conv1d, nn.Conv2d)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
