"""From a set page to its picture and its truth: laid askew, worn and scanned."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.drawing.pages.bending import draw_bending
from ocrkit.drawing.pages.records import DrawnLine, DrawnPage
from ocrkit.drawing.pages.surroundings import (
    Margins,
    add_border,
    add_dirt,
    add_folds,
    add_neighbour,
    add_watermark,
    show_other_side,
)
from ocrkit.drawing.pages.wear import press, scan, tint
from ocrkit.layout.records import Line, Page, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.pages.bending import Bending
    from ocrkit.drawing.pages.sheet import PageSheet, SetLine
    from ocrkit.layout.records import Points

__all__ = ["expose", "lay"]

_STEP = 16.0  # px between points of a line that the page bends
_SEEN = 60  # of 255, from which ink counts
_ROOM = 1.0  # px about a line's ink, for what interpolation smears


def expose(sheet: PageSheet, rng: np.random.Generator, strength: float, *, kind: str, number: int) -> DrawnPage:
    """The page of a sheet as a scanner gives it; ``strength`` is how worn, askew and dirty it is, 0 to 1."""
    bending = draw_bending(sheet.width, sheet.height, rng, min(1.0, 2 * strength))
    picture, other, regions, lines = lay(sheet, bending)
    text = bending.picture(255 - sheet.ink, 255) < 255 - _SEEN
    picture = press(picture, sheet.x_height, rng, strength)
    picture = _surrounded(picture, other, lines, sheet.x_height, rng, strength)
    picture = scan(tint(picture, sheet.x_height, rng, strength), sheet.x_height, rng, strength, text)
    height, width = picture.shape
    page = Page(f"page-{number:05d}", width, height, regions, skew=round(bending.skew, 2))
    borders = tuple(_bent(border, bending) for border in sheet.borders)
    return DrawnPage(picture, page, lines, borders, other & ~text, kind)


def lay(
    sheet: PageSheet, bending: Bending
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], tuple[Region, ...], tuple[DrawnLine, ...]]:
    """The clean picture of a sheet that lies so, where it has ink that is no text, its regions and all their lines."""
    picture = bending.picture(255 - np.maximum(sheet.ink, sheet.other), 255)
    other = bending.picture(255 - sheet.other, 255) < 255 - _SEEN
    return picture, other, *_truth(sheet, bending, picture.shape)


def _surrounded(
    picture: NDArray[np.uint8],
    other: NDArray[np.bool_],
    lines: tuple[DrawnLine, ...],
    x_height: float,
    rng: np.random.Generator,
    strength: float,
) -> NDArray[np.uint8]:
    chances = rng.random(6)
    if chances[0] < 0.4 * strength:
        picture = show_other_side(picture, other, x_height, rng, strength)
    if chances[5] < 0.08 * strength:
        picture = add_watermark(picture, other, rng, strength)
    margins = _margins(lines, picture.shape)
    if chances[1] < 0.3 * strength:
        picture = add_neighbour(picture, other, margins, rng)
    if chances[2] < 0.5 * strength:
        picture = add_border(picture, other, margins, rng)
    if chances[3] < 0.8 * strength:
        picture = add_dirt(picture, other, x_height, rng, strength)
    if chances[4] < 0.25 * strength:
        picture = add_folds(picture, rng, strength)
    return picture


def _margins(lines: tuple[DrawnLine, ...], shape: tuple[int, ...]) -> Margins:
    if not lines:
        return Margins(0, 0, 0, 0)
    points = np.array([point for line in lines for point in line.line.outline])
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return Margins(int(left), int(top), int(shape[1] - 1 - right), int(shape[0] - 1 - bottom))


def _truth(
    sheet: PageSheet, bending: Bending, shape: tuple[int, ...]
) -> tuple[tuple[Region, ...], tuple[DrawnLine, ...]]:
    regions: list[Region] = []
    drawn: list[DrawnLine] = []
    for region in sheet.regions:
        found = [_line(line, bending, shape, f"l{len(drawn) + k + 1}") for k, line in enumerate(region.lines)]
        if found:
            lines = tuple(one.line for one in found)
            regions.append(Region(f"r{len(regions) + 1}", _around(lines), lines, region.kind))
            drawn += found
    return tuple(regions), tuple(drawn)


def _line(line: SetLine, bending: Bending, shape: tuple[int, ...], name: str) -> DrawnLine:
    flat = line.baseline
    if not bending.is_flat:
        (begin, end), count = flat[[0, -1], 0], max(2, int(np.ptp(flat[:, 0]) / _STEP) + 1)
        along = np.unique(np.append(np.linspace(begin, end, count), flat[:, 0]))
        flat = np.stack([along, np.interp(along, flat[:, 0], flat[:, 1])], axis=1)
    if _is_straight(bending.points(flat)):
        flat = flat[[0, -1]]
    baseline = bending.points(flat)
    upper, lower = flat.copy(), flat.copy()
    for edge in (upper, lower):
        edge[0, 0] -= _ROOM
        edge[-1, 0] += _ROOM
    upper[:, 1] -= line.ascender + _ROOM
    lower[:, 1] += line.descender + _ROOM
    upper, lower = np.floor(bending.points(upper)), np.ceil(bending.points(lower))
    outline = _on(np.concatenate([upper, lower[::-1]]), shape)
    record = Line(
        name,
        _on(baseline, shape),
        outline,
        line.text,
        direction="rtl" if line.rtl else "ltr",
        x_height=round(line.x_height, 2),
    )
    return DrawnLine(record, baseline, line.x_height, line.ascender, line.descender)


def _is_straight(points: NDArray[np.float64]) -> bool:
    """Whether its ends alone tell a course to within a quarter of a pixel."""
    chord = points[-1] - points[0]
    away = points - points[0]
    return bool(np.abs(away[:, 0] * chord[1] - away[:, 1] * chord[0]).max() <= 0.25 * np.hypot(*chord))


def _bent(border: NDArray[np.float64], bending: Bending) -> NDArray[np.float64]:
    """A border with points enough to follow the page."""
    pieces = [
        np.linspace(begin, end, max(2, int(np.hypot(*(end - begin)) / _STEP)))
        for begin, end in itertools.pairwise(border)
    ]
    return bending.points(np.concatenate(pieces))


def _on(points: NDArray[np.float64], shape: tuple[int, ...]) -> Points:
    """Rounded, and on the picture."""
    height, width = shape
    kept = np.clip(np.rint(points), 0, (width - 1, height - 1)).astype(int)
    return tuple((int(x), int(y)) for x, y in kept)


def _around(lines: tuple[Line, ...]) -> Points:
    points = np.array([point for line in lines for point in line.outline])
    (left, top), (right, bottom) = points.min(0).tolist(), points.max(0).tolist()
    return ((left, top), (right, top), (right, bottom), (left, bottom))
