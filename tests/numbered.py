"""Lines that are drawn from a number, in a module that worker processes import without torch."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ocrkit.data.records import Sample
from ocrkit.data.sources.lazy import LazySamples

__all__ = ["Drawn", "Picture", "wrong"]


@dataclass(frozen=True, slots=True)
class Picture:
    """8 px high and 10 + k % 17 wide, of grey k % 256, with white corners; below 0 it kills its process."""

    number: int

    def __call__(self) -> Image.Image:
        """The picture."""
        if self.number < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        pixels = np.full((8, 10 + self.number % 17), self.number % 256, np.uint8)
        pixels[::7, :: 9 + self.number % 17] = 255
        return Image.fromarray(pixels)


@dataclass(frozen=True, slots=True)
class Drawn(LazySamples):
    """Samples of such pictures."""

    def sample(self, number: int) -> Sample:
        """One of them."""
        return Sample(str(number), Picture(number), "a")


def wrong(
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], rng: np.random.Generator, strength: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What no augmentation may give."""
    return image / 2


def telling_torch(
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], rng: np.random.Generator, strength: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A black line where this process has imported torch, else a white one."""
    return np.full_like(image, 0 if "torch" in sys.modules else 255)
