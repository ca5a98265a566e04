"""Pages as ALTO XML 4.4, which libraries keep and eScriptorium reads.

Source: the ALTO schema, github.com/altoxml/schema, v4/alto-4-4.xsd.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from ocrkit.data.sources.alto import OWN
from ocrkit.layout.originals import untold_original
from ocrkit.layout.outputs.markup import Markup, Names
from ocrkit.layout.outputs.places import box_around, is_box, on_page, runs_somewhere
from ocrkit.layout.outputs.readings import file_name, one_line, probability, words_of
from ocrkit.layout.outputs.single import only_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.outputs.markup import Value
    from ocrkit.layout.records import Line, Page, Points, Region, Word
    from ocrkit.layout.scan import ReadPage

__all__ = ["AS_READ", "LINE_AS_READ", "WHOLE_LINE", "AltoOptions", "alto_xml", "render_alto"]

WHOLE_LINE = "_text"
"""What the name of a String ends with that is a line's whole text, and no word."""

AS_READ, LINE_AS_READ = "as read", "line as read"
"""The purposes of an ALTERNATIVE that is what was read: of its String, and of all of its line."""

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")  # xsd:language


@dataclass(frozen=True, slots=True)
class AltoOptions:
    """How much is written.

    Attributes:
        words: whether each line's words are Strings of their own; else the whole line is one.
        characters: whether each word's characters are, as glyphs, where all are single code points.
    """

    words: bool = True
    characters: bool = False


def render_alto(pages: Iterable[ReadPage], options: AltoOptions) -> Iterator[bytes]:
    """Yield the file of one page.

    Raises:
        OptionError: there are several.
    """
    yield alto_xml(only_page(pages, "ALTO"), options).encode()


def alto_xml(page: Page, options: AltoOptions | None = None) -> str:
    """A page as an ALTO file."""
    writer = _Writer(page, options or AltoOptions())
    writer.write()
    return str(writer.markup)


