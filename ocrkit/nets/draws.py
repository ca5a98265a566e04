"""What is drawn for each line of a batch: a matter of seed, epoch and line alone, by counting and not by a generator.

Source: splitmix64: Steele, Lea and Flood 2014, OOPSLA; the 32-bit mixer: C. Wellons's hash prospector, lowbias32.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["LineDraws"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_TRIANGULAR = 65536 / 6**0.5  # deviation of the sum of two numbers from 0 to 65,535


@dataclass(slots=True)
class LineDraws:
    """The draws of one degradation for the lines of a batch.

    Attributes:
        keys: (B,) uint64, one a line.
        shape: (B, 1, H, W) of the batch.
        device: where tensors are wanted.
        used: numbers of a line that have been drawn.
    """

    keys: NDArray[np.uint64]
    shape: torch.Size
    device: torch.device
    used: int = 0

    @classmethod
    def of(
        cls, name: str, lines: NDArray[np.int64], *, seed: int, epoch: int, shape: torch.Size, device: torch.device
    ) -> LineDraws:
        """Those of the degradation of this name."""
        key = np.full(1, seed, np.uint64)
        for part in (epoch, zlib.crc32(name.encode())):
            key = _mixed(key + _GOLDEN * np.full(1, part + 1, np.uint64))
        return cls(_mixed(key + _GOLDEN * (lines.astype(np.uint64) + np.uint64(1))), shape, device)

    def uniform_here(self, count: int) -> NDArray[np.float32]:
        """(B, count) numbers from 0 to below 1, in the CPU's memory."""
        places = np.arange(self.used + 1, self.used + count + 1, dtype=np.uint64)
        self.used += count
        bits = _mixed(self.keys[:, np.newaxis] + _GOLDEN * places) >> np.uint64(40)
        return (bits * np.float64(2**-24)).astype(np.float32)

    def uniform(self, count: int) -> Tensor:
        """(B, count) numbers from 0 to below 1."""
        return torch.from_numpy(self.uniform_here(count)).to(self.device, non_blocking=True)

    def noise(self) -> Tensor:
        """(B, 1, H, W) numbers, one a pixel, of mean 0 and deviation 1: two uniform ones added."""
        _, _, height, width = self.shape
        keys = torch.from_numpy((self.keys >> np.uint64(32)).astype(np.uint32).view(np.int32)).to(self.device)
        # By row and column, so that a pixel's number does not depend on how wide its batch is.
        rows = torch.arange(height, dtype=torch.int32, device=self.device)[:, None] << 16
        bits = rows + torch.arange(width, dtype=torch.int32, device=self.device) + keys[:, None, None, None]
        for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B - (1 << 32))):
            bits ^= (bits >> shift) & ((1 << (32 - shift)) - 1)
            bits *= factor
        bits ^= (bits >> 16) & 0xFFFF
        both = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF)
        return (both - 65535) / _TRIANGULAR


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed
