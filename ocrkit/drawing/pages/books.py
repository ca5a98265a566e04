"""Pages of books, journals and gazettes: one column or several, with all that stands about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ocrkit.drawing.pages.furniture import draw_crest, draw_picture, draw_rule
from ocrkit.drawing.pages.sheet import Column
from ocrkit.drawing.pages.tables import set_spread, set_table
from ocrkit.drawing.rendering.typesetting import split_clusters

if TYPE_CHECKING:
    from ocrkit.drawing.pages.desk import Desk
    from ocrkit.drawing.pages.galley import Align, Style
    from ocrkit.drawing.pages.sheet import SetRegion
    from ocrkit.drawing.pages.strips import Strip

__all__ = ["compose_book", "compose_columns"]


def compose_book(desk: Desk) -> None:
    """A page of one column."""
    body, column = _open(desk)
    if desk.chance(0.12):
        _marginalia(desk, body, column)
    foot = _footnotes_room(desk, body, column) if desk.chance(0.2) else 0.0
    bottom, column.bottom = column.bottom, column.bottom - foot
    if desk.chance(0.35):
        column.y += desk.between(0, 12) * desk.x_height
        set_heading(desk, column, body)
    fill(desk, column, body)
    if foot:
        _footnotes(desk, body, Column(column.left, column.right, column.bottom, bottom))


def compose_columns(desk: Desk) -> None:
    """A page of two or three columns, perhaps under a heading that runs across them."""
    body, whole = _open(desk)
    if desk.chance(0.4):
        set_heading(desk, whole, body)
        if desk.chance(0.3):
            above = Column(whole.left, whole.right, whole.y, whole.y + desk.between(4, 15) * body.leading)
            fill(desk, above, body)
            whole.y = max(above.y, above.bottom) + desk.between(1, 3) * desk.x_height
    # Three columns only where each holds some words.
    count = 3 if whole.width > 75 * desk.x_height and desk.chance(0.3) else 2
    gutter = desk.between(1.6, 6) * desk.x_height
    width = (whole.width - gutter * (count - 1)) / count
    top, ruled = whole.y, desk.chance(0.3)
    if desk.chance(0.5):
        body = replace(body, align="justified")
    columns = []
    for k in range(count):
        left = whole.left + k * (width + gutter)
        columns.append(Column(left, left + width, top, whole.bottom))
        if k:
            middle = left - gutter / 2
            desk.sheet.part((middle, top), (middle, whole.bottom))
            if ruled:
                draw_rule(desk.sheet, (middle, top), (middle, whole.bottom), desk.rng)
    for column in columns[::-1] if desk.galley.rtl else columns:
        # Columns of scans stand a little higher and lower.
        column.y += desk.between(0, 0.4) * body.leading
        if desk.chance(0.2):
            column.bottom -= desk.between(0, 0.6) * (whole.bottom - top)
        fill(desk, column, body)


def fill(desk: Desk, column: Column, body: Style) -> None:
    """Fill a column with paragraphs, and now and then something else between them."""
    region = desk.sheet.region()
    others = desk.between(0, 0.35)
    indent = desk.one_of(("first", "none", "hang"))
    gap = desk.between(0, 1.2) * body.leading if desk.chance(0.4) else 0.0
    drop = desk.chance(0.1)
    while not column.is_full:
        drawn = desk.rng.random()
        if drawn > others:
            style = _indented(desk, body, indent)
            if drop:
                _drop_letter(desk, region, column, style)
                drop = False
            desk.galley.paragraph(region, column, style, desk.count(4, 90))
        else:
            region = _between(desk, column, body, region, drawn / max(others, 1e-9))
        column.y += gap


def set_heading(desk: Desk, column: Column, body: Style) -> None:
    """A heading of one to three lines in the column, centred or at its left."""
    region = desk.sheet.region()
    column.y += desk.between(0.2, 1.5) * body.leading
    host = desk.host()
    for _ in range(desk.count(1, 2)):
        face = body.pen.face if host is desk and desk.chance(0.5) else host.face()
        pen = host.pen(face, desk.between(1.0, 2.4))
        style = desk.style(pen, desk.between(1.1, 1.5), align="centre" if desk.chance(0.75) else "left")
        strip = host.galley.line(fitting(host, style, column.width, desk.count(1, 6)), style)
        if host.galley.stand(region, column, strip, style) and strip is not None and desk.chance(0.15):
            _underline(desk, region)
    if desk.chance(0.3):
        column.y += 0.6 * desk.x_height
        half = desk.between(2, 12) * desk.x_height
        middle = (column.left + column.right) / 2
        draw_rule(desk.sheet, (middle - half, column.y), (middle + half, column.y), desk.rng)
    column.y += desk.between(0.2, 1.0) * body.leading


def fitting(desk: Desk, style: Style, width: float, count: int) -> list[str]:
    """Some words, no wider than ``width`` px together; capitals now and then."""
    galley = desk.galley
    words = galley.words(style.pen, count)
    if desk.chance(0.3):
        words = [word.upper() if galley.can_write(style.pen, word.upper()) else word for word in words]
    while words:
        strip = galley.line(words, style)
        if strip is not None and strip.width <= width:
            break
        words.pop()
    return words


def _underline(desk: Desk, region: SetRegion) -> None:
    """A rule under the last line."""
    line = region.lines[-1]
    (left, y), right = line.baseline[0], line.baseline[-1, 0]
    y += desk.between(0.3, 0.8) * line.x_height
    desk.sheet.rule((left, y), (right, y), desk.between(0.08, 0.2) * desk.x_height)


def _open(desk: Desk) -> tuple[Style, Column]:
    """The style of the running text, and the page's column between its head and its foot."""
    sheet, x = desk.sheet, desk.x_height
    body = desk.style(desk.pen(desk.face()), align="justified" if desk.chance(0.8) else "left")
    margins = [desk.between(3, 12 if desk.chance(0.85) else 28) * x for _ in range(4)]
    column = Column(margins[0], sheet.width - margins[1], margins[2], sheet.height - margins[3])
    if desk.chance(0.75):
        _running_head(desk, body, column)
    if desk.chance(0.35):
        pen = desk.pen(body.pen.face, desk.between(0.8, 1.1))
        style = desk.style(pen, align="centre" if desk.chance(0.7) else "left")
        below = Column(column.left, column.right, sheet.height - 0.75 * margins[3], sheet.height)
        if margins[3] > 6 * x:
            desk.galley.stand(sheet.region("NumberingZone"), below, _number(desk, style), style)
            _move_last_region(desk)
    return body, column


def _move_last_region(desk: Desk) -> None:
    """A number at the foot is read last of all: ``finish`` puts it there."""
    desk.last.append(desk.sheet.regions.pop())


def _number(desk: Desk, style: Style) -> Strip | None:
    number = str(desk.count(1, 999))
    shape = desk.one_of(("{}", "{}", "{}", "-{}-", "[{}]", "({})")).format(number)
    return desk.galley.line([shape if desk.galley.can_write(style.pen, shape) else desk.galley.word(style.pen)], style)


def _running_head(desk: Desk, body: Style, column: Column) -> None:
    """A title in the head and the page's number, on one level, and perhaps a rule below."""
    sheet, x = desk.sheet, desk.x_height
    host = desk.host()
    face = body.pen.face if host is desk and desk.chance(0.6) else host.face()
    pen = host.pen(face, desk.between(0.75, 1.15))
    style = desk.style(pen, 1.0, align="centre")
    y = column.y
    if desk.chance(0.8):
        text = fitting(host, style, 0.6 * column.width, desk.count(1, 5))
        if text:
            head = Column(column.left, column.right, y, column.bottom)
            host.galley.stand(sheet.region("RunningTitleZone"), head, host.galley.line(text, style), style)
    sides: tuple[Align, ...] = ("left", "right")
    for align in sides:
        if desk.chance(0.5):
            aside = replace(style, align=align)
            head = Column(column.left, column.right, y, column.bottom)
            desk.galley.stand(sheet.region("NumberingZone"), head, _number(desk, aside), aside)
    column.y = y + style.leading + desk.between(0.3, 2) * x
    if desk.chance(0.35):
        draw_rule(sheet, (column.left, column.y), (column.right, column.y), desk.rng)
    column.y += desk.between(0.5, 3) * x


def _indented(desk: Desk, body: Style, indent: str) -> Style:
    x = desk.x_height
    if indent == "first":
        return replace(body, indent=desk.between(1.5, 4) * x)
    if indent == "hang":
        return replace(body, hang=desk.between(1.5, 4) * x) if desk.chance(0.5) else body
    return body


def _between(desk: Desk, column: Column, body: Style, region: SetRegion, drawn: float) -> SetRegion:
    """Something between two paragraphs; the region in which the text goes on."""
    x, sheet = desk.x_height, desk.sheet
    if drawn < 0.2:
        set_heading(desk, column, body)
        return sheet.region()
    if drawn < 0.35:
        style = replace(body, align="left", indent=0.0)
        inwards = desk.between(0, 0.3) * column.width
        verse = Column(column.left + inwards, column.right, column.y + 0.5 * body.leading, column.bottom)
        for _ in range(desk.count(2, 10)):
            text = fitting(desk, style, verse.width, desk.count(2, 6))
            desk.galley.stand(region, verse, desk.galley.line(text, style), style)
        column.y = verse.y + 0.5 * body.leading
        return region
    if drawn < 0.48:
        for _ in range(desk.count(1, 2)):
            set_spread(desk, region, column, body)
        return region
    if drawn < 0.65:
        column.y += 0.5 * body.leading
        set_table(desk, column, body)
        return sheet.region()
    if drawn < 0.75:
        column.y += desk.between(0.5, 1.5) * x
        half = desk.between(0.05, 0.5) * column.width
        middle = (column.left + column.right) / 2
        draw_rule(sheet, (middle - half, column.y), (middle + half, column.y), desk.rng)
        column.y += desk.between(0.5, 1.5) * x
        return region
    if drawn < 0.85:
        size = desk.between(2, 9) * x
        if column.y + size + x < column.bottom:
            draw_crest(sheet, (column.left + column.right) / 2, column.y + 0.5 * x, size, desk.rng)
            column.y += size + x
        return region
    high = desk.between(6, 25) * x
    if column.y + high + 2 * x < column.bottom:
        inwards = desk.between(0, 0.3) * column.width
        box = (column.left + inwards, column.y + x, column.right - inwards, column.y + x + high)
        draw_picture(sheet, box, desk.rng)
        column.y += high + 2 * x
        return sheet.region()
    return region


def _drop_letter(desk: Desk, region: SetRegion, column: Column, style: Style) -> None:
    """A first letter as high as two or three lines, beside which these are set."""
    lines = desk.count(2, 3)
    pen = desk.pen(style.pen.face, 1.0)
    letter = split_clusters(desk.galley.word(pen))[0]
    if not desk.galley.can_write(pen, letter):
        return
    scale = ((lines - 1) * style.leading + style.pen.x_height) / style.pen.x_height * 0.75
    large = desk.style(desk.pen(style.pen.face, scale))
    strip = desk.galley.line([letter], large)
    if strip is None or strip.width > 0.4 * column.width:
        return
    foot = column.y + lines * style.leading
    if foot > column.bottom or strip.ascender > lines * style.leading:
        return
    desk.sheet.place(desk.sheet.region("DropCapitalZone"), strip, column.left, foot)
    beside = Column(column.left + strip.width + 0.6 * desk.x_height, column.right, column.y, foot + 1)
    desk.galley.paragraph(region, beside, replace(style, indent=0.0, hang=0.0), 60)
    column.y = max(beside.y, foot)


def _marginalia(desk: Desk, body: Style, column: Column) -> None:
    """Short notes beside the text, in a margin that is made for them."""
    x = desk.x_height
    wide = desk.between(8, 16) * x
    if column.width < 3 * wide:
        return
    pen = desk.pen(body.pen.face if desk.chance(0.6) else desk.face("hand"), desk.between(0.65, 0.85))
    style = desk.style(pen, align="left")
    gap = desk.between(1.2, 3) * x
    if desk.chance(0.5):
        notes = Column(column.left, column.left + wide, column.y, column.bottom)
        column.left += wide + gap
        middle = column.left - gap / 2
    else:
        notes = Column(column.right - wide, column.right, column.y, column.bottom)
        column.right -= wide + gap
        middle = column.right + gap / 2
    while not notes.is_full:
        notes.y += desk.between(1, 30) * x
        begin, region = notes.y, desk.sheet.region("MarginTextZone")
        desk.galley.paragraph(region, notes, style, desk.count(1, 10))
        if region.lines:
            desk.sheet.part((middle, begin), (middle, notes.y))
            _move_last_region(desk)


def _footnotes_room(desk: Desk, body: Style, column: Column) -> float:
    room = desk.between(3, 12) * body.leading
    return room if room < 0.5 * (column.bottom - column.y) else 0.0


def _footnotes(desk: Desk, body: Style, column: Column) -> None:
    if desk.chance(0.6):
        wide = desk.between(0.15, 1.0) * column.width
        draw_rule(desk.sheet, (column.left, column.y + 0.6 * desk.x_height), (column.left + wide, column.y), desk.rng)
    column.y += desk.between(0.4, 1.0) * body.leading
    pen = desk.pen(body.pen.face, desk.between(0.7, 0.85))
    style = desk.style(pen, align="justified")
    region = desk.sheet.region("MarginTextZone")
    while not column.is_full:
        desk.galley.paragraph(region, column, style, desk.count(4, 30))
