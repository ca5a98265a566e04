"""What befalls crops of pages: pale ink, uneven paper, noise and blur, lightly, since pages are worn already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["worn"]

_BLURRED, _NOISY, _UNEVEN, _FADED, _HARD = 0.3, 0.5, 0.4, 0.3, 0.08  # of the crops


def worn(ink: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A crop, 0 for paper and 255 for black, as another scanner might have given it."""
    if ink.size == 0:
        return ink
    found = ink
    if rng.random() < _BLURRED:
        blur = ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.1)))
        found = np.asarray(Image.fromarray(found).filter(blur))
    values = found.astype(np.float32) / np.float32(255)
    if rng.random() < _HARD:
        values = np.clip((values - np.float32(rng.uniform(0.25, 0.55))) * 8 + np.float32(0.5), 0, 1)
    values **= np.float32(np.exp(rng.normal(0, 0.25)))
    values *= np.float32(rng.uniform(0.4, 1.0))
    if rng.random() < _FADED:
        values *= np.float32(1) - np.float32(rng.uniform(0.2, 0.6)) * _clouds(ink.shape, rng)
    if rng.random() < _UNEVEN:
        paper = np.float32(rng.uniform(0.05, 0.3)) * _clouds(ink.shape, rng)
        values = paper + values * (1 - paper)
    if rng.random() < _NOISY:
        values += np.float32(rng.uniform(0.01, 0.09)) * rng.standard_normal(ink.shape, np.float32)
    return np.asarray(np.clip(np.rint(values * 255), 0, 255), np.uint8)


def _clouds(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """(H, W) smooth numbers from 0 to 1."""
    coarse = rng.random(tuple(rng.integers(2, 7, 2)), np.float32)
    smooth = Image.fromarray(coarse).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(smooth, np.float32)
