"""Pictures that several tests of degradations share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture


@pytest.fixture
def bars() -> Picture:
    """Upright strokes 3 px wide and 28 px high on paper, (40, 120), with margins of 6 px, not to be written to."""
    picture = np.full((40, 120), 255, np.uint8)
    for left in range(6, 112, 9):
        picture[6:34, left : left + 3] = 0
    picture.flags.writeable = False
    return picture


@pytest.fixture
def paper() -> Picture:
    """White paper with nothing on it, (40, 200)."""
    picture = np.full((40, 200), 255, np.uint8)
    picture.flags.writeable = False
    return picture
