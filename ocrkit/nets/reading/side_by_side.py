"""The convolutions of a plain backbone over lines that lie side by side in one row, each as wide as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ocrkit.nets.reading.convolution import FoldedStage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocrkit.nets.vgg import Vgg

__all__ = ["SideBySide"]

_ROW_BYTES = 24 * 2**20  # of the largest layer; memory beyond 32 MB is taken from the system anew for every layer
_STEP = 64  # px that a row's width is a multiple of: each other width has kernels of its own to be made


class SideBySide:
    """A ``Vgg`` that takes lines side by side, so that there is no padding to compute.

    Between two lines stand some columns of zeros, as beyond the ends of a line alone: a line gives what it gives alone.

    Raises:
        TypeError: it holds layers of unknown kinds.
    """

    def __init__(self, backbone: Vgg) -> None:
        self._backbone = backbone
        self._stages = [FoldedStage(stage.layers) for stage in backbone.stack.stages]  # type: ignore[arg-type]  # ModuleList forgets what it holds
        self._stride = 1
        for stage in self._stages:
            self._stride *= stage.pool[1] if stage.pool else 1
        # At the deepest convolution the gap must still be as wide as its kernel reaches.
        self._gap = self._stride * max(max(stage.weight.shape[2:]) // 2 for stage in self._stages)
        values = max(stage.weight.shape[0] for stage in self._stages[:1]) * backbone.height
        self._row = max(_STEP, _ROW_BYTES // (4 * values))

    def __call__(self, images: Sequence[Tensor]) -> list[Tensor]:
        """Turn (H, W_b) float32 lines of the backbone's height into (T_b, out_channels) frames each."""
        return [frames for row in self._rows(images) for frames in self._convolved(row)]

    def _rows(self, images: Sequence[Tensor]) -> Iterator[Sequence[Tensor]]:
        """The lines in order, as many at a time as a row has room for, at least one."""
        begun, width = 0, 0
        for place, image in enumerate(images):
            taken = self._room(image.shape[1])
            if place > begun and width + taken > self._row:
                yield images[begun:place]
                begun, width = place, 0
            width += taken
        if len(images) > begun:
            yield images[begun:]

    def _room(self, width: int) -> int:
        """Columns that a line takes with the gap after it, so that the next begins where a frame does."""
        return -(-(width + self._gap) // self._stride) * self._stride

    def _convolved(self, images: Sequence[Tensor]) -> list[Tensor]:
        lines, end = [], 0
        for image in images:
            lines.append(_Line(end, image.shape[1]))
            end += self._room(image.shape[1])
        height = self._backbone.height
        columns = torch.zeros(1, height, -(-end // _STEP) * _STEP, 1).permute(0, 3, 1, 2)  # (1, 1, H, W)
        for line, image in zip(lines, images, strict=True):
            columns[0, 0, :, line.start : line.start + line.width] = image
        for stage, frames in zip(self._stages, self._backbone.stack.stages, strict=True):
            for line, following in zip(lines, [*lines[1:], None], strict=True):
                columns[..., line.start + line.width : following and following.start] = 0
            columns = stage(columns)
            shrunk = stage.pool[1] if stage.pool else 1
            lines = [_Line(line.start // shrunk, frames.frames(line.width)) for line in lines]  # type: ignore[operator]
        return [self._frames(columns[0, :, :, line.start : line.start + line.width]) for line in lines]

    def _frames(self, columns: Tensor) -> Tensor:
        """A line's (C, H, T) as (T, out_channels)."""
        features = columns.flatten(0, 1)  # (C * H, T)
        if features.shape[1] == 0:
            return features.new_zeros(0, self._backbone.out_channels)
        if self._backbone.dense is not None:
            features = self._backbone.dense(features[None])[0]
        return features.T


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a line stands in its row: its first column, and how many are its own."""

    start: int
    width: int
