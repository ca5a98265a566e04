"""Lines with what a model has read in them, in a picture."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.drawing.sheet import SheetRow, draw_sheet, write_sheet
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.text.charset import Charset
    from ocrkit.training.lines import Lines

__all__ = ["draw_readings"]

_ROWS = 20

ImageOf = Callable[["Lines", int], "NDArray[np.uint8] | None"]


def draw_readings(path: Path, lines: Lines, image_of: ImageOf, readings: Sequence[str], charset: Charset) -> None:
    """Draw the first lines, each with what was read and, where that differs, its text.

    Raises:
        OSError: the picture cannot be written.
    """
    rows = []
    good = (line for line in range(len(lines)) if line not in lines.bad)
    for index in islice(good, _ROWS):
        sample, image = lines.samples[index], image_of(lines, index)
        if image is None:  # it has gone since it was read
            continue
        rows.append(SheetRow(Image.fromarray(image), comparable(sample.text or "", charset), readings[index]))
    write_sheet(draw_sheet(rows), path)
