"""How large a PDF's page is drawn: as its own pictures are where it is made of them, else as is asked for."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrkit.pages.opening.picture import MAX_PAGE_PIXELS

if TYPE_CHECKING:
    import pypdfium2

__all__ = ["POINTS", "PageSize", "page_size"]

POINTS: Final = 72.0
"""PDF's units an inch."""

_DPI: Final = 300.0
_MOST: Final = 600.0  # beside text and lines that are drawn
_LEAST: Final = 100.0
_SHARE: Final = 0.5  # of the page, that pictures of one resolution cover
_WHOLE: Final = 0.99  # of the page's width and height, that its one picture covers
_ASKEW: Final = 1e-3
_OBJECTS: Final = 2000  # looked at: a page of more is drawn, not scanned
_DEPTH: Final = 4  # of forms in forms
_INVISIBLE: Final = 3


class PageSize(NamedTuple):
    """What a page measures.

    Attributes:
        width: px.
        height: px.
        page_width: points, upright.
        page_height: points, upright.
    """

    width: int
    height: int
    page_width: float
    page_height: float

    @property
    def dpi(self) -> float:
        """Pixels an inch."""
        across, down = self.width / self.page_width, self.height / self.page_height
        return math.sqrt(across * down) * POINTS


class _Picture(NamedTuple):
    """A picture on a page: pixels a point, and where it lies, in the page's own points, not turned."""

    across: float
    down: float
    left: float
    bottom: float
    right: float
    top: float


def page_size(page: pypdfium2.PdfPage, wanted_dpi: float | None) -> PageSize:
    """The size in px that a page is drawn at.

    A page that is one picture has that picture's pixels, those that are seen, whatever ``wanted_dpi``, unless they are
    more than a page may have. One of several
    pictures, without text or lines that are seen, has the finest resolution of those that cover half of it; with text
    or lines at least 300. ``wanted_dpi`` goes before those.
    """
    width, height = (max(side, 0.01) for side in page.get_size())
    pictures, drawn = _what_is_on(page)
    if len(pictures) == 1 and not drawn and _covers(pictures[0], page.get_bbox()):
        across, down = pictures[0].across, pictures[0].down
        if page.get_rotation() in (90, 270):
            across, down = down, across
        own = PageSize(max(1, round(width * across)), max(1, round(height * down)), width, height)
        if wanted_dpi is None or own.width * own.height <= MAX_PAGE_PIXELS:
            return own
    dpi = wanted_dpi or _finest(pictures, width * height, drawn)
    return PageSize(_pixels(width * dpi / POINTS), _pixels(height * dpi / POINTS), width, height)


def _pixels(length: float) -> int:
    return max(1, math.ceil(length - 1e-3))


def _what_is_on(page: pypdfium2.PdfPage) -> tuple[list[_Picture], bool]:
    """The pictures on a page that may be seen, and whether text or lines may be seen too."""
    import pypdfium2.raw as pdfium

    pictures: list[_Picture] = []
    drawn = False
    box = page.get_bbox()
    for one in itertools.islice(page.get_objects(max_depth=_DEPTH), _OBJECTS):
        if one.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            picture = _picture(one)
            if picture is None:
                drawn = True
            elif _covers(picture, box) and not pdfium.FPDFPageObj_HasTransparency(one):
                pictures, drawn = [picture], False  # what was drawn before lies behind it
            else:
                pictures.append(picture)
        elif one.type != pdfium.FPDF_PAGEOBJ_FORM:
            drawn = drawn or _is_seen(one)
    return pictures, drawn


def _is_seen(one: pypdfium2.PdfObject) -> bool:
    import pypdfium2.raw as pdfium

    if one.type == pdfium.FPDF_PAGEOBJ_TEXT:
        return bool(pdfium.FPDFTextObj_GetTextRenderMode(one) != _INVISIBLE)
    if one.type == pdfium.FPDF_PAGEOBJ_PATH:
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        known = pdfium.FPDFPath_GetDrawMode(one, filled, stroked)
        return bool(not known or filled.value or stroked.value)
    return True


def _picture(one: pypdfium2.PdfObject) -> _Picture | None:
    """A picture's place and resolution; None for one that lies askew."""
    matrix, holder = one.get_matrix(), one.container
    while holder is not None:
        matrix, holder = matrix.multiply(holder.get_matrix()), holder.container
    a, b, c, d, e, f = matrix.get()
    width, height = one.get_px_size()
    upright, on_its_side = abs(b) + abs(c), abs(a) + abs(d)
    if min(upright, on_its_side) > _ASKEW * max(upright, on_its_side) or max(upright, on_its_side) == 0:
        return None
    if upright < on_its_side:
        across, down = width / max(abs(a), 1e-6), height / max(abs(d), 1e-6)
    else:
        across, down = height / max(abs(c), 1e-6), width / max(abs(b), 1e-6)
    left, right = sorted((e, e + a + c))
    bottom, top = sorted((f, f + b + d))
    return _Picture(across, down, left, bottom, right, top)


def _covers(picture: _Picture, box: tuple[float, float, float, float]) -> bool:
    left, bottom, right, top = box
    across, up = (1 - _WHOLE) * (right - left), (1 - _WHOLE) * (top - bottom)
    within = (picture.left - left, picture.bottom - bottom, right - picture.right, top - picture.top)
    return all(gap <= margin for gap, margin in zip(within, (across, up, across, up), strict=True))


def _finest(pictures: list[_Picture], area: float, drawn: bool) -> float:
    covered: dict[int, float] = defaultdict(float)
    for picture in pictures:
        dpi = round(max(picture.across, picture.down) * POINTS)
        covered[dpi] += (picture.right - picture.left) * (picture.top - picture.bottom)
    finest = max((dpi for dpi, square in covered.items() if square >= _SHARE * area), default=None)
    if finest is None:
        return _DPI
    return min(max(finest, _DPI if drawn else _LEAST), _MOST)
