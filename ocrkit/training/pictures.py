"""Lines with what a model has read in them, in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.drawing.sheet import SheetRow, draw_sheet, write_sheet
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocrkit.text.charset import Charset
    from ocrkit.training.lines import Lines

__all__ = ["draw_readings"]

_ROWS = 20


def draw_readings(path: Path, lines: Lines, readings: Sequence[str], charset: Charset) -> str:
    """Draw the first lines, each with what was read and, where that differs, its text; empty, or why that failed."""
    rows = []
    for index, sample in enumerate(lines.samples[:_ROWS]):
        [image] = lines.fitted([index])
        rows.append(SheetRow(Image.fromarray(image), comparable(sample.text or "", charset), readings[index]))
    return _written(path, lambda: write_sheet(draw_sheet(rows), path))


def _written(path: Path, write: Callable[[], None]) -> str:
    try:
        write()
    except OSError as error:  # a picture is not worth the end of a training
        return f"{path.name} is not drawn, since it cannot be written: {error.strerror or error}"
    return ""
