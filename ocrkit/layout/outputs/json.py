"""Pages as JSON, the form that holds all that is known of them; ``ocrkit.layout.reading`` gives back what was written.

docs/page-formats.md describes it.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.layout.records import Character, Line, Page, Points, Region, Word
    from ocrkit.layout.scan import ReadPage

__all__ = ["FORMAT", "VERSION", "JsonOptions", "page_record", "render_json"]

FORMAT = "ocrkit pages"
VERSION = 1  # raised when a file of before could be misread; a key that is added leaves it
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JsonOptions:
    """How much is written.

    Attributes:
        characters: whether each word's characters are.
    """

    characters: bool = True


def render_json(pages: Iterable[ReadPage], options: JsonOptions) -> Iterator[bytes]:
    """Yield one JSON object of all pages, in UTF-8, a page on a line."""
    yield f'{{"format": {json.dumps(FORMAT)}, "version": {VERSION}, "pages": ['.encode()
    for number, (page, _) in enumerate(pages):
        record = json.dumps(page_record(page, options), ensure_ascii=False, allow_nan=False)
        # What is half a character, as in the name of a file that is not UTF-8, can only stand escaped.
        yield (",\n" if number else "\n").encode() + _SURROGATE.sub(_escape, record).encode()
    yield b"\n]}\n"


def page_record(page: Page, options: JsonOptions | None = None) -> dict[str, object]:
    """A page as JSON's own types."""
    chosen = options or JsonOptions()
    return {
        "image": page.image,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": _finite(page.dpi),
        "rotation": page.rotation,
        "skew": _finite(page.skew) or 0.0,
        "languages": list(page.languages),
        "model": page.model,
        "segmenter": page.segmenter,
        "error": page.error,
        "regions": [_region(region, chosen) for region in page.regions],
    }


def _region(region: Region, options: JsonOptions) -> dict[str, object]:
    return {
        "id": region.id,
        "kind": region.kind,
        "outline": _points(region.outline),
        "lines": [_line(line, options) for line in region.lines],
    }


def _line(line: Line, options: JsonOptions) -> dict[str, object]:
    record: dict[str, object] = {
        "id": line.id,
        "baseline": _points(line.baseline),
        "outline": _points(line.outline),
        "direction": line.direction,
        "x_height": _finite(line.x_height),
        "text": line.text,
        "confidence": _finite(line.confidence),
        "alternatives": [{"text": other.text, "score": _finite(other.score)} for other in line.alternatives],
        "words": [_word(word, options) for word in line.words],
    }
    if line.original:
        record["original"] = line.original
    if line.proposals:
        record["proposals"] = [asdict(change) for change in line.proposals]
    return record


def _word(word: Word, options: JsonOptions) -> dict[str, object]:
    record: dict[str, object] = {
        "text": word.text,
        "outline": _points(word.outline),
        "confidence": _finite(word.confidence),
    }
    if options.characters:
        record["characters"] = [_character(character) for character in word.characters]
    if word.original:
        record["original"] = word.original
    return record


def _character(character: Character) -> dict[str, object]:
    return {
        "text": character.text,
        "outline": _points(character.outline),
        "confidence": _finite(character.confidence),
    }


def _points(points: Points) -> list[list[int]]:
    return [[int(x), int(y)] for x, y in points]


def _finite(number: float | None) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
