"""A drawn page: its picture, and where everything on it is to the pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.layout.records import Line, Page

__all__ = ["DrawnLine", "DrawnPage"]


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line of a drawn page, to parts of a pixel; whole numbers are the middles of pixels.

    Attributes:
        line: as the page's record has it, rounded to pixels.
        baseline: (K, 2) x and y along the foot of its letters, from left to right, K at least 2.
        x_height: px from the baseline to the top of a small letter.
        ascender: px from the baseline up to the highest ink of the line's own.
        descender: px from the baseline down to the lowest, 0 or more.
    """

    line: Line
    baseline: NDArray[np.float64]
    x_height: float
    ascender: float
    descender: float


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """What is drawn for a number.

    Attributes:
        image: (H, W) uint8, 255 for white.
        page: its regions in the order of reading, and their lines with texts, baselines and outlines.
        lines: those of ``page``, in its order.
        borders: (K, 2) x and y of lines that part columns and other regions, px.
        not_text: (H, W) where there is ink that is no text of the page's own: rules, ornaments, pictures, the print of
            the other side, the page beside, dirt.
        kind: what the page is like, such as ``book`` or ``letter``.
    """

    image: NDArray[np.uint8]
    page: Page
    lines: tuple[DrawnLine, ...]
    borders: tuple[NDArray[np.float64], ...]
    not_text: NDArray[np.bool_]
    kind: str
