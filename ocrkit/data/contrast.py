"""The contrast of a line: greys stretched between the levels of its ink and its paper, dark grounds turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CONTRASTS", "LEAST_SPAN", "stretch_contrast"]

CONTRASTS: Final = ("stretch", "keep")

LEAST_SPAN: Final = 32
"""Grey levels: ink and paper that are nearer to each other are stretched as if they were this far apart, so that the
noise of an empty line does not become ink."""

_ENDS = 0.001  # the share of pixels at either end that are dirt or glare
# Of the pixels of ink, those that are darker than black will be: with more, pale edges darken and strokes grow fat.
_DEEPEST = 0.1


def stretch_contrast(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey line with its ink black on white paper; one whose pixels are all alike is paper.

    The middle of the range that the pixels use, but for a thousandth at either end, parts ink and ground; what most
    pixels are is the ground, and a dark ground is turned into a light one. White is the ground's median; black is the
    level that a tenth of the ink is darker than. Greys between are spread evenly, those beyond are cut off.

    Args:
        grey: (H, W) uint8, any polarity.

    Returns:
        (H, W) uint8, 255 for paper.
    """
    counts = np.array(Image.fromarray(grey).histogram())  # in a third of the time that bincount takes
    lowest, highest = _level(counts, _ENDS), _level(counts, 1 - _ENDS)
    if lowest == highest:
        return np.full_like(grey, 255)
    dark, light = counts.copy(), counts.copy()
    middle = (lowest + highest) / 2
    dark[int(middle) + 1 :] = 0
    light[: int(middle) + 1] = 0
    levels = np.arange(256, dtype=np.float64)
    if dark.sum() > light.sum():
        ink, paper = _level(light, 1 - _DEEPEST), _level(dark, 0.5)
    else:
        ink, paper = _level(dark, _DEEPEST), _level(light, 0.5)
    reach = float(ink - paper)
    if abs(reach) < LEAST_SPAN:
        reach = LEAST_SPAN if reach > 0 else -LEAST_SPAN
    spread = (255 * (1 - (levels - paper) / reach)).clip(0, 255)
    return np.take(np.rint(spread).astype(np.uint8), grey)


def _level(counts: NDArray[np.int64], share: float) -> int:
    """The smallest grey level that at least this share of the counted pixels are not above."""
    sums = np.cumsum(counts)
    return int(np.searchsorted(sums, max(1.0, share * sums[-1])))
