"""What the lines of a batch go through together, on the device, afresh in each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ocrkit.errors import PluginError
from ocrkit.nets.draws import LineDraws
from ocrkit.training.augmenter import CHANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from ocrkit.plugin.registry import Registry
    from ocrkit.plugin.specs import BatchDegradation

__all__ = ["BatchAugmenter"]


@dataclass(frozen=True, slots=True)
class BatchAugmenter:
    """Degrades the lines of a batch, each by (seed, epoch, line) alone, whatever else is in the batch.

    Attributes:
        degradations: by name, what is applied, each to half of the lines, with the strength that it has at most.
        seed: of the run.
    """

    degradations: tuple[tuple[str, BatchDegradation, float], ...]
    seed: int

    @classmethod
    def named(cls, strengths: Mapping[str, float], *, seed: int, registry: Registry) -> BatchAugmenter:
        """An augmenter with those of the registry's degradations of these names that do batches.

        Raises:
            UnknownNameError: there is no such degradation.
        """
        specs = ((registry.augmentation(name), strength) for name, strength in strengths.items())
        return cls(tuple((spec.name, spec.batched(), most) for spec, most in specs if spec.batched), seed)

    def __call__(self, ink: Tensor, widths: Tensor, *, lines: NDArray[np.int64], epoch: int) -> Tensor:
        """Degraded (B, 1, H, W) ink.

        Args:
            ink: 0 for paper, 1 for black; left as it is.
            widths: (B,) px, int64, on any device; what lies beyond stays paper.
            lines: (B,) which lines they are.
            epoch: in which.

        Raises:
            PluginError: a degradation gave something else than such ink.
        """
        device = ink.device
        px = widths.to(device, non_blocking=True)
        paper = torch.arange(ink.shape[3], device=device) >= px[:, None, None, None]
        for name, degradation, most in self.degradations:
            drawn = _draws(name, lines, self.seed, epoch, ink).uniform_here(2)
            met = np.flatnonzero(drawn[:, 0] < CHANCE)
            if not len(met) or not most:
                continue
            chosen = torch.from_numpy(met).to(device, non_blocking=True)
            strengths = torch.from_numpy(drawn[met, 1] * np.float32(most)).to(device, non_blocking=True)
            some = ink[chosen]
            draws = _draws(name, lines[met], self.seed, epoch, some)
            draws.used = drawn.shape[1]
            degraded = degradation(some, px[chosen], strengths, draws)
            _check(degraded, some, name)
            ink = ink.index_copy(0, chosen, degraded.masked_fill(paper[chosen], 0.0))
        return ink


def _draws(name: str, lines: NDArray[np.int64], seed: int, epoch: int, ink: Tensor) -> LineDraws:
    return LineDraws.of(name, lines, seed=seed, epoch=epoch, shape=ink.shape, device=ink.device)


def _check(degraded: object, ink: Tensor, name: str) -> None:
    good = isinstance(degraded, torch.Tensor) and degraded.shape == ink.shape and degraded.dtype == ink.dtype
    if not good:
        tensor = isinstance(degraded, torch.Tensor)
        given = f"{degraded.dtype} {tuple(degraded.shape)}" if tensor else f"a {type(degraded).__name__}"  # type: ignore[attr-defined]
        raise PluginError(f"augmentation {name!r} gave {given}; expected {ink.dtype} {tuple(ink.shape)}")
