"""Pages as hOCR: HTML that is well-formed XML, as OCRmyPDF and other programs read it.

Source: the hOCR specification, kba.github.io/hocr-spec/1.2; only properties that its checker knows are written.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from ocrkit.layout.originals import untold_original
from ocrkit.layout.outputs.markup import Names, escaped
from ocrkit.layout.outputs.places import Box, box_around, is_box, on_page, runs_somewhere
from ocrkit.layout.outputs.readings import cut_words, one_line, probability
from ocrkit.layout.outputs.straight import straight_baseline, straight_points
from ocrkit.layout.paragraphs import paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocrkit.layout.outputs.markup import Value
    from ocrkit.layout.records import Line, Page, Points, Region, Word
    from ocrkit.layout.scan import ReadPage

__all__ = ["HocrOptions", "render_hocr"]

_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang ocrp_dir ocrp_poly"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml">
 <head>
  <meta charset="utf-8"/>
  <title>{title}</title>
  <meta name="ocr-system" content="ocrkit {version}"/>
  <meta name="ocr-capabilities" content="{capabilities}"/>
 </head>
 <body>
"""
# What parts properties, or ends the name, in those that read them; and the mark of these escapes itself.
_ESCAPES = {'"': "%22", ";": "%3B", "\n": "%0A", "\r": "%0D", "\t": "%09"}
_ESCAPED = re.compile('[";\n\r\t]|%(?=22|3B|0A|0D|09|25)')


@dataclass(frozen=True, slots=True)
class HocrOptions:
    """How much is written.

    Attributes:
        title: of the document.
        characters: whether each word's characters are, with their boxes.
    """

    title: str = "Pages"
    characters: bool = False


def render_hocr(pages: Iterable[ReadPage], options: HocrOptions) -> Iterator[bytes]:
    """Yield one document of all pages."""
    capabilities = f"{_CAPABILITIES} ocrx_cinfo" if options.characters else _CAPABILITIES
    head = _HEAD.format(title=escaped(options.title), version=version("ocrkit"), capabilities=capabilities)
    yield head.encode()
    names = Names()
    for number, (page, _) in enumerate(pages, 1):
        yield "".join(_Writer(page, number, names, options).page()).encode()
    yield b" </body>\n</html>\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes a page, the so-manieth of its document; ``names`` are those of the document."""

    on: Page
    number: int
    names: Names
    options: HocrOptions

    def page(self) -> Iterator[str]:
        page = self.on
        dpi = round(page.dpi) if page.dpi is not None and math.isfinite(page.dpi) else None
        properties = {
            "image": f'"{_name(page.image)}"',
            "bbox": f"0 0 {page.width} {page.height}",
            "ppageno": f"{page.number - 1}",
            **({"scan_res": f"{dpi} {dpi}"} if dpi else {}),
        }
        yield self._open(2, "div", "ocr_page", f"page_{self.number}", properties, self._said_of_page())
        for region in page.regions:
            yield from self._region(region)
        yield "  </div>\n"

    def _said_of_page(self) -> dict[str, Value]:
        page = self.on
        return {
            "lang": page.languages[0] if page.languages else None,
            "data-languages": " ".join(page.languages[1:]) or None,
            "data-rotation": page.rotation or None,
            "data-skew": page.skew or None,
            "data-recognition": page.model or None,
            "data-segmentation": page.segmenter or None,
            "data-error": page.error or None,
        }

    def _region(self, region: Region) -> Iterator[str]:
        name = f"page_{self.number}_{region.id}"
        yield self._open(3, "div", "ocr_carea", name, self._place(region.outline), {"data-kind": region.kind or None})
        for paragraph in paragraphs_of(region):
            around = box_around(on_page(self.on, tuple(point for line in paragraph for point in line.outline)))
            direction = "rtl" if all(line.direction == "rtl" for line in paragraph) else "ltr"
            said: dict[str, Value] = {"lang": self.on.languages[0] if self.on.languages else None, "dir": direction}
            yield self._open(4, "p", "ocr_par", f"{name}_par", {"bbox": _bbox(around)}, said)
            for line in paragraph:
                yield from self._line(line)
            yield "    </p>\n"
        yield "   </div>\n"

    def _line(self, line: Line) -> Iterator[str]:
        outline = on_page(self.on, line.outline)
        said: dict[str, Value] = {"dir": line.direction}
        properties = self._place(outline)
        baseline = on_page(self.on, line.baseline)
        if runs_somewhere(baseline):
            straight = straight_baseline(baseline, box_around(outline))
            properties |= straight
            if straight_points(straight, box_around(outline)) != baseline:
                said["data-baseline"] = " ".join(f"{x},{y}" for x, y in baseline)
        if line.x_height is not None and math.isfinite(line.x_height):
            said["data-x-height"] = line.x_height
        if line.text is None:
            said["data-read"] = "no"
        words = cut_words(line)
        said["data-original"] = one_line(untold_original(line, words)) or None
        yield self._open(5, "span", "ocr_line", f"page_{self.number}_{line.id}", properties, said)
        for word in words:
            yield from self._word(f"page_{self.number}_{line.id}_word", word)
        yield "     </span>\n"

    def _word(self, wanted: str, word: Word) -> Iterator[str]:
        chance = probability(word.confidence)
        properties = self._place(word.outline)
        if chance is not None:
            properties["x_wconf"] = f"{round(100 * chance)}"
        said: dict[str, Value] = {"data-original": one_line(word.original) or None}
        opened = self._open(6, "span", "ocrx_word", wanted, properties, said).rstrip("\n")
        if not (self.options.characters and word.characters):
            yield f"{opened}{escaped(one_line(word.text))}</span>\n"
            return
        yield opened
        for character in word.characters:
            box = _bbox(box_around(on_page(self.on, character.outline)))
            conf = _decimal(100 * (probability(character.confidence) or 0.0))
            yield f'<span class="ocrx_cinfo" title="x_bboxes {box}; x_confs {conf}">{escaped(character.text)}</span>'
        yield "</span>\n"

    def _place(self, outline: Points) -> dict[str, str]:
        points = on_page(self.on, outline)
        place = {"bbox": _bbox(box_around(points))}
        if len(points) >= 3 and not is_box(points):
            place["poly"] = " ".join(f"{x} {y}" for x, y in points)
        return place

    def _open(
        self, depth: int, tag: str, kind: str, wanted: str, properties: Mapping[str, str], said: Mapping[str, Value]
    ) -> str:
        title = "; ".join(f"{key} {value}" for key, value in properties.items())
        attributes = {"class": kind, "id": self.names.of(wanted), "title": title, **said}
        spelt = "".join(f' {key}="{escaped(str(value))}"' for key, value in attributes.items() if value is not None)
        return f"{' ' * depth}<{tag}{spelt}>\n"


def _bbox(box: Box) -> str:
    """A box as hOCR counts, to the edge behind its last pixels."""
    return f"{box.left} {box.top} {box.right + 1} {box.bottom + 1}"


def _name(name: str) -> str:
    """An image's name as a property's value: as it is, but for what would end it."""
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[0], "%25"), name)


def _decimal(number: float) -> str:
    """A number without exponent, which readers by regular expression do not know."""
    return f"{number:.4f}".rstrip("0").rstrip(".")
