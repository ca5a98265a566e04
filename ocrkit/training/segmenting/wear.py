"""What befalls crops of pages: pale ink, uneven paper, noise and blur, lightly, since pages are worn already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["shown_through", "worn"]

_BLURRED, _NOISY, _UNEVEN, _FADED, _HARD = 0.3, 0.5, 0.4, 0.3, 0.08  # of the crops
_SEEN = 30  # of 255: what shows through less than that is nothing


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


def shown_through(
    ink: NDArray[np.uint8], other: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A crop with the writing of the other side, and where that is seen, and the crop's own ink is not.

    Args:
        ink: (H, W) of the crop, 0 for paper and 255 for black.
        other: (H, W) of what stands on the other side, mirrored.
        rng: the only source of chance.
    """
    blur = ImageFilter.GaussianBlur(float(rng.uniform(0.4, 1.6)))
    soaked = np.asarray(Image.fromarray(other).filter(blur), np.float32) * np.float32(rng.uniform(0.2, 0.75))
    found = 255 - (255 - ink.astype(np.float32)) * (255 - soaked) / 255
    return np.rint(found).astype(np.uint8), np.asarray((soaked > _SEEN) & (soaked > ink))


def _clouds(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """(H, W) smooth numbers from 0 to 1."""
    coarse = rng.random(tuple(rng.integers(2, 7, 2)), np.float32)
    smooth = Image.fromarray(coarse).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(smooth, np.float32)
