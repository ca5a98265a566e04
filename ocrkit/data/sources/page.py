"""PAGE XML, of every version: the transcribed lines of a page.

Source: the PAGE content schema, github.com/PRImA-Research-Lab/PAGE-XML, versions 2009-03-16 to 2019-07-15. Points are
an attribute since 2013, and elements before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.sources.faults import RowFault
from ocrkit.data.sources.page_line import PageLine, PageText, one_line, points_of
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.faults import Faults
    from ocrkit.data.sources.page_line import Point
    from ocrkit.data.sources.xml_file import Element

__all__ = ["ROOT", "page_text"]

ROOT = "PcGts"


def page_text(path: Path, root: Element, faults: Faults) -> PageText:
    """The lines of a PAGE file, in the file's order.

    Raises:
        DataError: there is no page in it; or, where faults are not reported, a line with a text has no outline.
    """
    page = root.first("Page")
    if page is None:
        raise DataError("no Page element in it; expected a page of lines", path, root.line)
    lines, without_text = [], 0
    for number, element in enumerate(page.below("TextLine"), 1):
        text = one_line(_text_of(element))
        if not text:
            without_text += 1
            continue
        name = element.get("id") or str(number)
        try:
            lines.append(PageLine(name, element.line, text, _outline(name, element)))
        except RowFault as fault:
            faults.add(path, element.line, fault)
    size = [_number(page.get(side)) for side in ("imageWidth", "imageHeight")]
    return PageText(page.get("imageFilename") or "", size[0], size[1], tuple(lines), without_text)


def _text_of(element: Element) -> str:
    """The text of a line: its own, else its words'."""
    equivalents = sorted(element.all("TextEquiv"), key=_rank)
    for equivalent in equivalents[:1]:
        for kind in ("Unicode", "PlainText"):
            spelt = equivalent.first(kind)
            if spelt is not None and spelt.text.strip():
                return spelt.text
    return " ".join(filter(None, (_text_of(word).strip() for word in element.all("Word"))))


def _rank(equivalent: Element) -> float:
    """Of several texts the one of the lowest index is meant; one without index comes last."""
    try:
        return float(equivalent.get("index") or "inf")
    except ValueError:
        return float("inf")


def _outline(name: str, element: Element) -> tuple[Point, ...]:
    coords = element.first("Coords")
    if coords is not None:
        points = points_of(coords.get("points"))
        points = points or points_of(" ".join(f"{p.get('x')},{p.get('y')}" for p in coords.all("Point")))
        if points:
            return points
    what = "a baseline and no outline" if element.first("Baseline") is not None else "no outline"
    raise RowFault(
        "no-outline", f"line {name!r} has {what}; expected Coords with its polygon, so segment the page with outlines"
    )


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
