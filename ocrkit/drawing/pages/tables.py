"""Tables: rows with wide gaps between their cells, with rules or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.pages.pens import Ink
from ocrkit.drawing.pages.strips import set_words

if TYPE_CHECKING:
    from ocrkit.drawing.pages.desk import Desk
    from ocrkit.drawing.pages.galley import Style
    from ocrkit.drawing.pages.sheet import Column, SetRegion
    from ocrkit.drawing.pages.strips import Strip

__all__ = ["set_spread", "set_table"]


def set_table(desk: Desk, column: Column, body: Style) -> None:
    """A table of some rows as wide as the column: each row is one line, or each cell where rules part them."""
    sheet, x = desk.sheet, desk.x_height
    cells = desk.count(2, 3 if column.width < 45 * x else 6)
    ruled = desk.chance(0.3)
    edges = _edges(desk, column, cells)
    region = sheet.region("TableZone")
    leaders = not ruled and desk.chance(0.15)
    leading = body.leading * (desk.between(1.0, 1.5) if ruled else 1.0)
    numbers = [desk.chance(0.5) for _ in range(cells)]
    top = column.y
    for _ in range(desk.count(2, 14)):
        if column.y + leading > column.bottom:
            break
        if ruled:
            sheet.rule((column.left, column.y), (column.right, column.y), 0.12 * x)
        column.y += leading
        row = [_cell(desk, body, edges[k + 1] - edges[k] - 1.2 * x, number=numbers[k]) for k in range(cells)]
        rise = 0.25 * leading if ruled else 0.0
        _set_row(desk, column, body, edges, row, rise=rise, apart=ruled, right=numbers, region=region, leaders=leaders)
    if ruled:
        for edge in edges:
            sheet.rule((edge, top), (edge, column.y), 0.12 * x)
        sheet.rule((column.left, column.y), (column.right, column.y), 0.12 * x)
        for edge in edges[1:-1]:
            sheet.part((edge, top), (edge, column.y))
    column.y += 0.5 * leading


def set_spread(desk: Desk, region: SetRegion, column: Column, body: Style) -> None:
    """A line of two short texts, at the column's left and at its right, or one number in its middle."""
    column.y += body.leading
    if column.is_full:
        return
    wide = 0.4 * column.width
    left, right = (_cell(desk, body, wide, number=desk.chance(0.5)) for _ in range(2))
    if left is not None and right is not None and desk.chance(0.7):
        _set_row(
            desk,
            column,
            body,
            [column.left - 0.6 * desk.x_height, column.left + wide, column.right + 0.6 * desk.x_height],
            [left, right],
            rise=0.0,
            apart=False,
            right=[False, True],
            region=region,
        )
    elif left is not None:
        x = (column.left + column.right - left.width) / 2
        desk.sheet.place(region, left, x, column.y, darkness=body.darkness)


def _edges(desk: Desk, column: Column, cells: int) -> list[float]:
    shares = desk.rng.random(cells) + 0.35
    edges = [column.left]
    for share in shares / shares.sum():
        edges.append(edges[-1] + share * column.width)
    return edges


def _cell(desk: Desk, body: Style, width: float, *, number: bool) -> Strip | None:
    """What stands in a cell, no wider than it is."""
    if desk.chance(0.1) or width < 2 * desk.x_height:
        return None
    if number:
        digits = "".join(str(desk.count(0, 9)) for _ in range(desk.count(1, 5)))
        words = [f"{digits}.{desk.count(0, 99):02d}" if desk.chance(0.3) else digits]
    if not number or not desk.galley.can_write(body.pen, words[0]):
        words = desk.galley.words(body.pen, desk.count(1, 4))
    while words:
        strip = desk.galley.line(words, body)
        if strip is not None and strip.width <= width:
            return strip
        words.pop()
    return None


def _set_row(
    desk: Desk,
    column: Column,
    body: Style,
    edges: list[float],
    row: list[Strip | None],
    *,
    rise: float,
    apart: bool,
    right: list[bool],
    region: SetRegion,
    leaders: bool = False,
) -> None:
    x = desk.x_height
    y = column.y - rise
    placed: list[tuple[Strip, float]] = []
    for k, strip in enumerate(row):
        if strip is not None:
            left = edges[k] + 0.6 * x
            placed.append((strip, edges[k + 1] - 0.6 * x - strip.width if right[k] else left))
    if apart:
        for strip, left in placed:
            desk.sheet.place(region, strip, left, y, darkness=body.darkness)
    elif placed:
        first = placed[0][1]
        inks = [Ink(strip.ink, -round(strip.baseline[0, 1] + 0.5)) for strip, _ in placed]
        lefts = [left - first for _, left in placed]
        text = desk.galley.join(strip.text or "" for strip, _ in placed)
        if leaders and len(placed) > 1:
            _lead(inks, lefts, x)
        whole = set_words(inks, lefts, x_height=body.pen.x_height, text=text)
        desk.sheet.place(region, whole, first, y, darkness=body.darkness)


def _lead(inks: list[Ink], lefts: list[float], x: float) -> None:
    """Rows of dots from one cell to the next."""
    dot = Ink(np.full((max(1, round(0.15 * x)),) * 2, 255, np.uint8), -max(1, round(0.15 * x)))
    for k in range(len(inks) - 1):
        begin, end = lefts[k] + inks[k].mask.shape[1] + 0.6 * x, lefts[k + 1] - 0.6 * x
        places = np.arange(begin, end, 0.7 * x).tolist()
        inks += [dot] * len(places)
        lefts += places
