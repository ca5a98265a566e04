"""How dark a picture is against the paper around each place, and the ink that this tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

import ocrkit._ink as _ink
from ocrkit.segmentation.components import Ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Darkness"]

_BLOCK = 8  # px of the working picture whose lightest and darkest are looked at
_BLOCKS = 3  # on each side, of which paper and the darkest ink are taken
_LOCAL_CONTRAST = 0.4  # of what they differ by there: what is darker than paper by more is ink
_CONTRAST = 0.15  # of what the whole picture differs by, at least
_LEAST_CONTRAST = 12
_SOLID = 3  # blocks across and down that are all ink, and so a dark rim or a picture
_RIM = 9  # blocks across and down about the middle of such that are left out


@dataclass(frozen=True, slots=True)
class Darkness:
    """A picture beside its paper.

    Attributes:
        grey: (H, W), 255 for white.
        paper: the grey of the paper about each block of some px.
        ink: (H, W) where it is darker than its surroundings, without what is too solid to be letters.
    """

    grey: NDArray[np.uint8]
    paper: NDArray[np.uint8]
    ink: NDArray[np.bool_]

    @classmethod
    def of(cls, grey: NDArray[np.uint8]) -> Darkness:
        """Look at an (H, W) picture, 255 for white."""
        paper, contrast = _surroundings(grey)
        levels = np.bincount(grey.ravel(), minlength=256).cumsum() / grey.size
        whole = float(np.searchsorted(levels, 0.9) - np.searchsorted(levels, 0.01))
        threshold = paper - np.maximum(max(_LEAST_CONTRAST, _CONTRAST * whole), _LOCAL_CONTRAST * contrast)
        ink = grey < _enlarged(np.clip(threshold, 0, 255).astype(np.uint8), grey.shape)
        return cls(grey, paper.astype(np.uint8), _without_solid(ink))

    def depths(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """How much darker than the paper the picture is there, 0 to 255."""
        paper = self.paper[rows // _BLOCK, columns // _BLOCK].astype(np.int64)
        depths: NDArray[np.int64] = np.maximum(paper - self.grey[rows, columns], 0)
        return depths

    def pieces(self, without: NDArray[np.bool_] | None = None, deepest: float = 1) -> Ink:
        """The ink in pieces that hang together, corners included.

        Args:
            without: (H, W) where none is wanted.
            deepest: the least that a piece has in its darkest pixel.
        """
        ink = self.ink if without is None else self.ink & ~without
        depths = np.clip(_enlarged(self.paper, self.grey.shape).astype(np.int16) - self.grey, 1, 255) * ink
        runs, pieces = _ink.components(depths.astype(np.uint8), 1, max(1, round(deepest)), ink.size)
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


def _enlarged(blocks: NDArray[np.uint8], size: tuple[int, ...]) -> NDArray[np.uint8]:
    """A value a block as one a pixel, without steps."""
    height, width = blocks.shape
    image = Image.fromarray(blocks).resize((width * _BLOCK, height * _BLOCK), Image.Resampling.BILINEAR)
    return np.asarray(image)[: size[0], : size[1]]


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
