"""Leaves of real hands: lines that someone wrote elsewhere, set anew on a page with what else letters have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.drawing.pages.correspondence import set_letterhead
from ocrkit.drawing.pages.sheet import Column
from ocrkit.drawing.pages.strips import resize, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.drawing.pages.desk import Desk
    from ocrkit.drawing.pages.sheet import SetRegion
    from ocrkit.drawing.pages.strips import Strip

__all__ = ["compose_pasted"]

_TRIES = 4


def compose_pasted(desk: Desk) -> None:
    """A letter or a leaf of one hand."""
    x, sheet = desk.x_height, desk.sheet
    margins = [desk.between(1, 12) * x, desk.between(0.5, 6) * x, desk.between(1, 10) * x, desk.between(0.5, 8) * x]
    column = Column(margins[0], sheet.width - margins[1], margins[2], sheet.height - margins[3])
    writer = _Writer(desk)
    if desk.chance(0.25):
        set_letterhead(desk, column)
    if desk.chance(0.5):
        left = column.left + desk.between(0.35, 0.7) * column.width
        block = Column(left, column.right, column.y, column.bottom)
        writer.write(sheet.region(), block, desk.count(1, 3), short=True)
        column.y = block.y
    if desk.chance(0.5):
        writer.write(sheet.region(), column, 1, short=True)
    region = sheet.region()
    if desk.chance(0.4):
        column.bottom -= desk.between(0, 0.6) * (column.bottom - column.y)
    while not column.is_full:
        writer.write(region, column, desk.count(2, 12))
        if desk.chance(0.3):
            column.y += desk.between(0, 0.8) * writer.leading
    if desk.chance(0.5):
        block = Column(column.left + desk.between(0, 0.6) * column.width, column.right, column.y, sheet.height - x)
        writer.write(region, block, desk.count(1, 3), short=True)


class _Writer:
    """Sets the lines of one hand, one after another, as this page has them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lines = self._drawn()
        self.leading = desk.between(1.9, 4.2) * desk.x_height
        self._darkness = desk.between(0.7, 1.0)
        self._slope = float(desk.rng.normal(0, 0.012))
        self._ragged = desk.between(0, 3) * desk.x_height
        self._inserts = 0.15 if desk.chance(0.3) else 0.0
        self._least_width = desk.between(0.4, 0.9)

    def write(self, region: SetRegion, column: Column, count: int, *, short: bool = False) -> None:
        """Set some lines from the column's place on, as far as it has room; the first one further in, at times."""
        desk, x = self._desk, self._desk.x_height
        indent = desk.between(0, 8) * x if desk.chance(0.6) and not short else 0.0
        for _ in range(count):
            column.y += self.leading
            if column.is_full:
                return
            left = column.left + indent + desk.rng.random() * self._ragged
            width = column.right - left
            strip = self._next(
                width * (desk.between(0.2, 1.0) if short else 1.0), least=0 if short else self._least_width * width
            )
            if strip is not None:
                y = column.y + float(desk.rng.normal(0, 0.08)) * self.leading
                desk.sheet.place(region, strip, left, y, darkness=self._darkness)
            if desk.rng.random() < self._inserts:
                self._insert(region, column)
            indent = 0.0

    def _insert(self, region: SetRegion, column: Column) -> None:
        """Some words above the line, smaller."""
        desk = self._desk
        strip = self._next(0.3 * column.width, scale=desk.between(0.6, 0.9))
        if strip is not None:
            left = column.left + desk.rng.random() * (column.width - strip.width)
            desk.sheet.place(
                region, strip, left, column.y - desk.between(0.45, 0.6) * self.leading, darkness=self._darkness
            )

    def _next(self, width: float, *, least: float = 0.0, scale: float = 1.0) -> Strip | None:
        """The next line that has the width, or what of one has it."""
        desk = self._desk
        for k in range(_TRIES):
            strip = next(self._lines)
            strip = resize(strip, scale * desk.x_height / strip.x_height * desk.between(0.92, 1.08))
            if strip.width > width:
                cut = shorten(strip, width)
                if cut is None:
                    continue
                strip = cut
            if strip.width >= least or k == _TRIES - 1:
                return desk.galley.wandering(strip, 0.4, self._slope)
        return None

    def _drawn(self) -> Iterator[Strip]:
        desk = self._desk
        while True:
            lines = desk.hand()
            start = int(desk.rng.integers(len(lines)))
            yield from lines[start:]
            yield from lines[:start]
