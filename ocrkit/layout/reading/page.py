"""PAGE XML, of every version: whole pages.

Source: the PAGE content schema, github.com/PRImA-Research-Lab/PAGE-XML, versions 2009-03-16 to 2019-07-15, and what
Transkribus and eScriptorium write in the attribute ``custom``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page import equivalents_of, image_named, points_of, spelt_in, text_of
from ocrkit.data.sources.page_custom import customs_of
from ocrkit.data.sources.page_line import baseline_of, one_line, outline_of, runs_right_to_left, turn_of
from ocrkit.data.sources.xml_file import page_size
from ocrkit.errors import DataError
from ocrkit.layout.kinds import KIND_OF_ELEMENT, kind_called
from ocrkit.layout.languages import language_of
from ocrkit.layout.outputs.page import AS_READ
from ocrkit.layout.reading.numbers import fraction_of, number_of
from ocrkit.layout.reading.page_order import lines_in_order, regions_in_order
from ocrkit.layout.reading.placing import Placing, bounds
from ocrkit.layout.reading.scores import alternatives_of
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit.data.sources.bad_rows import BadRows
    from ocrkit.data.sources.xml_file import Element
    from ocrkit.layout.records import Points

__all__ = ["page_pages"]

_RUNS = {"left-to-right": False, "right-to-left": True}


def page_pages(path: Path, root: Element, bad: BadRows) -> Iterator[Page]:
    """The page in a PAGE file.

    Raises:
        DataError: there is no page in it, or its size is no size; or a line cannot be placed, and ``bad`` raises it.
    """
    page = root.first("Page")
    if page is None:
        raise DataError("no Page element in it; expected a page of lines", path, root.line)
    width, height = page_size(path, page, "imageWidth", "imageHeight")
    image = image_named(page)
    error = _metadata(root, "error")
    placing = Placing.of(path, image, (width, height), line=page.line, failed=bool(error))
    reader = _Reader(path, placing, bad, _creator(root).startswith("ocrkit"))
    own = customs_of(page.get("custom")).get("ocrkit", {})
    turn = turn_of([page], "orientation")
    rotation = int(number_of(own.get("rotation"), round(turn / 90) * 90)) % 360
    yield Page(
        image,
        placing.width,
        placing.height,
        tuple(region for around in regions_in_order(page) if (region := reader.region(around)) is not None),
        number=max(1, int(number_of(own.get("number"), 1))),
        rotation=rotation if rotation % 90 == 0 else 0,
        skew=number_of(own.get("skew"), _folded(rotation - turn)),
        dpi=_dpi(page),
        languages=_languages(page, own.get("languages", "")),
        model=_metadata(root, "recognition"),
        segmenter=_metadata(root, "segmentation"),
        error=error,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes records of elements; what cannot be placed is told, and left out.

    ``own`` files are ocrkit's, whose baselines run as they should, and whose outlines are as they were found.
    """

    path: Path
    placing: Placing
    bad: BadRows
    own: bool

    def region(self, around: list[Element]) -> Region | None:
        """A region, given with the elements that it is in; None where it has neither place nor lines."""
        element = around[-1]
        lines = tuple(line for path in lines_in_order(around) if (line := self.line(path)) is not None)
        outline = self._outline(element) or bounds(line.outline for line in lines)
        if not outline:
            return None
        return Region(element.get("id") or f"region-{element.line}", outline, lines, _kind(element))

    def line(self, around: list[Element]) -> Line | None:
        """A line, likewise; None where it cannot be placed, which is told."""
        element = around[-1]
        name = element.get("id") or f"line-{element.line}"
        try:
            return self._line(name, element, around)
        except RowFault as fault:
            self.bad.add(self.path, element.line, fault)
            return None

    def _line(self, name: str, element: Element, around: list[Element]) -> Line:
        outline = self.placing.points(outline_of(points_of(element.first("Coords")), may_be_flat=self.own))
        if not outline:
            raise RowFault("no-outline", f"line {name!r} has no outline; expected Coords with its polygon")
        words = tuple(word for each in element.all("Word") if (word := self._word(each)) is not None)
        texts = equivalents_of(element)
        text = one_line(text_of(element)) if texts or words else None
        runs = _runs_right_to_left(around, text or "")
        given = baseline_of(points_of(element.first("Baseline")))
        own = customs_of(element.get("custom")).get("ocrkit", {})
        x_height = number_of(own.get("x_height"), 0)
        return Line(
            name,
            self.placing.points(given)
            if self.own
            else self.placing.baseline(given, outline, turn_of(around, "orientation"), right_to_left=runs),
            outline,
            text,
            fraction_of(texts[0].get("conf")) if texts else None,
            words,
            alternatives_of(
                (one_line(spelt_in(each)), each.get("conf"), each.get("comments"))
                for each in texts[1:]
                if each.get("comments") != AS_READ
            ),
            "rtl" if runs else "ltr",
            x_height if x_height > 0 else None,
            _original(texts),
        )

    def _word(self, element: Element) -> Word | None:
        text, outline = one_line(text_of(element)), self._outline(element)
        if not text or not outline:
            return None
        letters = []
        for each in element.all("Glyph"):
            place = self._outline(each)
            if place:
                letters.append(Character(_letter(each), place, _confidence(each) or 0.0))
        return Word(text, outline, _confidence(element), tuple(letters), _original(equivalents_of(element)))

    def _outline(self, element: Element) -> Points:
        """The place of what can do without one; a letter may be a pixel wide."""
        try:
            return self.placing.points(outline_of(points_of(element.first("Coords")), may_be_flat=True))
        except RowFault:
            return ()


