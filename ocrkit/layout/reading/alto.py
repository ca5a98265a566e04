"""ALTO XML, of every version: whole pages.

Source: the ALTO schema, github.com/altoxml/schema, versions 1.0 to 4.4, and what eScriptorium writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.sources.alto import hyphen_of, image_named, text_of
from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page_line import baseline_of, box_of, outline_of, runs_right_to_left, turn_of
from ocrkit.data.sources.xml_file import page_size
from ocrkit.errors import DataError
from ocrkit.layout.kinds import KIND_OF_ELEMENT, kind_called
from ocrkit.layout.originals import original_of_words
from ocrkit.layout.outputs.alto import AS_READ, LINE_AS_READ, WHOLE_LINE
from ocrkit.layout.reading.numbers import fraction_of, number_of
from ocrkit.layout.reading.placing import Placing, bounds
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit.data.sources.bad_rows import BadRows
    from ocrkit.data.sources.page_line import Point
    from ocrkit.data.sources.xml_file import Element
    from ocrkit.layout.records import Points

__all__ = ["alto_pages"]

_BLOCKS = ("TextBlock", "Illustration", "GraphicalElement", "ComposedBlock")
_SPACES = ("TopMargin", "LeftMargin", "RightMargin", "BottomMargin", "PrintSpace")
_MARGINS = {"LeftMargin": "MarginTextZone", "RightMargin": "MarginTextZone"}
_PROGRAMS = ("ocrkit", "kraken")
_TAGS = ("LayoutTag", "StructureTag", "OtherTag")


def alto_pages(path: Path, root: Element, bad: BadRows) -> Iterator[Page]:
    """The pages in an ALTO file.

    Raises:
        DataError: a page's size is no size, or it is unknown where its unit is not the pixel; or a line cannot be
            placed, and ``bad`` raises it.
    """
    layout = root.first("Layout")
    if layout is None or layout.first("Page") is None:
        raise DataError("no Page element in it; expected a page of lines", path, root.line)
    unit = root.first("Description", "MeasurementUnit")
    image = image_named(root)
    steps = _steps(root)
    for page in layout.all("Page"):
        width, height = page_size(path, page, "WIDTH", "HEIGHT")
        spelt = unit.text.strip() if unit is not None and unit.text.strip() else "pixel"
        failed = bool(steps.get("error"))
        placing = Placing.of(path, image, (width, height), unit=spelt, line=page.line, failed=failed)
        reader = _Reader(path, placing, bad, _labels(root), next((name for name in _PROGRAMS if name in steps), ""))
        turn = turn_of([page], "ROTATION")
        rotation = round(turn / 90) * 90 % 360
        yield Page(
            image,
            placing.width,
            placing.height,
            tuple(region for around in _ordered(root, page) if (region := reader.region(around)) is not None),
            # Other programs count the pages of a document here, whatever their images hold.
            number=max(1, int(number_of(page.get("PHYSICAL_IMG_NR"), 1))) if "ocrkit" in steps else 1,
            rotation=rotation,
            skew=(rotation - turn + 180) % 360 - 180,
            languages=tuple(" ".join(filter(None, (page.get("LANG"), page.get("OTHERLANGS")))).split()),
            model=steps.get("recognition", ""),
            segmenter=steps.get("segmentation", ""),
            error=steps.get("error", ""),
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes records of elements; what cannot be placed is told, and left out.

    ``labels`` are those of the tags; ``program`` is the maker, where it matters: ocrkit's baselines run as they should,
    and kraken says of every line that it runs from right to left.
    """

    path: Path
    placing: Placing
    bad: BadRows
    labels: dict[str, str]
    program: str

    def region(self, around: list[Element]) -> Region | None:
        """A block, given with the elements that it is in; None where it has neither place nor lines."""
        element = around[-1]
        lines = tuple(line for each in element.all("TextLine") if (line := self._tried([*around, each])) is not None)
        outline = self._outline(element) or bounds(line.outline for line in lines)
        if not outline:
            return None
        return Region(element.get("ID") or f"region-{element.line}", outline, lines, self._kind(around))

    def _tried(self, around: list[Element]) -> Line | None:
        element = around[-1]
        name = element.get("ID") or f"line-{element.line}"
        try:
            return self._line(name, element, around)
        except RowFault as fault:
            self.bad.add(self.path, element.line, fault)
            return None

    def _line(self, name: str, element: Element, around: list[Element]) -> Line:
        outline = self.placing.points(_place(element, may_be_flat=self.program == "ocrkit"))
        if not outline:
            raise RowFault(
                "no-outline", f"line {name!r} has no outline; expected a Polygon, or HPOS, VPOS, WIDTH and HEIGHT"
            )
        # A String without content stands where a line was not read, since it must have one.
        text = text_of(element) or None
        words, confidence = self._words(element)
        runs = self._runs_right_to_left(around, text or "")
        given = baseline_of(element.get("BASELINE"))
        return Line(
            name,
            self.placing.points(given)
            if self.program == "ocrkit"
            else self.placing.baseline(given, outline, turn_of(around, "ROTATION"), right_to_left=runs),
            outline,
            text,
            confidence,
            words,
            direction="rtl" if runs else "ltr",
            original=_original_of_line(element, words),
        )

    def _words(self, line: Element) -> tuple[tuple[Word, ...], float | None]:
        """The words of a line; or none, and the confidence in the whole, where a String is more or less than one."""
        strings = list(line.all("String"))
        if any((string.get("ID") or "").endswith(WHOLE_LINE) for string in strings):
            return (), fraction_of(strings[0].get("WC"))
        words: list[Word] = []
        for part in line.all("String", "HYP"):
            text = hyphen_of(part) if part.name == "HYP" else (part.get("CONTENT") or "").strip()
            if part.name == "HYP" and words:
                last = words[-1]
                around = bounds((last.outline, self._outline(part)))
                read = last.original and last.original + text
                words[-1] = Word(last.text + text, around, last.confidence, last.characters, read)
            elif text and (outline := self._outline(part)):
                read = _alternative(part, AS_READ)
                words.append(Word(text, outline, fraction_of(part.get("WC")), self._letters(part), read))
        if any(len(word.text.split()) > 1 for word in words):
            return (), fraction_of(strings[0].get("WC")) if len(strings) == 1 else None
        return tuple(words), None

    def _letters(self, string: Element) -> tuple[Character, ...]:
        return tuple(
            Character(glyph.get("CONTENT") or "", outline, fraction_of(glyph.get("GC")) or 0.0)
            for glyph in string.all("Glyph")
            if (outline := self._outline(glyph))
        )

    def _outline(self, element: Element) -> Points:
        """The place of what can do without one; a letter may be a pixel wide."""
        try:
            return self.placing.points(_place(element, may_be_flat=True))
        except RowFault:
            return ()

    def _kind(self, around: list[Element]) -> str:
        element = around[-1]
        for tag in (element.get("TAGREFS") or "").split():
            if tag in self.labels:
                return kind_called(self.labels[tag])
        if any(each.name == "ComposedBlock" and (each.get("TYPE") or "").lower() == "table" for each in around):
            return "TableZone"
        margin = next((_MARGINS[each.name] for each in around if each.name in _MARGINS), "MainZone")
        return margin if element.name == "TextBlock" else KIND_OF_ELEMENT.get(element.name, "CustomZone:Separator")

    def _runs_right_to_left(self, around: list[Element], text: str) -> bool:
        for element in () if self.program == "kraken" else reversed(around):
            told = element.get("BASEDIRECTION")
            if told in ("ltr", "rtl"):
                return told == "rtl"
        return runs_right_to_left(text)