class _Writer:
    def __init__(self, page: Page, options: AltoOptions) -> None:
        self.markup = Markup()
        self._page = page
        self._options = options
        self._names = Names()
        self._kinds = {region.kind: self._names.of(f"kind-{region.kind}") for region in page.regions if region.kind}

    def write(self) -> None:
        root: dict[str, Value] = {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}",
            "SCHEMAVERSION": "4.4",
        }
        with self.markup.inside("alto", root):
            self._description()
            if self._kinds:
                with self.markup.inside("Tags"):
                    for kind, name in self._kinds.items():
                        # Described as eScriptorium does, which looks there for whether it is a block's or a line's.
                        self.markup.leaf("OtherTag", {"ID": name, "LABEL": kind, "DESCRIPTION": f"block type {kind}"})
            names = [self._names.of(region.id) for region in self._page.regions]
            self._reading_order(names)
            size: dict[str, Value] = {"WIDTH": self._page.width, "HEIGHT": self._page.height}
            with (
                self.markup.inside("Layout"),
                self.markup.inside("Page", self._page_attributes() | size),
                self.markup.inside("PrintSpace", {"HPOS": 0, "VPOS": 0} | size),
            ):
                for name, region in zip(names, self._page.regions, strict=True):
                    self._region(name, region)

    def _description(self) -> None:
        page = self._page
        steps = (("segmentation", page.segmenter), ("recognition", page.model), ("error", page.error))
        with self.markup.inside("Description"):
            self.markup.leaf("MeasurementUnit", text="pixel")
            with self.markup.inside("sourceImageInformation"):
                self.markup.leaf("fileName", text=file_name(page.image))
                if file_name(page.image) != page.image:
                    self.markup.leaf("fileIdentifier", {"fileIdentifierLocation": OWN}, page.image)
            for name, settings in [step for step in steps if step[1]] or [("recognition", "")]:
                with self.markup.inside("Processing", {"ID": self._names.of(f"step-{name}")}):
                    self.markup.leaf("processingCategory", text="contentGeneration")
                    self.markup.leaf("processingStepDescription", text=name)
                    if settings:
                        self.markup.leaf("processingStepSettings", text=settings)
                    with self.markup.inside("processingSoftware"):
                        self.markup.leaf("softwareName", text="ocrkit")
                        self.markup.leaf("softwareVersion", text=version("ocrkit"))

    def _reading_order(self, names: list[str]) -> None:
        if not names:
            return
        with (
            self.markup.inside("ReadingOrder"),
            self.markup.inside("OrderedGroup", {"ID": self._names.of("reading-order")}),
        ):
            for name in names:
                self.markup.leaf("ElementRef", {"ID": self._names.of(f"order-{name}"), "REF": name})

    def _page_attributes(self) -> dict[str, Value]:
        page = self._page
        turn = (page.rotation - page.skew + 180) % 360 - 180
        languages = [code for code in page.languages if _LANGUAGE.fullmatch(code)]
        return {
            "ID": self._names.of(f"page-{page.number}"),
            "PHYSICAL_IMG_NR": page.number,
            "ROTATION": turn or None,
            "LANG": languages[0] if languages else None,
            "OTHERLANGS": " ".join(languages[1:]) or None,
        }

    def _region(self, name: str, region: Region) -> None:
        outline = region.outline or tuple(point for line in region.lines for point in line.outline)
        attributes: dict[str, Value] = {"ID": name, "TAGREFS": self._kinds.get(region.kind)}
        is_picture = not region.lines and region.kind.startswith("GraphicZone")
        with self.markup.inside("Illustration" if is_picture else "TextBlock", attributes | self._box(outline)):
            self._shape(outline)
            for line in region.lines:
                self._line(line)

    def _line(self, line: Line) -> None:
        name = self._names.of(line.id)
        baseline = on_page(self._page, line.baseline)
        attributes: dict[str, Value] = {
            "ID": name,
            "BASELINE": _spelt(baseline) if runs_somewhere(baseline) else None,
            "BASEDIRECTION": line.direction,
        }
        with self.markup.inside("TextLine", attributes | self._box(line.outline)):
            self._shape(line.outline)
            words = words_of(line) if self._options.words else ()
            for at, word in enumerate(words):
                if at:
                    self.markup.leaf("SP")
                self._word(f"{name}_w{at + 1}", word, "" if at else untold_original(line, words))
            if not words:  # there is no line without a String: one that was not read has an empty one
                whole: dict[str, Value] = {
                    "ID": self._names.of(f"{name}{WHOLE_LINE}"),
                    "CONTENT": one_line(line.text or ""),
                    "WC": probability(line.confidence),
                }
                with self.markup.inside("String", whole | self._box(line.outline)):
                    self._original(line.original, AS_READ)

    def _word(self, wanted: str, word: Word, line: str) -> None:
        """A word; ``line`` is what its whole line was read as, where its words do not tell."""
        attributes: dict[str, Value] = {
            "ID": self._names.of(wanted),
            "CONTENT": one_line(word.text),
            "WC": probability(word.confidence),
        }
        # The schema wants one code point a glyph, and glyphs for all of a word or for none.
        glyphs = all(len(character.text) == 1 and character.text.isprintable() for character in word.characters)
        with self.markup.inside("String", attributes | self._box(word.outline)):
            self._shape(word.outline)
            self._original(word.original, AS_READ)
            self._original(line, LINE_AS_READ)
            for character in word.characters if self._options.characters and glyphs else ():
                glyph: dict[str, Value] = {"CONTENT": character.text, "GC": probability(character.confidence)}
                with self.markup.inside("Glyph", glyph | self._box(character.outline)):
                    self._shape(character.outline)

    def _original(self, text: str, purpose: str) -> None:
        if text:
            self.markup.leaf("ALTERNATIVE", {"PURPOSE": purpose}, one_line(text))

    def _box(self, outline: Points) -> dict[str, Value]:
        box = box_around(on_page(self._page, outline))
        return {"HPOS": box.left, "VPOS": box.top, "WIDTH": box.width, "HEIGHT": box.height}

    def _shape(self, outline: Points) -> None:
        """The outline, where it is more than its box tells."""
        points = on_page(self._page, outline)
        if len(points) >= 3 and not is_box(points):
            with self.markup.inside("Shape"):
                self.markup.leaf("Polygon", {"POINTS": _spelt(points)})


def _spelt(points: Points) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