def _original(texts: list[Element]) -> str:
    """What was read before a corrector altered it, among an element's texts; empty where there is none."""
    return next((one_line(spelt_in(each)) for each in texts[1:] if each.get("comments") == AS_READ), "")


def _kind(element: Element) -> str:
    named = customs_of(element.get("custom")).get("structure", {}).get("type") or element.get("type") or ""
    if element.name == "TextRegion":
        return kind_called(named)
    told = KIND_OF_ELEMENT.get(element.name, f"CustomZone:{element.name.removesuffix('Region')}")
    return kind_called(named) if named.partition(":")[0].endswith("Zone") else told


def _runs_right_to_left(around: list[Element], text: str) -> bool:
    """By the innermost element that says so, else by the letters."""
    for element in reversed(around):
        told = _RUNS.get(element.get("readingDirection") or "")
        if told is not None:
            return told
    return runs_right_to_left(text)


def _letter(element: Element) -> str:
    texts = equivalents_of(element)
    # A letter may be a space, which is no layout here.
    spelt = texts[0].first("Unicode") if texts else None
    return spelt.text if spelt is not None else ""


def _confidence(element: Element) -> float | None:
    texts = equivalents_of(element)
    return fraction_of(texts[0].get("conf")) if texts else None


def _dpi(page: Element) -> float | None:
    dpi = number_of(page.get("imageXResolution"), 0)
    if page.get("imageResolutionUnit") == "PPCM":
        dpi *= 2.54
    return dpi if dpi > 0 and page.get("imageResolutionUnit") in ("PPI", "PPCM") else None


def _languages(page: Element, own: str) -> tuple[str, ...]:
    if own:
        return tuple(own.split())
    named = (page.get("primaryLanguage"), page.get("secondaryLanguage"))
    return tuple(code for name in named if name and (code := language_of(name)) is not None)


def _metadata(root: Element, name: str) -> str:
    """What the file says of its own making: who did a step, or what went wrong."""
    metadata = root.first("Metadata")
    for item in metadata.all("MetadataItem") if metadata is not None else ():
        if item.get("name") == name:
            return item.get("value") or ""
    return ""


def _creator(root: Element) -> str:
    creator = root.first("Metadata", "Creator")
    return creator.text.strip() if creator is not None else ""


def _folded(angle: float) -> float:
    """An angle in degrees between -180 and 180."""
    return (angle + 180) % 360 - 180
