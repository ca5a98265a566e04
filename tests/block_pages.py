"""Pages whose letters are blocks, with their PAGE files: lines whose every height is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocrkit.layout.records import Line

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["X_HEIGHT", "block_line", "block_page", "write_block_pages"]

X_HEIGHT = 12  # px of a small letter; every fourth letter has an ascender, every fifth a descender
ASCENDER, DESCENDER = 22, 7
_LETTER, _GAP = 9, 3
_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Metadata><Creator/><Created>2026-01-01T00:00:00</Created><LastChange>2026-01-01T00:00:00</LastChange></Metadata>
<Page imageFilename="{name}.png" imageWidth="{width}" imageHeight="{height}"><TextRegion id="r">
<Coords points="0,0 {width},0 {width},{height} 0,{height}"/>
{lines}</TextRegion></Page></PcGts>
"""
_LINE = '<TextLine id="l{number}"><Coords points="{outline}"/><Baseline points="{baseline}"/></TextLine>\n'


def block_page(baselines: list[int], *, width: int = 300, height: int = 240) -> NDArray[np.uint8]:
    """(H, W) grey letters from x = 20 to the right margin, standing on these rows, whose first px is below them."""
    grey = np.full((height, width), 245, np.uint8)
    for baseline in baselines:
        for number, left in enumerate(range(20, width - 20 - _LETTER, _LETTER + _GAP)):
            top = baseline - (ASCENDER if number % 4 == 1 else X_HEIGHT)
            foot = baseline + (DESCENDER if number % 5 == 2 else 0)
            grey[top:foot, left : left + _LETTER] = 30
    return grey


def block_line(number: int, baseline: int, *, width: int = 300, loose: int = 4) -> Line:
    """The record of such a line, its outline so many px away from its ink."""
    upper, lower = baseline - ASCENDER - loose, baseline + DESCENDER + loose
    outline = ((20 - loose, upper), (width - 20 + loose, upper), (width - 20 + loose, lower), (20 - loose, lower))
    return Line(f"l{number}", ((20, baseline), (width - 20, baseline)), outline)


def write_block_pages(folder: Path, count: int) -> Path:
    """Some pages with their files, in a folder that is made."""
    folder.mkdir(parents=True)
    for page in range(count):
        baselines = [50 + 3 * page, 100 + 3 * page, 150 + 3 * page, 200 + 3 * page]
        grey = block_page(baselines)
        Image.fromarray(grey).save(folder / f"p{page}.png")
        lines = "".join(
            _LINE.format(number=number, outline=_points(line.outline), baseline=_points(line.baseline))
            for number, line in enumerate(block_line(number, each) for number, each in enumerate(baselines))
        )
        height, width = grey.shape
        text = _PAGE.format(name=f"p{page}", width=width, height=height, lines=lines)
        (folder / f"p{page}.xml").write_text(text, "utf-8")
    return folder


def _points(points: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
