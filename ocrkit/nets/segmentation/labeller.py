"""A U-shaped convolutional network that gives the maps of a page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ocrkit.errors import ModelError, OptionError
from ocrkit.nets.vgg import he_initialise

__all__ = ["Far", "Labeller", "LabellerOptions"]

_GROUPS = 4
_RARE = -2.0  # the logit that maps begin with


@dataclass(frozen=True, slots=True)
class LabellerOptions:
    """The size of a labeller.

    Attributes:
        channels: of each level, the first at half of the picture's scale, each further one at half of the one before.
        dilations: of the grouped convolutions at the deepest level, which let it look far along a line.
        maps: how many it gives.
    """

    channels: tuple[int, ...] = (16, 32, 64, 96, 128)
    dilations: tuple[int, ...] = (1, 2, 4)
    maps: int = 7

    def __post_init__(self) -> None:
        if len(self.channels) < 2 or min(self.channels) < 1 or max(self.channels) > 4096:
            raise OptionError(f"channels {self.channels} are none of a labeller; expected two to eight, each 1 to 4096")
        if len(self.channels) > 8:
            raise OptionError(f"{len(self.channels)} levels are too many for a labeller; expected two to eight")
        if self.channels[-1] % _GROUPS:
            raise OptionError(f"{self.channels[-1]} channels cannot be parted in {_GROUPS}; expected a multiple of it")
        if not all(1 <= dilation <= 64 for dilation in self.dilations) or len(self.dilations) > 16:
            raise OptionError(f"dilations {self.dilations} are out of range; expected at most 16, each 1 to 64")
        if not 1 <= self.maps <= 64:
            raise OptionError(f"{self.maps} maps are out of range; expected 1 to 64")


class Labeller(nn.Module):
    """Maps at half the scale of a page: an encoder that looks wide, and a decoder that brings its view back to pixels.

    Source: the shape is that of Ronneberger et al. 2015, arXiv:1505.04597, with sums for its concatenations, as
    LinkNet has them (Chaurasia and Culurciello 2017, arXiv:1707.03718).
    """

    def __init__(self, options: LabellerOptions | None = None) -> None:
        super().__init__()
        self.options = options = options or LabellerOptions()
        channels = options.channels
        self.stem = nn.Sequential(
            _convolution(1, channels[0], kernel=5, stride=2), _convolution(channels[0], channels[0])
        )
        self.down = nn.ModuleList(
            nn.Sequential(_convolution(before, after, stride=2), _convolution(after, after))
            for before, after in pairwise(channels)
        )
        self.far = nn.ModuleList(Far(channels[-1], dilation) for dilation in options.dilations)
        self.narrow = nn.ModuleList(_convolution(after, before, kernel=1) for before, after in pairwise(channels))
        self.join = nn.ModuleList(_convolution(count, count) for count in channels[:-1])
        self.output = nn.Conv2d(channels[0], options.maps, 1)
        self.apply(he_initialise)
        # Most pixels are on no map: so it begins, and need not unlearn the contrary first.
        nn.init.normal_(self.output.weight, std=0.05)
        if self.output.bias is not None:
            nn.init.constant_(self.output.bias, _RARE)

    @property
    def multiple(self) -> int:
        """What the sides of a picture must be a multiple of, px."""
        return 1 << len(self.options.channels)

    def forward(self, ink: Tensor) -> Tensor:
        """Turn (B, 1, H, W) ink, 0 for paper and 1 for black, into (B, maps, H / 2, W / 2): logits, and plain heights.

        Raises:
            ModelError: the shape does not fit.
        """
        if ink.ndim != 4 or ink.shape[1] != 1 or any(length % self.multiple for length in ink.shape[2:]):
            raise ModelError(
                f"ink has shape {tuple(ink.shape)}; expected (B, 1, H, W), H and W multiples of {self.multiple}"
            )
        levels = [self.stem(ink)]  # (B, C0, H / 2, W / 2)
        for down in self.down:
            levels.append(down(levels[-1]))  # (B, C, H / 2**k, W / 2**k)
        view = levels.pop()
        for far in self.far:
            view = far(view)
        for narrow, join, level in zip(self.narrow[::-1], self.join[::-1], levels[::-1], strict=True):
            wide = functional.interpolate(narrow(view), size=level.shape[2:], mode="nearest")
            view = join(wide + level)  # (B, C, H / 2**(k - 1), W / 2**(k - 1))
        maps: Tensor = self.output(view)
        return maps

    @torch.no_grad()
    def fold(self) -> Labeller:
        """Take each batch norm into the convolution before it, for use without further training; changes in place."""
        for block in list(self.modules()):
            if isinstance(block, nn.Sequential):
                _fold_norm(block)
        return self


class Far(nn.Module):
    """A grouped convolution that looks past its neighbours, and one that mixes its groups, beside a shortcut."""

    def __init__(self, count: int, dilation: int) -> None:
        super().__init__()
        self.look = _convolution(count, count, dilation=dilation, groups=_GROUPS)
        self.mix = _convolution(count, count, kernel=1)

    def forward(self, view: Tensor) -> Tensor:
        """Turn (B, C, H, W) into the same."""
        mixed: Tensor = self.mix(self.look(view))
        return view + mixed


def _convolution(
    before: int, after: int, *, kernel: int = 3, stride: int = 1, dilation: int = 1, groups: int = 1
) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    layer = nn.Conv2d(
        before, after, kernel, stride=stride, padding=padding, dilation=dilation, groups=groups, bias=False
    )
    return nn.Sequential(layer, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


def _fold_norm(block: nn.Sequential) -> None:
    """Make ``convolution, norm, ReLU`` a convolution with a bias, a place-holder and the ReLU."""
    layer, norm = block[0], block[1]
    if not isinstance(layer, nn.Conv2d) or not isinstance(norm, nn.BatchNorm2d):
        return
    block[0], block[1] = fuse_conv_bn_eval(layer.eval(), norm.eval()), nn.Identity()
