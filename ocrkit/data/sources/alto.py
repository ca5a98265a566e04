"""ALTO XML, of every version: the transcribed lines of a page.

Source: the ALTO schema, github.com/altoxml/schema, versions 1.0 to 4.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.sources.faults import RowFault
from ocrkit.data.sources.page_line import PageLine, PageText, box_of, one_line, points_of
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.faults import Faults
    from ocrkit.data.sources.page_line import Point
    from ocrkit.data.sources.xml_file import Element

__all__ = ["ROOT", "alto_text"]

ROOT = "alto"


def alto_text(path: Path, root: Element, faults: Faults) -> PageText:
    """The lines of an ALTO file, in the file's order.

    Raises:
        DataError: there is not one page in it, or its size is unknown where its unit is not the pixel; or, where
            faults are not reported, a line with a text has no outline.
    """
    pages = list(root.below("Page"))
    if len(pages) != 1:
        raise DataError(f"{len(pages)} Page elements in it; expected one, as one image has", path, root.line)
    page = pages[0]
    width, height = (_number(page.get(side)) or 0.0 for side in ("WIDTH", "HEIGHT"))
    unit = root.first("Description", "MeasurementUnit")
    if unit is not None and unit.text.strip() not in ("", "pixel") and not (width and height):
        raise DataError(
            f"measures are in {unit.text.strip()!r} and the page has no WIDTH and HEIGHT; "
            "expected both, since the image's pixels tell the scale",
            path,
            page.line,
        )
    lines, without_text = [], 0
    for number, element in enumerate(page.below("TextLine"), 1):
        text = _text_of(element)
        if not text:
            without_text += 1
            continue
        name = element.get("ID") or str(number)
        try:
            lines.append(PageLine(name, element.line, text, _outline(name, element)))
        except RowFault as fault:
            faults.add(path, element.line, fault)
    image = root.first("Description", "sourceImageInformation", "fileName")
    return PageText(image.text.strip() if image is not None else "", width, height, tuple(lines), without_text)


def _text_of(element: Element) -> str:
    """A line's words: a space between two, whether marked by SP or not, and none before a hyphen."""
    text, parted = "", True
    for part in element.all("String", "SP", "HYP"):
        if part.name == "SP":
            text, parted = f"{text} ", True
            continue
        content = part.get("CONTENT") or ("-" if part.name == "HYP" else "")
        text += content if parted or part.name == "HYP" else f" {content}"
        parted = False
    return one_line(text)


def _outline(name: str, element: Element) -> tuple[Point, ...]:
    polygon = element.first("Shape", "Polygon")
    points = points_of(polygon.get("POINTS")) if polygon is not None else ()
    if points:
        return points
    left, top, width, height = (_number(element.get(key)) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    if left is not None and top is not None and width and height:
        return box_of(left, top, width, height)
    what = "a baseline and no outline" if element.get("BASELINE") else "no outline"
    raise RowFault(
        "no-outline",
        f"line {name!r} has {what}; expected a Polygon, or HPOS, VPOS, WIDTH and HEIGHT; "
        "segment the page with outlines",
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
