"""ALTO XML, of every version: the transcribed lines of a page.

Source: the ALTO schema, github.com/altoxml/schema, versions 1.0 to 4.4.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page_line import (
    BadLine,
    PageLine,
    PageText,
    baseline_of,
    box_of,
    one_line,
    outline_of,
    turn_of,
)
from ocrkit.data.sources.xml_file import page_size
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.page_line import Point
    from ocrkit.data.sources.xml_file import Element

__all__ = ["OWN", "ROOT", "alto_text", "hyphen_of", "image_named", "text_of"]

OWN = "ocrkit"
"""Whose name an image's identifier has, ``fileIdentifierLocation``, that is its name with folders."""

ROOT = "alto"


def alto_text(path: Path, root: Element) -> PageText:
    """The lines of an ALTO file, in the file's order.

    Raises:
        DataError: there is not one page in it, its size is no size, or it is unknown where its unit is not the pixel.
    """
    pages = list(root.below("Page"))
    if len(pages) != 1:
        raise DataError(f"{len(pages)} Page elements in it; expected one, as one image has", path, root.line)
    page = pages[0]
    width, height = page_size(path, page, "WIDTH", "HEIGHT")
    unit = root.first("Description", "MeasurementUnit")
    if unit is not None and unit.text.strip() not in ("", "pixel") and not (width and height):
        raise DataError(
            f"measures are in {unit.text.strip()!r} and the page has no WIDTH and HEIGHT; "
            "expected both, since the image's pixels tell the scale",
            path,
            page.line,
        )
    lines: list[PageLine | BadLine] = []
    without_text = 0
    for number, around in enumerate(page.paths_to("TextLine"), 1):
        element = around[-1]
        text = text_of(element)
        if not text:
            without_text += 1
            continue
        name = element.get("ID") or str(number)
        try:
            outline, baseline = _outline(name, element), baseline_of(element.get("BASELINE"))
            lines.append(PageLine(name, element.line, text, outline, baseline, turn_of(around, "ROTATION")))
        except RowFault as fault:
            lines.append(BadLine(name, element.line, text, fault.kind, fault.reason))
    return PageText(image_named(root), width, height, tuple(lines), without_text)


def image_named(root: Element) -> str:
    """The name of the image: with its folders where ocrkit says them, since other programs want the name alone."""
    source = root.first("Description", "sourceImageInformation")
    if source is None:
        return ""
    own = [each for each in source.all("fileIdentifier") if each.get("fileIdentifierLocation") == OWN]
    named = (own or list(source.all("fileName")))[:1]
    return named[0].text.strip() if named else ""


def text_of(element: Element) -> str:
    """A line's words: a space between two, whether marked by SP or not, and none before a hyphen."""
    text, parted = "", True
    for part in element.all("String", "SP", "HYP"):
        if part.name == "SP":
            text, parted = f"{text} ", True
            continue
        content = hyphen_of(part) if part.name == "HYP" else part.get("CONTENT") or ""
        text += content if parted or part.name == "HYP" else f" {content}"
        parted = False
    return one_line(text)


def hyphen_of(part: Element) -> str:
    """What a HYP stands for: a soft hyphen, say, is one that can be seen on the page."""
    content = part.get("CONTENT") or ""
    return content if any(map(_is_visible, content)) else "-"


def _outline(name: str, element: Element) -> tuple[Point, ...]:
    polygon = element.first("Shape", "Polygon")
    points = outline_of(polygon.get("POINTS")) if polygon is not None else ()
    if points:
        return points
    left, top, width, height = (_number(element.get(key)) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    if left is not None and top is not None and width is not None and height is not None:
        return box_of(left, top, width, height)
    what = "a baseline and no outline" if element.get("BASELINE") else "no outline"
    raise RowFault(
        "no-outline",
        f"line {name!r} has {what}; expected a Polygon, or HPOS, VPOS, WIDTH and HEIGHT; "
        "segment the page with outlines",
    )


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
