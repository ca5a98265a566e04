"""Random surfaces at little cost: crops of noise that is made once, and slopes between a few random points."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.drawing.degradations.picture import resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.degradations.picture import Picture

__all__ = ["NOISE_DEVIATION", "noise", "surface"]

NOISE_DEVIATION = 32
# Larger than most lines; larger pictures repeat it.
_ROWS, _COLUMNS = 128, 2048


def noise(rng: np.random.Generator, shape: tuple[int, ...], *, grain: float) -> NDArray[np.int8]:
    """(H, W) normal noise of deviation 32 and mean 0, of which pixels within some ``grain`` px are alike.

    A random piece, sometimes mirrored, of one of a few large sheets that are the same in every process; not to be
    written to.

    Args:
        rng: says which piece.
        shape: (H, W) px.
        grain: px; the nearest of 1 (each pixel for itself), 1.6, 2.5, 4 and 6.5.
    """
    sheet = _sheet(min(_GRAINS, key=lambda size: abs(size - grain)))
    height, width = shape
    if height > _ROWS or width > _COLUMNS:
        sheet = np.tile(sheet, (height // _ROWS + 1, width // _COLUMNS + 1))
    top, left, mirrored = (
        int(rng.integers(bound)) for bound in (sheet.shape[0] - height + 1, sheet.shape[1] - width + 1, 4)
    )
    piece = sheet[top : top + height, left : left + width]
    return piece[:: -1 if mirrored & 1 else 1, :: -1 if mirrored & 2 else 1]


def surface(rng: np.random.Generator, shape: tuple[int, ...], *, cell: float) -> Picture:
    """(H, W) uint8 smooth hills of 0 to 255, evenly drawn at points some ``cell`` px apart."""
    height, width = shape
    points = (max(2, round(height / cell) + 1), max(2, round(width / cell) + 1))
    coarse = rng.integers(0, 256, points, dtype=np.uint8)
    return resized(coarse, (width, height), Image.Resampling.BICUBIC)


_GRAINS = (1.0, 1.6, 2.5, 4.0, 6.5)


@lru_cache(maxsize=len(_GRAINS))
def _sheet(grain: float) -> NDArray[np.int8]:
    """(128, 2048) int8, a quarter of a MB; a normal blur of white noise, wrapped around the edges."""
    sheet = np.random.Generator(np.random.PCG64(round(grain * 10))).standard_normal((_ROWS, _COLUMNS), np.float32)
    if grain > 1:
        deviation = grain / 2
        down, across = (np.exp(-2 * (np.pi * deviation * np.fft.fftfreq(size)) ** 2) for size in sheet.shape)
        kernel = np.outer(down, across[: _COLUMNS // 2 + 1])
        sheet = np.fft.irfft2(np.fft.rfft2(sheet) * kernel).astype(np.float32)
    scaled: NDArray[np.int8] = np.clip(sheet * (NOISE_DEVIATION / sheet.std()), -127, 127).astype(np.int8)
    scaled.flags.writeable = False
    return scaled
