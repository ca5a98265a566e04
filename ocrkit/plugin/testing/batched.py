"""Whether a degradation of batches keeps to ink, leaves its input alone, and treats a line alone as in a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.testing.verdict import require, running

if TYPE_CHECKING:
    from torch import Tensor

    from ocrkit.plugin.specs import BatchDegradation

__all__ = ["check_batched"]

_WIDTHS = (50, 80, 30)


def check_batched(what: str, degradation: BatchDegradation) -> None:
    """Check a degradation on three lines of random ink, at every strength from 0 to 1 by quarters.

    Raises:
        PluginError: it fails, gives something else than ink of the same shape, writes to its input, or a line comes out
            otherwise alone, or the second time.
    """
    import torch

    ink = _lines()
    before = ink.clone()
    for strength in (quarter / 4 for quarter in range(5)):
        at = f"{what} for batches at strength {strength}"
        found = _degraded(at, degradation, ink, strength, range(len(_WIDTHS)))
        require(isinstance(found, torch.Tensor), f"{at} gives a {type(found).__name__}; expected a tensor")
        require(
            found.shape == ink.shape and found.dtype == ink.dtype,
            f"{at} gives {found.dtype} of shape {tuple(found.shape)}; expected {ink.dtype} of shape {tuple(ink.shape)}",
        )
        lowest, highest = float(found.min()), float(found.max())
        require(lowest >= -0.01 and highest <= 1.01, f"{at} gives ink of {lowest} to {highest}; expected 0 to 1")
        require(torch.equal(ink, before), f"{at} writes to the lines that it is given")
        again = _degraded(at, degradation, ink, strength, range(len(_WIDTHS)))
        require(torch.equal(found, again), f"{at} gives two batches for the same numbers; draw only from those given")
        for line, width in enumerate(_WIDTHS):
            alone = _degraded(at, degradation, ink[line : line + 1, ..., :width], strength, [line])
            require(
                bool((alone - found[line : line + 1, ..., :width]).abs().max() < 1e-3),
                f"{at} does something else to a line alone than in a batch; take its own width and numbers alone",
            )


def _degraded(what: str, degradation: BatchDegradation, ink: Tensor, strength: float, lines: object) -> Tensor:
    import numpy as np
    import torch

    from ocrkit.nets.draws import LineDraws

    numbers = np.array(list(lines), np.int64)  # type: ignore[call-overload]
    draws = LineDraws.of(what, numbers, seed=1, epoch=1, shape=ink.shape, device=ink.device)
    widths = torch.tensor(_WIDTHS)[torch.from_numpy(numbers)]
    with running(what):
        return degradation(ink, widths, torch.full((len(ink),), strength), draws)


def _lines() -> Tensor:
    """(3, 1, 32, 80) ink, with paper to the right of the shorter ones."""
    import torch

    ink = torch.rand((len(_WIDTHS), 1, 32, max(_WIDTHS)), generator=torch.Generator().manual_seed(1))
    columns = torch.arange(max(_WIDTHS))
    return ink * (columns < torch.tensor(_WIDTHS)[:, None, None, None])
