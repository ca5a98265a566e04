"""Degradations of a whole batch of lines at once, on the device where it is: what is cheap enough to be done there.

Each maps (B, 1, H, W) ink, float32, 0 for paper and 1 for black, to such ink. What it draws for a line comes from that
line's own numbers, and pixels past a line's width are paper and count as such: so a line is degraded in the same way
alone and in any batch, but for the last bit. A strength of 0 leaves a line as it is, and 1 is the worst that can still
be read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

__all__ = ["BATCHED", "Draws", "blur", "cut_out", "fade", "grain", "shade", "shrink", "slant", "thicken", "thin"]


class Draws(Protocol):
    """What is drawn for the lines of a batch, for each line by its own numbers."""

    def uniform(self, count: int) -> Tensor:
        """(B, count) numbers from 0 to below 1."""
        ...

    def noise(self) -> Tensor:
        """(B, 1, H, W) numbers, one a pixel, of mean 0 and deviation 1."""
        ...


Batched = Callable[["Tensor", "Tensor", "Tensor", Draws], "Tensor"]


def blur(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Put the lens out of focus, by up to a twenty-fourth of the height of deviation."""
    most = ink.shape[2] / 24  # px
    reach = math.ceil(2.5 * most)
    deviations = (most * _far(strengths, draws)).clamp_min(1e-3)
    offsets = torch.arange(-reach, reach + 1, device=ink.device)
    weights = torch.exp(-0.5 * (offsets / deviations[:, None]).square())
    weights = weights / weights.sum(1, keepdim=True)  # (B, 2 reach + 1)
    lines = ink.transpose(0, 1)  # (1, B, H, W): a kernel of its own for each line
    across = functional.conv2d(lines, weights[:, None, None, :], padding=(0, reach), groups=len(ink))
    down = functional.conv2d(across, weights[:, None, :, None], padding=(reach, 0), groups=len(ink))
    return down.transpose(0, 1)


