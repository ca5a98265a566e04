"""Title pages and advertisements: few lines of many sizes, with crests, rules and frames about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.drawing.pages.books import fill, fitting
from ocrkit.drawing.pages.furniture import draw_crest, draw_frame, draw_picture, draw_rule
from ocrkit.drawing.pages.sheet import Column

if TYPE_CHECKING:
    from ocrkit.drawing.pages.desk import Desk

__all__ = ["compose_advert", "compose_title"]


def compose_title(desk: Desk) -> None:
    """A title page, perhaps with running text below, as gazettes have it."""
    x, sheet = desk.x_height, desk.sheet
    inset = desk.between(2, 8) * x
    column = Column(inset, sheet.width - inset, inset, sheet.height - inset)
    if desk.chance(0.3):
        reach = (
            draw_frame(sheet, (column.left, column.y, column.right, column.bottom), desk.rng) + desk.between(1, 3) * x
        )
        column = Column(column.left + reach, column.right - reach, column.y + reach, column.bottom - reach)
    if desk.chance(0.5):
        size = desk.between(8, 22) * x
        draw_crest(sheet, sheet.width / 2, column.y, size, desk.rng)
        column.y += size + desk.between(0.5, 3) * x
    stop = column.y + desk.between(0.3, 1) * (column.bottom - column.y)
    _lines(desk, Column(column.left, column.right, column.y, stop))
    if stop < column.bottom - 12 * x:
        body = desk.style(desk.pen(desk.face()))
        fill(desk, Column(column.left, column.right, stop + x, column.bottom), body)


def compose_advert(desk: Desk) -> None:
    """A page of one to four frames, each about some lines or a picture."""
    x, sheet = desk.x_height, desk.sheet
    inset = desk.between(2, 7) * x
    y, boxes = inset, desk.count(1, 4)
    high = (sheet.height - 2 * inset) / boxes
    for _ in range(boxes):
        box = (inset, y, sheet.width - inset, y + high - desk.between(1, 3) * x)
        reach = draw_frame(sheet, box, desk.rng) if desk.chance(0.7) else 0.0
        reach += desk.between(1.5, 4) * x
        column = Column(box[0] + reach, box[2] - reach, box[1] + reach, box[3] - reach)
        if desk.chance(0.35) and column.width > 40 * x:
            wide = desk.between(0.2, 0.45) * column.width
            tall = min(column.bottom - column.y, wide * desk.between(0.6, 1.3))
            draw_picture(sheet, (column.left, column.y, column.left + wide, column.y + tall), desk.rng)
            column.left += wide + desk.between(1, 3) * x
        if desk.chance(0.4):
            fill(desk, column, desk.style(desk.pen(desk.face()), align="centre" if desk.chance(0.4) else "justified"))
        else:
            _lines(desk, column)
        y += high


def _lines(desk: Desk, column: Column) -> None:
    """Short lines of many sizes, centred, with a rule between some."""
    x, sheet = desk.x_height, desk.sheet
    region = sheet.region("TitlePageZone")
    while not column.is_full:
        host = desk.host()
        pen = host.pen(host.face(), desk.between(0.8, 1.3) if desk.chance(0.5) else desk.between(1.3, 4))
        style = desk.style(pen, desk.between(1.1, 1.6), align="centre" if desk.chance(0.85) else "left")
        text = fitting(host, style, column.width, desk.count(1, 6))
        if text:
            host.galley.stand(region, column, host.galley.line(text, style), style)
        else:
            column.y += x
        column.y += desk.between(0, 3) * x if desk.chance(0.5) else 0.0
        if desk.chance(0.2) and column.y + 2 * x < column.bottom:
            half = desk.between(0.05, 0.5) * column.width
            middle = (column.left + column.right) / 2
            draw_rule(sheet, (middle - half, column.y + 0.7 * x), (middle + half, column.y + 0.7 * x), desk.rng)
            column.y += 1.8 * x
            region = sheet.region("TitlePageZone")
