"""Where a picture is dark: ink against the paper around it, without what is too solid to be letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

import ocrkit._ink as _ink
from ocrkit.segmentation.components import Ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dark_pieces", "ink_of"]

_BLOCK = 8  # px of the working picture whose lightest and darkest are looked at
_BLOCKS = 3  # on each side, of which paper and the darkest ink are taken
_LOCAL_CONTRAST = 0.4  # of what they differ by there: what is darker than paper by more is ink
_CONTRAST = 0.15  # of what the whole picture differs by, at least
_LEAST_CONTRAST = 12
_SOLID = 3  # blocks across and down that are all ink, and so a dark rim or a picture
_RIM = 9  # blocks across and down about the middle of such that are left out


def ink_of(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) where a picture is darker than its surroundings."""
    paper, contrast = _surroundings(grey)
    levels = np.bincount(grey.ravel(), minlength=256).cumsum() / grey.size
    whole = float(np.searchsorted(levels, 0.9) - np.searchsorted(levels, 0.01))
    threshold = paper - np.maximum(max(_LEAST_CONTRAST, _CONTRAST * whole), _LOCAL_CONTRAST * contrast)
    small = Image.fromarray(np.clip(threshold, 0, 255).astype(np.uint8))
    shown = (-(-grey.shape[1] // _BLOCK) * _BLOCK, -(-grey.shape[0] // _BLOCK) * _BLOCK)
    large = np.asarray(small.resize(shown, Image.Resampling.BILINEAR))
    ink: NDArray[np.bool_] = grey < large[: grey.shape[0], : grey.shape[1]]
    return _without_solid(ink)


def dark_pieces(grey: NDArray[np.uint8], without: NDArray[np.bool_] | None = None) -> Ink:
    """What is darker than its surroundings, in pieces that hang together, corners included.

    Args:
        grey: (H, W), 255 for white.
        without: (H, W) where nothing is wanted.
    """
    ink = ink_of(grey)
    if without is not None:
        ink &= ~without
    runs, pieces = _ink.components(ink.astype(np.uint8), 1, 1, ink.size)
    height, width = ink.shape
    return Ink(height, width, runs, pieces[:, :4], pieces[:, 4], pieces[:, 5])


def _surroundings(grey: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The grey of paper, and how much darker the darkest is, about each block of a picture."""
    height, width = grey.shape
    padded = np.pad(grey, ((0, -height % _BLOCK), (0, -width % _BLOCK)), "edge")
    blocks = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK)
    light, dark = (Image.fromarray(values) for values in (blocks.max((1, 3)), blocks.min((1, 3))))
    paper = np.asarray(light.filter(ImageFilter.BoxBlur(_BLOCKS)), np.float64)
    darkest = np.asarray(dark.filter(ImageFilter.MinFilter(2 * _BLOCKS + 1)), np.float64)
    return paper, np.maximum(paper - darkest, 0)


def _without_solid(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % _BLOCK), (0, -width % _BLOCK)), constant_values=True)
    blocks = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK).all((1, 3))
    solid = Image.fromarray(blocks.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(_SOLID))
    if not solid.getbbox():
        return ink
    around = np.asarray(solid.filter(ImageFilter.MaxFilter(_RIM))) > 0
    large = np.repeat(np.repeat(around, _BLOCK, 0), _BLOCK, 1)[:height, :width]
    left: NDArray[np.bool_] = ink & ~large
    return left
