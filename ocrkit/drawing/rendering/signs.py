"""Faces that have other signs where Latin letters belong, as those of ornaments and of Greek for formulas do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit._drawing import resized, soften
from ocrkit.drawing.rendering.fonts import read_cover
from ocrkit.drawing.rendering.masks import probe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face

__all__ = ["has_other_signs", "letters_differ"]

_ALIKE = "oszxc"  # small letters of the capitals' shape
_GRID = 16
# The three letters that are least like their capitals are so by this, as a mean of correlations: Greek 0.18, ornaments
# 0.33, while of 700 faces with Latin letters the oddest hand has 0.39, and the next 0.52.
_LIKENESS = 0.36
_COUNTED = 3
_CERTAIN = 0.65


@lru_cache(maxsize=4096)
def has_other_signs(face: Face) -> bool:
    """Whether ``face`` draws at o, s, z, x and c, small and capital, what cannot be the same letters."""
    if not read_cover(face).issuperset(map(ord, _ALIKE + _ALIKE.upper())):
        return False
    pairs = ((probe(face, letter)[0], probe(face, letter.upper())[0]) for letter in _ALIKE)
    return letters_differ([(small, capital) for small, capital in pairs if small.size and capital.size])


def letters_differ(pairs: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]) -> bool:
    """Whether these small letters and capitals, (H, W) each with 255 for full ink, have other shapes at any size."""
    likeness: list[float] = []
    for small, capital in pairs:
        likeness.append(float(np.vdot(_shape(small), _shape(capital))))
        # Most faces are known by three letters.
        if len(likeness) == _COUNTED and min(likeness) > _CERTAIN:
            return False
    return len(likeness) >= _COUNTED and sum(sorted(likeness)[:_COUNTED]) / _COUNTED < _LIKENESS


def _shape(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The letter on a small grid, soft, so that hairlines meet, of mean 0 and length 1."""
    grid = soften(resized(np.pad(mask, 2), _GRID, _GRID, Image.Resampling.BOX), 1.0).astype(np.float64)
    grid -= grid.mean()
    shape: NDArray[np.float64] = grid / max(1.0, float(np.linalg.norm(grid)))
    return shape
