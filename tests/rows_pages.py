"""Pages of lines of bars, and a plugin that finds those by their rows, for tests of commands that read pages."""

from __future__ import annotations

from pathlib import Path

import bars
from PIL import Image

__all__ = ["READ", "ROWS", "draw", "files"]

ROWS = """
from dataclasses import dataclass
import numpy as np
from ocrkit import hookimpl
from ocrkit.layout.records import Layout, Line, Region
from ocrkit.plugin.page_specs import SegmenterSpec

@dataclass(frozen=True)
class RowsOptions:
    deepest: int = 1000
    '''px of the page that are looked at.'''

class Rows:
    '''Each run of rows with ink on them is a line, from the first column with ink to the last, and a bar's room.'''
    def __init__(self, options):
        self._deepest = options.deepest
    def segment(self, image, *, direction="ltr"):
        ink = image[: self._deepest] < 255
        rows = np.flatnonzero(ink.any(1))
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
        lines = []
        for number, run in enumerate(runs, 1):
            top, foot = int(run[0]), int(run[-1])
            columns = np.flatnonzero(ink[top : foot + 1].any(0))
            left, right = int(columns[0]), min(image.shape[1] - 1, int(columns[-1]) + foot - top + 1)
            outline = ((left, top), (right, top), (right, foot), (left, foot))
            lines.append(Line(f"l{number}", ((left, foot), (right, foot)), outline))
        height, width = image.shape
        whole = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
        return Layout((Region("r1", whole, tuple(lines)),) if lines else ())

@hookimpl
def ocrkit_segmenters():
    yield SegmenterSpec("rows", "Rows with ink.", RowsOptions, Rows)
"""
READ = ("read", "-m", "m.safetensors", "-s", "rows", "-d", "cpu")


def draw(path: str, *texts: str) -> None:
    """A page of lines of bars."""
    page = Image.new("L", (300, 40 + 60 * len(texts)), 255)
    for number, text in enumerate(texts):
        page.paste(bars.picture(text, scale=5), (30, 20 + 60 * number))
    Path(path).parent.mkdir(exist_ok=True)
    page.save(path)


def files(folder: str) -> list[str]:
    """All files but what is known of them."""
    found = [path.relative_to(folder) for path in Path(folder).rglob("*") if path.is_file()]
    return sorted(str(path) for path in found if path.parts[0] != ".ocrkit")
