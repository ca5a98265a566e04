"""hOCR: whole pages, of any program's files that are well-formed XML.

Source: the hOCR specification, kba.github.io/hocr-spec/1.2, and what Tesseract writes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.page_line import baseline_of, runs_right_to_left
from ocrkit.errors import DataError
from ocrkit.layout.kinds import kind_called
from ocrkit.layout.originals import original_of_words
from ocrkit.layout.outputs.places import Box, box_around
from ocrkit.layout.outputs.straight import straight_points
from ocrkit.layout.reading.numbers import number_of
from ocrkit.layout.reading.placing import Placing, bounds
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocrkit.data.sources.bad_rows import BadRows
    from ocrkit.data.sources.xml_file import Element
    from ocrkit.layout.records import Points

__all__ = ["ROOT", "hocr_pages"]

ROOT = "html"
_LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocr_pageno"})
_BLOCKS = frozenset({"ocr_carea", "ocrx_block", "ocr_photo", "ocr_image", "ocr_linedrawing", "ocr_table"})
_KINDS = {
    "ocr_photo": "GraphicZone",
    "ocr_image": "GraphicZone",
    "ocr_linedrawing": "GraphicZone",
    "ocr_table": "TableZone",
}
_PROPERTY = re.compile(r"""\s*([^\s;]+)\s*((?:"[^"]*"|'[^']*'|[^;"'])*)""")
_ESCAPED = re.compile("%(22|3B|0A|0D|09|25)")


def hocr_pages(path: Path, root: Element, bad: BadRows) -> Iterator[Page]:
    """The pages in an hOCR file, one by one.

    Raises:
        DataError: there is none in it, or one has no box; or a line has none, and ``bad`` raises it.
    """
    pages = [element for element in _all_below(root) if "ocr_page" in _classes(element)]
    if not pages:
        raise DataError("no element of class ocr_page in it; expected pages of lines", path, root.line)
    for number, element in enumerate(pages, 1):
        properties = _properties(element)
        box = _numbers(properties.get("bbox", ""))
        if len(box) != 4:
            raise DataError("a page without bbox; expected its size", path, element.line)
        image = _unescaped(_unquoted(properties.get("image", "")))
        error = element.get("data-error") or ""
        size = (box[2] - box[0], box[3] - box[1])
        placing = Placing.of(path, image, size, line=element.line, failed=bool(error))
        regions = _Reader(path, placing, bad, f"page_{number}_").regions(element)
        dpi = _numbers(properties.get("scan_res", ""))
        languages = f"{element.get('lang') or ''} {element.get('data-languages') or ''}".split()
        yield Page(
            image,
            placing.width,
            placing.height,
            regions,
            number=max(1, int(number_of(properties.get("ppageno"), 0)) + 1),
            rotation=round(number_of(element.get("data-rotation"), 0) / 90) * 90 % 360,
            skew=number_of(element.get("data-skew"), 0.0),
            dpi=float(dpi[0]) if dpi and dpi[0] > 0 else None,
            languages=tuple(languages),
            model=element.get("data-recognition") or "",
            segmenter=element.get("data-segmentation") or "",
            error=error,
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes records of elements; ``prefix`` stands before the names of a page's parts, unique in a document."""

    path: Path
    placing: Placing
    bad: BadRows
    prefix: str

    def regions(self, page: Element) -> tuple[Region, ...]:
        """The blocks of a page; lines that stand in none are one of their own."""
        found: list[Region] = []
        loose: list[Line] = []
        for element in _outermost(page, _BLOCKS | _LINES):
            if not _classes(element) & _BLOCKS:
                loose.extend(self._lines([element]))
                continue
            lines = tuple(self._lines(_outermost(element, _LINES)))
            outline = self._place(element) or bounds(line.outline for line in lines)
            if outline:
                found.append(Region(self._name(element, "region"), outline, lines, _kind(element)))
        if loose:
            around = bounds(line.outline for line in loose)
            found.append(Region("loose-lines", around, tuple(loose)))
        return tuple(found)

    def _lines(self, elements: Iterator[Element] | list[Element]) -> Iterator[Line]:
        for element in elements:
            outline = self._place(element)
            if outline:
                yield self._line(element, outline)
            else:
                name = self._name(element, "line")
                self.bad.add(
                    self.path, element.line, RowFault("no-outline", f"line {name!r} has no bbox; expected one")
                )

    def _line(self, element: Element, outline: Points) -> Line:
        words = tuple(word for each in _outermost(element, {"ocrx_word"}) if (word := self._word(each)) is not None)
        text: str | None = " ".join(word.text for word in words) or " ".join(element.whole_text.split())
        if element.get("data-read") == "no":
            text = None
        told = element.get("data-baseline")
        straight = straight_points(_properties(element), _file_box(element))
        direction = element.get("dir") or ("rtl" if runs_right_to_left(text or "") else "ltr")
        x_height = number_of(element.get("data-x-height"), _x_height(element))
        return Line(
            self._name(element, "line"),
            self.placing.points(baseline_of(told) if told else straight),
            outline,
            text,
            None,
            words,
            direction="rtl" if direction == "rtl" else "ltr",
            x_height=x_height if x_height > 0 else None,
            original=element.get("data-original") or original_of_words(words),
        )

    def _word(self, element: Element) -> Word | None:
        spelt = list(_outermost(element, {"ocrx_cinfo"}))
        # Tesseract puts each character on a line of its own.
        whole = "".join(letter.whole_text for letter in spelt) if spelt else element.whole_text
        text, outline = " ".join(whole.split()), self._place(element)
        if not text or not outline:
            return None
        conf = number_of(_properties(element).get("x_wconf"), -1)
        letters = tuple(
            Character(letter.whole_text, place, min(max(number_of(conf_of(letter), 0) / 100, 0.0), 1.0))
            for letter in spelt
            if (place := self._boxed(_properties(letter).get("x_bboxes", "")))
        )
        return Word(
            text, outline, conf / 100 if 0 <= conf <= 100 else None, letters, element.get("data-original") or ""
        )

    def _place(self, element: Element) -> Points:
        properties = _properties(element)
        numbers = _numbers(properties.get("poly", ""))
        if len(numbers) >= 6 and len(numbers) % 2 == 0:
            return self.placing.points(tuple(zip(numbers[::2], numbers[1::2], strict=True)))
        return self._boxed(properties.get("bbox", ""))

    def _boxed(self, spelt: str) -> Points:
        numbers = _numbers(spelt)
        if len(numbers) != 4 or numbers[2] <= numbers[0] or numbers[3] <= numbers[1]:
            return ()
        left, top, right, bottom = numbers[0], numbers[1], numbers[2] - 1, numbers[3] - 1
        return self.placing.points(((left, top), (right, top), (right, bottom), (left, bottom)))

    def _name(self, element: Element, what: str) -> str:
        return (element.get("id") or f"{what}-{element.line}").removeprefix(self.prefix)


def conf_of(letter: Element) -> str | None:
    """A letter's confidence, as the specification or as Tesseract calls it."""
    properties = _properties(letter)
    return properties.get("x_confs") or properties.get("x_conf")


def _x_height(line: Element) -> float:
    """That of the line by the sizes that Tesseract gives; 0 where it gives none."""
    properties = _properties(line)
    size, above, below = (number_of(properties.get(f"x_{key}"), 0) for key in ("size", "ascenders", "descenders"))
    return size - above - abs(below) if size > 0 and (above or below) else 0


def _kind(block: Element) -> str:
    told = block.get("data-kind")
    if told is not None:
        return kind_called(told)
    return next((_KINDS[name] for name in _classes(block) if name in _KINDS), "MainZone")


def _file_box(element: Element) -> Box:
    numbers = _numbers(_properties(element).get("bbox", ""))
    if len(numbers) != 4:
        return box_around(())
    return Box(*map(round, (numbers[0], numbers[1], numbers[2] - 1, numbers[3] - 1)))


def _outermost(around: Element, classes: frozenset[str] | set[str]) -> Iterator[Element]:
    """The elements in one that have one of some classes, but for those within such."""
    for child in around.children:
        if _classes(child) & classes:
            yield child
        else:
            yield from _outermost(child, classes)


def _all_below(around: Element) -> Iterator[Element]:
    for child in around.children:
        yield child
        yield from _all_below(child)


def _classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def _properties(element: Element) -> dict[str, str]:
    """What an element's title says, by name."""
    return {match[1]: match[2].strip() for match in _PROPERTY.finditer(element.get("title") or "")}


def _numbers(spelt: str) -> tuple[float, ...]:
    """Finite numbers; none where one is none."""
    numbers = [number_of(each, float("nan")) for each in spelt.split()]
    return tuple(numbers) if all(map(math.isfinite, numbers)) else ()


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _unescaped(name: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), name)