def _alternative(string: Element, purpose: str) -> str:
    """What a String has as its alternative of such a purpose; empty where it has none."""
    found = (each.text for each in string.all("ALTERNATIVE") if each.get("PURPOSE") == purpose)
    return " ".join(next(found, "").split())


def _original_of_line(line: Element, words: tuple[Word, ...]) -> str:
    strings = list(line.all("String"))
    told = _alternative(strings[0], LINE_AS_READ) if strings else ""
    if len(strings) == 1 and not words:
        told = told or _alternative(strings[0], AS_READ)
    return told or original_of_words(words)


def _ordered(root: Element, page: Element) -> list[list[Element]]:
    """The blocks of a page, each with the elements that it is in: those that the file orders, then the others."""
    ranks: dict[str, int] = {}
    order = root.first("ReadingOrder")
    for reference in order.below("ElementRef") if order is not None else ():
        for name in (reference.get("REF") or "").split():
            ranks.setdefault(name, len(ranks))
    blocks = [found for space in page.all(*_SPACES) for found in _blocks([page, space])]

    def rank(around: list[Element]) -> int:
        block = around[-1]
        # An order of lines orders their blocks by the first of them.
        names = [block.get("ID"), *(line.get("ID") for line in block.all("TextLine"))]
        return min((ranks[name] for name in names if name in ranks), default=len(ranks))

    return sorted(blocks, key=rank)


def _blocks(around: list[Element]) -> Iterator[list[Element]]:
    for element in around[-1].all(*_BLOCKS):
        if element.name == "ComposedBlock":
            yield from _blocks([*around, element])
        else:
            yield [*around, element]


def _place(element: Element, *, may_be_flat: bool) -> tuple[Point, ...]:
    """The polygon, else the box of an element; none where it has neither.

    Raises:
        RowFault: the numbers are none, or what they enclose is nothing.
    """
    polygon = element.first("Shape", "Polygon")
    points = outline_of(polygon.get("POINTS"), may_be_flat=may_be_flat) if polygon is not None else ()
    if points or any(element.get(key) is None for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")):
        return points
    left, top, width, height = (number_of(element.get(key), -1) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return box_of(left, top, width, height)


def _labels(root: Element) -> dict[str, str]:
    tags = root.first("Tags")
    return {tag.get("ID") or "": tag.get("LABEL") or "" for tag in tags.all(*_TAGS)} if tags is not None else {}


def _steps(root: Element) -> dict[str, str]:
    """Who made the file: the settings of each step by its description, and the names of programs."""
    found: dict[str, str] = {}
    description = root.first("Description")
    for step in description.children if description is not None else ():
        settings = step.first("processingStepSettings")
        for text in (each.text.strip() for each in step.all("processingStepDescription")):
            found[text] = settings.text.strip() if settings is not None else ""
        for software in step.below("softwareName"):
            found.setdefault(software.text.strip().lower(), "")
    return found
