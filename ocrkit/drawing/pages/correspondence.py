"""Letters and other leaves that one person wrote: by hand, or on a typewriter, on paper with a printed head."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.drawing.pages.books import fitting
from ocrkit.drawing.pages.furniture import draw_crest, draw_rule
from ocrkit.drawing.pages.sheet import Column
from ocrkit.drawing.pages.strips import resize

if TYPE_CHECKING:
    from ocrkit.drawing.pages.desk import Desk
    from ocrkit.drawing.pages.galley import Align, Style

__all__ = ["compose_hand", "compose_letter", "compose_typescript", "set_letterhead"]


def compose_letter(desk: Desk) -> None:
    """A letter: head, date, address, text and signature."""
    manner = "typed" if desk.chance(0.5) else "hand" if desk.chance(0.6) else "print"
    body = _body(desk, manner)
    column = _column(desk)
    if desk.chance(0.7):
        set_letterhead(desk, column)
    _aside(desk, column, body, "right", lines=desk.count(1, 3))
    if desk.chance(0.6):
        _aside(desk, column, body, "left", lines=desk.count(2, 5))
    region = desk.sheet.region()
    column.y += desk.between(0.3, 1.5) * body.leading
    _short(desk, column, replace(body, align="left"), region)
    stop = column.bottom - desk.between(4, 9) * body.leading
    text = Column(column.left, column.right, column.y, min(stop, column.y + desk.between(4, 40) * body.leading))
    gap = desk.between(0, 1) * body.leading
    while not text.is_full:
        desk.galley.paragraph(region, text, body, desk.count(6, 60))
        text.y += gap
    column.y = text.y
    _closing(desk, column, body)


def compose_typescript(desk: Desk) -> None:
    """A leaf from a typewriter, from its first line to its last."""
    _leaf(desk, _body(desk, "typed"))


def compose_hand(desk: Desk) -> None:
    """A leaf written by hand from edge to edge, crowded or wide."""
    body = _body(desk, "hand")
    if desk.chance(0.15):
        _ruled_paper(desk, body)
    _leaf(desk, body)


def _leaf(desk: Desk, body: Style) -> None:
    column = _column(desk)
    if desk.chance(0.4):
        style = replace(body, align="centre" if desk.chance(0.5) else "right")
        _short(desk, Column(column.left, column.right, column.y - body.leading, column.bottom), style)
        column.y += body.leading
    if desk.chance(0.3):
        _aside(desk, column, body, "right", lines=desk.count(1, 3))
    region = desk.sheet.region()
    gap = desk.between(0, 1) * body.leading if desk.chance(0.4) else 0.0
    if desk.chance(0.2):
        column.bottom -= desk.between(0, 0.7) * (column.bottom - column.y)
    while not column.is_full:
        desk.galley.paragraph(region, column, body, desk.count(8, 120))
        column.y += gap


def _body(desk: Desk, manner: str) -> Style:
    x = desk.x_height
    if manner == "hand":
        face = desk.face("hand") if desk.chance(0.9) else desk.face()
        pen = desk.pen(face, manner="hand")
        leading = desk.between(2.0, 4.2) * x
        style = replace(desk.style(pen), leading=leading, align="left", wave=desk.between(0.3, 1.5))
        return replace(style, indent=desk.between(0, 8) * x, darkness=desk.between(0.6, 1))
    if manner == "typed":
        pen = desk.pen(desk.face("typed"), manner="typed")
        leading = pen.size * desk.between(0.95, 1.1) * desk.one_of((1.0, 1.5, 2.0))
        style = replace(desk.style(pen), leading=leading, align="left")
        return replace(style, indent=desk.count(0, 8) * pen.pitch, darkness=desk.between(0.75, 1))
    return desk.style(desk.pen(desk.face()), align="left", indent=desk.between(0, 4) * x)


def _column(desk: Desk) -> Column:
    x, sheet = desk.x_height, desk.sheet
    margins = [desk.between(2, 14) * x, desk.between(1, 8) * x, desk.between(2, 12) * x, desk.between(1, 10) * x]
    return Column(margins[0], sheet.width - margins[1], margins[2], sheet.height - margins[3])


def set_letterhead(desk: Desk, column: Column) -> None:
    """A printed head: a crest, a name in large letters, an address in small ones."""
    x, sheet = desk.x_height, desk.sheet
    if desk.chance(0.3):
        size = desk.between(4, 10) * x
        draw_crest(sheet, (column.left + column.right) / 2, column.y, size, desk.rng)
        column.y += size + x
    region = sheet.region()
    side: Align = "centre" if desk.chance(0.7) else "left" if desk.chance(0.5) else "right"
    for k in range(desk.count(1, 3)):
        host = desk.host()
        pen = host.pen(host.face(), desk.between(1.2, 2.5) if not k else desk.between(0.6, 1.0))
        style = desk.style(pen, desk.between(1.2, 1.8), align=side)
        _short(host, column, style, region)
    if desk.chance(0.3):
        column.y += 0.8 * x
        draw_rule(sheet, (column.left, column.y), (column.right, column.y), desk.rng)
    column.y += desk.between(1, 4) * x


def _aside(desk: Desk, column: Column, body: Style, side: Align, *, lines: int) -> None:
    """A date or an address: some short lines that begin under each other at one side."""
    wide = desk.between(12, 30) * desk.x_height
    left = column.left if side == "left" else max(column.left, column.right - wide)
    block = Column(left, min(column.right, left + wide), column.y, column.bottom)
    region = desk.sheet.region()
    steps = desk.between(0, 3) * desk.x_height if desk.chance(0.3) else 0.0
    for _ in range(lines):
        _short(desk, block, replace(body, align="left", indent=0.0, hang=0.0), region)
        if steps and block.width > 8 * desk.x_height:
            block.left += steps
    column.y = block.y


def _closing(desk: Desk, column: Column, body: Style) -> None:
    """The end of a letter at the right: a greeting, a signature in another hand, a name."""
    region = desk.sheet.region()
    left = column.left + desk.between(0.3, 0.7) * column.width
    block = Column(left, column.right, column.y, column.bottom)
    plain = replace(body, align="left", indent=0.0, hang=0.0)
    _short(desk, block, plain, region)
    strips = desk.hand() if desk.chance(0.5) else ()
    if strips:
        signed = strips[-1 - int(desk.rng.integers(min(3, len(strips))))]
        signed = resize(signed, desk.between(0.9, 1.6) * desk.x_height / signed.x_height)
        desk.galley.stand(region, block, signed, replace(plain, leading=desk.between(2, 4) * desk.x_height))
    elif desk.chance(0.7):
        pen = desk.pen(desk.face("hand"), desk.between(1.2, 2.2), manner="hand")
        signature = replace(desk.style(pen), leading=desk.between(2.2, 3.5) * pen.x_height, align="left", wave=1.5)
        _short(desk, block, replace(signature, darkness=desk.between(0.6, 1)), region)
    if desk.chance(0.6):
        _short(desk, block, plain, region)
    column.y = block.y


def _short(desk: Desk, column: Column, style: Style, region: object = None) -> None:
    """A line of a few words."""
    text = fitting(desk, style, column.width, desk.count(1, 5))
    if text:
        target = region if region is not None else desk.sheet.region()
        desk.galley.stand(target, column, desk.galley.line(text, style), style)  # type: ignore[arg-type]


def _ruled_paper(desk: Desk, body: Style) -> None:
    """Faint rules across the leaf, as exercise books have them."""
    y = desk.between(3, 8) * desk.x_height
    darkness = desk.count(40, 140)
    while y < desk.sheet.height:
        desk.sheet.rule((0, y), (desk.sheet.width, y), max(1.0, 0.1 * desk.x_height), darkness)
        y += body.leading
