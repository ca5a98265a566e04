"""Pages as PAGE XML of 2019-07-15, which eScriptorium, Transkribus and OCR-D read.

Source: the PAGE content schema, github.com/PRImA-Research-Lab/PAGE-XML, 2019-07-15.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from ocrkit.data.sources.page_custom import custom
from ocrkit.layout.kinds import page_type
from ocrkit.layout.languages import language_name
from ocrkit.layout.outputs.markup import Markup, Names
from ocrkit.layout.outputs.places import box_around, on_page, runs_somewhere
from ocrkit.layout.outputs.readings import file_name, one_line, probability
from ocrkit.layout.outputs.single import only_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.outputs.markup import Value
    from ocrkit.layout.records import Character, Line, Page, Points, Region, Word
    from ocrkit.layout.scan import ReadPage

__all__ = ["AS_READ", "SCORE", "PageOptions", "page_xml", "render_page"]

SCORE = "score "
"""What stands before an alternative's score, in nats, among the comments on it."""

AS_READ = "as read"
"""The comment on a text that was read, and altered by a corrector."""

_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_DIRECTIONS = {"ltr": "left-to-right", "rtl": "right-to-left"}


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How much is written.

    Attributes:
        words: whether each line's words are.
        characters: whether each word's characters are, as glyphs.
    """

    words: bool = True
    characters: bool = False


def render_page(pages: Iterable[ReadPage], options: PageOptions) -> Iterator[bytes]:
    """Yield the file of one page.

    Raises:
        OptionError: there are several.
    """
    yield page_xml(only_page(pages, "PAGE"), options).encode()


def page_xml(page: Page, options: PageOptions | None = None, *, moment: datetime | None = None) -> str:
    """A page as a PAGE file; what the format has no place for (the picture's greys apart) stands in ``custom``.

    Args:
        page: what is written.
        options: how much of it.
        moment: when it was made; None for now, or what SOURCE_DATE_EPOCH names.
    """
    writer = _Writer(page, options or PageOptions(), _spelled(moment or _moment()))
    writer.write()
    return str(writer.markup)


class _Writer:
    def __init__(self, page: Page, options: PageOptions, moment: str) -> None:
        self.markup = Markup()
        self._page = page
        self._options = options
        self._moment = moment
        self._names = Names()

    def write(self) -> None:
        page = self._page
        root: dict[str, Value] = {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{_NAMESPACE} {_NAMESPACE}/pagecontent.xsd",
        }
        with self.markup.inside("PcGts", root):
            self._metadata()
            with self.markup.inside("Page", self._page_attributes()):
                names = [self._names.of(region.id) for region in page.regions]
                self._reading_order(names)
                for index, (name, region) in enumerate(zip(names, page.regions, strict=True)):
                    self._region(index, name, region)

    def _metadata(self) -> None:
        with self.markup.inside("Metadata"):
            self.markup.leaf("Creator", text=f"ocrkit {version('ocrkit')}")
            self.markup.leaf("Created", text=self._moment)
            self.markup.leaf("LastChange", text=self._moment)
            steps = (("segmentation", self._page.segmenter), ("recognition", self._page.model))
            for name, value in steps:
                if value:
                    self.markup.leaf("MetadataItem", {"type": "processingStep", "name": name, "value": value})
            if self._page.error:
                self.markup.leaf("MetadataItem", {"type": "other", "name": "error", "value": self._page.error})

    def _page_attributes(self) -> dict[str, Value]:
        page = self._page
        dpi = page.dpi if page.dpi is not None and math.isfinite(page.dpi) else None
        turn = (page.rotation - page.skew + 180) % 360 - 180
        languages = [language_name(code) for code in page.languages]
        own = {
            "number": page.number,
            "rotation": page.rotation,
            "skew": page.skew,
            **({"image": page.image} if file_name(page.image) != page.image else {}),
            **({"languages": " ".join(page.languages)} if languages else {}),
        }
        return {
            "imageFilename": file_name(page.image),
            "imageWidth": page.width,
            "imageHeight": page.height,
            "imageXResolution": dpi,
            "imageYResolution": dpi,
            "imageResolutionUnit": "PPI" if dpi is not None else None,
            "custom": custom({"ocrkit": own}),
            # -180 is out of the schema's range, and 180 is the same.
            "orientation": (180.0 if turn == -180 else turn) if turn else None,
            "primaryLanguage": languages[0] if languages else None,
            "secondaryLanguage": languages[1] if len(languages) > 1 else None,
        }

    def _reading_order(self, names: list[str]) -> None:
        if not names:
            return
        with (
            self.markup.inside("ReadingOrder"),
            self.markup.inside("OrderedGroup", {"id": self._names.of("reading-order")}),
        ):
            for index, name in enumerate(names):
                self.markup.leaf("RegionRefIndexed", {"index": index, "regionRef": name})

    def _region(self, index: int, name: str, region: Region) -> None:
        is_picture = not region.lines and region.kind.startswith("GraphicZone")
        attributes: dict[str, Value] = {
            "id": name,
            "type": None if is_picture else page_type(region.kind),
            "custom": custom({"readingOrder": {"index": index}, "structure": {"type": region.kind}}),
        }
        with self.markup.inside("GraphicRegion" if is_picture else "TextRegion", attributes):
            self._coords(region.outline or tuple(point for line in region.lines for point in line.outline))
            for at, line in enumerate(region.lines):
                self._line(at, line)
            texts = [one_line(line.text) for line in region.lines if line.text is not None]
            if texts:
                self._text("\n".join(texts), None)

    def _line(self, index: int, line: Line) -> None:
        name = self._names.of(line.id)
        own = {"x_height": line.x_height} if line.x_height is not None and math.isfinite(line.x_height) else {}
        attributes: dict[str, Value] = {
            "id": name,
            "readingDirection": _DIRECTIONS[line.direction],
            # Where a word has none of Transkribus' own, some programs wait for it without end.
            "custom": custom({"readingOrder": {"index": index}, "ocrkit": own}),
        }
        with self.markup.inside("TextLine", attributes):
            self._coords(line.outline)
            baseline = on_page(self._page, line.baseline)
            if runs_somewhere(baseline):
                self.markup.leaf("Baseline", {"points": _spelt(baseline)})
            for at, word in enumerate(line.words if self._options.words else ()):
                self._word(at, f"{name}_w{at + 1}", word)
            if line.text is not None:
                several = line.alternatives or line.original
                self._text(one_line(line.text), line.confidence, index=0 if several else None)
            self._original(line.original)
            for rank, other in enumerate(line.alternatives, 2 if line.original else 1):
                chance = math.exp(min(other.score, 0.0)) if not math.isnan(other.score) else None
                said = f"{SCORE}{other.score!r}"
                self._text(one_line(other.text), chance, index=rank, comments=said)

    def _word(self, index: int, wanted: str, word: Word) -> None:
        name = self._names.of(wanted)
        with self.markup.inside("Word", {"id": name, "custom": custom({"readingOrder": {"index": index}})}):
            self._coords(word.outline)
            for at, character in enumerate(word.characters if self._options.characters else ()):
                self._character(f"{name}_c{at + 1}", character)
            self._text(one_line(word.text), word.confidence, index=0 if word.original else None)
            self._original(word.original)

    def _original(self, text: str) -> None:
        if text:
            self._text(one_line(text), None, index=1, comments=AS_READ)

    def _character(self, wanted: str, character: Character) -> None:
        with self.markup.inside("Glyph", {"id": self._names.of(wanted)}):
            self._coords(character.outline)
            self._text(character.text, character.confidence)

    def _text(
        self, text: str, confidence: float | None, *, index: int | None = None, comments: str | None = None
    ) -> None:
        attributes: dict[str, Value] = {"index": index, "conf": probability(confidence), "comments": comments}
        with self.markup.inside("TextEquiv", attributes):
            self.markup.leaf("Unicode", text=text)

    def _coords(self, outline: Points) -> None:
        points = on_page(self._page, outline)
        if len(points) < 2:  # fewer are none by the schema
            box = box_around(points)
            points = ((box.left, box.top), (box.right, box.bottom))
        self.markup.leaf("Coords", {"points": _spelt(points)})


def _spelt(points: Points) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _moment() -> datetime:
    """Now, or what SOURCE_DATE_EPOCH names where a build is to be the same again."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(told), UTC) if told.isdigit() else datetime.now(UTC)


def _spelled(moment: datetime) -> str:
    """As ``xsd:dateTime``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