def grain(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Add the noise of the sensor, of up to 24 grey levels of deviation."""
    deviations = 24 / 255 * _far(strengths, draws)
    return (ink + _each(deviations) * draws.noise()).clamp(0, 1)


def shade(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Light the line unevenly: shadows some heights long, deeper above or below, of up to half of the light."""
    height, width = ink.shape[2:]
    depth, length, phase, tilt = (_each(part) for part in draws.uniform(4).unbind(1))
    x = torch.arange(width, device=ink.device) / height
    y = torch.linspace(-1, 1, height, device=ink.device)[:, None]
    waves = torch.cos(2 * math.pi * (x / (3 + 13 * length) + phase))  # 3 to 16 heights from one shadow to the next
    shadow = 0.25 * (1 + waves) + 0.25 * (1 + (2 * tilt - 1) * y)
    return 1 - (1 - ink) * (1 - _each(strengths) * 0.5 * (0.5 + 0.5 * depth) * shadow)


def fade(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Take contrast: ink grey, up to 110, paper dark, down to 185, and the greys between moved to either side."""
    light, dark, bend = (_each(part) for part in draws.uniform(3).unbind(1))
    strength = _each(strengths)
    black, white = 110 / 255 * strength * (0.4 + 0.6 * light), 1 - 70 / 255 * strength * dark
    exponents = 1 - 0.4 * strength + 1.4 * strength * bend
    return 1 - (black + (white - black) * (1 - ink).clamp_min(1e-6) ** exponents)


def slant(ink: Tensor, widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Lean the letters by up to 0.35 px a px, to either side, narrower by what they need to keep their place."""
    height = ink.shape[2]
    leaning = 0.35 * strengths * (2 * draws.uniform(1)[:, 0] - 1)
    px = widths.to(ink.dtype)
    narrower = (px + leaning.abs() * height) / px
    return _sampled(ink, widths, across=narrower, down=torch.ones_like(px), leaning=leaning, lift=torch.zeros_like(px))


def shrink(ink: Tensor, widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Make the letters smaller in their line, by up to a quarter in height and a tenth in width, higher or lower."""
    lower, narrower, place = draws.uniform(3).unbind(1)
    down = 1 / (1 - 0.25 * strengths * lower)
    lift = (2 * place - 1) * (1 - 1 / down) * ink.shape[2] / 2
    across = 1 / (1 - 0.1 * strengths * narrower)
    return _sampled(ink, widths, across=across, down=down, leaning=torch.zeros_like(down), lift=lift)


def thicken(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Let the ink spread over its neighbours, by up to a fortieth of the height."""
    return ink + _each(_far(strengths, draws)) * (_spread(ink) - ink)


def thin(ink: Tensor, _widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Let the paper win back the strokes' edges, by up to a fortieth of the height and 0.7 of the ink there."""
    return ink - 0.7 * _each(_far(strengths, draws)) * (ink + _spread(-ink))


def cut_out(ink: Tensor, widths: Tensor, strengths: Tensor, draws: Draws) -> Tensor:
    """Lose up to three patches of the line, each up to a third of the height wide and high."""
    height, width = ink.shape[2:]
    drawn = draws.uniform(12).reshape(len(ink), 3, 4, 1, 1)  # (B, patches, what, 1, 1)
    sizes = height / 3 * strengths.reshape(-1, 1, 1, 1, 1) * drawn[:, :, 2:]  # (B, 3, 2, 1, 1)
    x = torch.arange(width, device=ink.device) - drawn[:, :, 0] * _each(widths) + 0.5
    y = torch.arange(height, device=ink.device)[:, None] - drawn[:, :, 1] * height + 0.5
    lost = (x.abs() < sizes[:, :, 0] / 2) & (y.abs() < sizes[:, :, 1] / 2)  # (B, 3, H, W)
    return ink.masked_fill(lost.any(1, keepdim=True), 0.0)


BATCHED: Mapping[str, Batched] = MappingProxyType(
    {each.__name__: each for each in (thicken, thin, slant, shade, fade, blur, grain, shrink, cut_out)}
)


def _far(strengths: Tensor, draws: Draws) -> Tensor:
    """(B,) how far each line goes: from half of its strength to all of it."""
    return strengths * (0.5 + 0.5 * draws.uniform(1)[:, 0])


def _each(values: Tensor) -> Tensor:
    """(B,) as (B, 1, 1, 1), beside pixels."""
    return values[:, None, None, None]


def _spread(ink: Tensor) -> Tensor:
    """The most of each pixel and its neighbours, of which there is paper beyond the edges too."""
    height, width = ink.shape[2:]
    reach = max(1, round(height / 40))
    padded = functional.pad(ink, (reach, reach, reach, reach))
    # Row by row and then column by column: several times as fast as a pooling of squares.
    across = padded[..., :width]
    for step in range(1, 2 * reach + 1):
        across = torch.maximum(across, padded[..., step : step + width])
    down = across[:, :, :height]
    for step in range(1, 2 * reach + 1):
        down = torch.maximum(down, across[:, :, step : step + height])
    return down


def _sampled(ink: Tensor, widths: Tensor, *, across: Tensor, down: Tensor, leaning: Tensor, lift: Tensor) -> Tensor:
    """Each line from places so many times as far from its middle, moved by ``leaning`` px a px and ``lift`` px."""
    height, width = ink.shape[2:]
    middle = _each(widths.to(ink.dtype))[:, 0] / 2  # (B, 1, 1)
    x = torch.arange(width, device=ink.device) + 0.5 - middle
    y = (torch.arange(height, device=ink.device) + 0.5 - height / 2)[:, None] - _each(lift)[:, 0]
    from_x = middle + x * _each(across)[:, 0] + y * _each(leaning)[:, 0]  # (B, H, W)
    from_y = (height / 2 + y * _each(down)[:, 0]).expand_as(from_x)
    grid = torch.stack((2 * from_x / width - 1, 2 * from_y / height - 1), -1)
    return functional.grid_sample(ink, grid, padding_mode="zeros", align_corners=False)
