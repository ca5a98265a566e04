"""PAGE XML, of every version: the transcribed lines of a page.

Source: the PAGE content schema, github.com/PRImA-Research-Lab/PAGE-XML, versions 2009-03-16 to 2019-07-15. Points are
an attribute since 2013, and elements before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page_custom import customs_of
from ocrkit.data.sources.page_line import BadLine, PageLine, PageText, baseline_of, one_line, outline_of, turn_of
from ocrkit.data.sources.xml_file import page_size
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.data.sources.page_line import Point
    from ocrkit.data.sources.xml_file import Element

__all__ = ["ROOT", "equivalents_of", "image_named", "page_text", "points_of", "spelt_in", "text_of"]

ROOT = "PcGts"


def page_text(path: Path, root: Element) -> PageText:
    """The lines of a PAGE file, in the file's order.

    Raises:
        DataError: there is no page in it, or its size is no size.
    """
    page = root.first("Page")
    if page is None:
        raise DataError("no Page element in it; expected a page of lines", path, root.line)
    width, height = page_size(path, page, "imageWidth", "imageHeight")
    lines: list[PageLine | BadLine] = []
    without_text = 0
    for number, around in enumerate(page.paths_to("TextLine"), 1):
        element = around[-1]
        text = one_line(text_of(element))
        if not text:
            without_text += 1
            continue
        name = element.get("id") or str(number)
        try:
            outline, baseline = _outline(name, element), baseline_of(points_of(element.first("Baseline")))
            lines.append(PageLine(name, element.line, text, outline, baseline, turn_of(around, "orientation")))
        except RowFault as fault:
            lines.append(BadLine(name, element.line, text, fault.kind, fault.reason))
    return PageText(image_named(page), width, height, tuple(lines), without_text)


def image_named(page: Element) -> str:
    """The name of a page's image: with its folders where ocrkit says them, since other programs want the name alone."""
    return customs_of(page.get("custom")).get("ocrkit", {}).get("image") or page.get("imageFilename") or ""


def text_of(element: Element) -> str:
    """The text of a line: its own, else its words'."""
    for equivalent in equivalents_of(element)[:1]:
        spelt = spelt_in(equivalent)
        if spelt.strip():
            return spelt
    return " ".join(filter(None, (text_of(word).strip() for word in element.all("Word"))))


def equivalents_of(element: Element) -> list[Element]:
    """The texts that a line, word or letter may have, the one that is meant first."""
    return sorted(element.all("TextEquiv"), key=_rank)


def spelt_in(equivalent: Element) -> str:
    """What a text says; empty where it says nothing."""
    for kind in ("Unicode", "PlainText"):
        spelt = equivalent.first(kind)
        if spelt is not None and spelt.text.strip():
            return spelt.text
    return ""


def _rank(equivalent: Element) -> float:
    """Of several texts the one of the lowest index is meant; one without index comes last."""
    try:
        return float(equivalent.get("index") or "inf")
    except ValueError:
        return float("inf")


def _outline(name: str, element: Element) -> tuple[Point, ...]:
    points = outline_of(points_of(element.first("Coords")))
    if points:
        return points
    what = "a baseline and no outline" if element.first("Baseline") is not None else "no outline"
    raise RowFault(
        "no-outline", f"line {name!r} has {what}; expected Coords with its polygon, so segment the page with outlines"
    )


def points_of(element: Element | None) -> str:
    """The points that an element has, as an attribute, or as elements, as they were before 2013."""
    if element is None:
        return ""
    return element.get("points") or " ".join(f"{p.get('x')},{p.get('y')}" for p in element.all("Point"))
