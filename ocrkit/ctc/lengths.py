"""How many frames a label sequence takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["frames_needed", "length_problem"]


def frames_needed(labels: Sequence[int] | NDArray[np.int64]) -> int:
    """The fewest frames that spell the labels: one each, and a blank between two equal ones."""
    array = np.asarray(labels)
    return len(array) + int(np.count_nonzero(array[1:] == array[:-1]))


def length_problem(needed: int, frames: int) -> str | None:
    """What is wrong where a label needs more frames than there are, as CTC would give it an infinite loss."""
    if needed <= frames:
        return None
    return f"its label needs {needed} frames and its image gives {frames}: the label is too long, or not this image's"
