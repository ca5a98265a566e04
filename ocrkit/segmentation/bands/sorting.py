"""Which components of a page are letters, marks, rules, pictures or dirt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.segmentation.bands.straight import Straight

__all__ = ["Sorted", "sort_components"]

# In heights of small letters.
_LOWEST = 0.5  # a letter
_HIGHEST = 3.0
_LONGEST_LETTERS = 30.0  # letters that touch
_RULE_LENGTH = 4.0
_RULE_THICKNESS = 0.5
_RULE_SHAPE = 9.0  # times as long as thick
_BLOT = 1.3  # both ways: what is solid and larger is no letter
_SOLID = 0.7  # of its box that is ink


@dataclass(frozen=True, slots=True)
class Sorted:
    """(N,) flags of what components are: what is none of these is large, a letter of a title or a picture.

    Attributes:
        letters: of the size that most letters have, and letters that touch.
        marks: too small to tell a line.
        level_rules: long and thin along the lines.
        upright_rules: likewise across.
        large: larger than letters.
    """

    letters: NDArray[np.bool_]
    marks: NDArray[np.bool_]
    level_rules: NDArray[np.bool_]
    upright_rules: NDArray[np.bool_]
    large: NDArray[np.bool_]


def sort_components(straight: Straight, x_height: float) -> Sorted:
    """Sort components by their shape, measured by the height of small letters."""
    wide, high = straight.widths, straight.heights
    long = np.maximum(wide, high)
    thickness = straight.ink.areas / long  # of a rule that is not quite straight, too
    rule = (long >= _RULE_LENGTH * x_height) & (thickness <= _RULE_THICKNESS * x_height)
    rule &= long >= _RULE_SHAPE * thickness
    level, upright = rule & (high <= np.maximum(0.8 * x_height, 0.05 * wide)), rule & (wide <= 0.12 * high)
    rule = level | upright
    marks = ~rule & (high < _LOWEST * x_height)
    letters = ~rule & ~marks & (high <= _HIGHEST * x_height) & (wide <= _LONGEST_LETTERS * x_height)
    solid = straight.ink.areas > _SOLID * wide * high
    letters &= (wide >= 0.1 * x_height) & ~(solid & (np.minimum(wide, high) > _BLOT * x_height))
    return Sorted(letters, marks, level, upright, ~rule & ~marks & ~letters)
