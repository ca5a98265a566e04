"""Pages from the JSON that ``ocrkit.layout.outputs.json`` writes; docs/page-formats.md describes it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ocrkit.data.changes import Change
from ocrkit.data.records import Alternative
from ocrkit.errors import DataError
from ocrkit.layout.outputs.json import FORMAT, VERSION
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ocrkit.layout.records import Points

__all__ = ["json_pages"]

_FARTHEST = 10_000_000  # of any number: 10,000 px are a large page
_WORDS = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}


def json_pages(path: Path, text: str) -> Iterator[Page]:
    """The pages in a JSON file's text, as they were written.

    Raises:
        DataError: it is no JSON, of another format or version, or something in it is missing or of another type.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"no JSON: {error.msg}", path, error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise DataError(f"no JSON that can be read: {error}", path) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DataError(f'no pages of ocrkit: expected an object with "format": "{FORMAT}"', path)
    if document.get("version") != VERSION:
        raise DataError(f"its version is {document.get('version')!r}; expected {VERSION}, so update ocrkit", path)
    for number, record in enumerate(_Fields(path, "the file", document).each("pages"), 1):
        record.where = f"page {number}"
        yield _page(record)


class _Fields:
    """An object of the file, and what messages call it."""

    def __init__(self, path: Path, where: str, values: Mapping[str, Any]) -> None:
        self.path = path
        self.where = where
        self._values = values

    def fault(self, key: str, expected: str) -> DataError:
        """What is wrong with the value of a key."""
        value = self._values.get(key, "missing")
        return DataError(f"{self.where}: {key} is {str(value)[:40]!r}; expected {expected}", self.path)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; ``default`` where it is not there."""
        return str(self._typed(key, str, default))

    def maybe_text(self, key: str) -> str | None:
        """A text, or None."""
        return None if self._values.get(key) is None else self.text(key)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number; ``default`` where it is not there."""
        number = self._typed(key, int, default)
        if isinstance(number, bool) or not least <= number <= _FARTHEST:
            raise self.fault(key, f"a whole number of at least {least}")
        return int(number)

    def number(self, key: str) -> float | None:
        """A number, or None."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _FARTHEST:
            raise self.fault(key, "a number or null")
        return float(value)

    def confidence(self, key: str = "confidence") -> float | None:
        """A number from 0 to 1, or None."""
        number = self.number(key)
        if number is not None and not 0 <= number <= 1:
            raise self.fault(key, "a number from 0 to 1, or null")
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts; none where it is not there."""
        values = self._typed(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fault(key, "a list of texts")
        return tuple(values)

    def points(self, key: str, *, fewest: int) -> Points:
        """Points, so many at least."""
        values = self._typed(key, list, [] if fewest == 0 else None)
        pairs = [pair for pair in values if isinstance(pair, list) and len(pair) == 2 and set(map(type, pair)) == {int}]
        near = all(abs(number) <= _FARTHEST for pair in pairs for number in pair)
        if len(pairs) != len(values) or len(values) < fewest or not near:
            raise self.fault(key, f"a list of {fewest} or more pairs of whole numbers")
        return tuple((x, y) for x, y in pairs)

    def each(self, key: str) -> Iterator[_Fields]:
        """The objects of a list; none where it is not there."""
        for number, value in enumerate(self._typed(key, list, []), 1):
            if not isinstance(value, dict):
                raise self.fault(key, "a list of objects")
            yield _Fields(self.path, f"{self.where}, {key} {number}", value)

    def _typed(self, key: str, kind: type, default: Any) -> Any:
        value = self._values.get(key, default)
        if not isinstance(value, kind):
            raise self.fault(key, _WORDS[kind])
        return value


def _page(fields: _Fields) -> Page:
    rotation = fields.whole("rotation", 0)
    if rotation not in (0, 90, 180, 270):
        raise fields.fault("rotation", "0, 90, 180 or 270")
    return Page(
        fields.text("image"),
        fields.whole("width"),
        fields.whole("height"),
        tuple(map(_region, fields.each("regions"))),
        number=fields.whole("number", 1, least=1),
        rotation=rotation,
        skew=fields.number("skew") or 0.0,
        dpi=fields.number("dpi"),
        languages=fields.texts("languages"),
        model=fields.text("model", ""),
        segmenter=fields.text("segmenter", ""),
        error=fields.text("error", ""),
    )


def _region(fields: _Fields) -> Region:
    return Region(
        fields.text("id"),
        fields.points("outline", fewest=0),
        tuple(map(_line, fields.each("lines"))),
        fields.text("kind", "MainZone"),
    )


def _line(fields: _Fields) -> Line:
    direction = fields.text("direction", "ltr")
    if direction not in ("ltr", "rtl"):
        raise fields.fault("direction", "'ltr' or 'rtl'")
    return Line(
        fields.text("id"),
        fields.points("baseline", fewest=0),
        fields.points("outline", fewest=0),
        fields.maybe_text("text"),
        fields.confidence(),
        tuple(map(_word, fields.each("words"))),
        tuple(map(_alternative, fields.each("alternatives"))),
        "rtl" if direction == "rtl" else "ltr",
        fields.number("x_height"),
        fields.text("original", ""),
        _proposals(fields),
    )


def _proposals(fields: _Fields) -> tuple[Change, ...]:
    """What is proposed for a line, but for what does not stand in its text any more, as where that was edited since."""
    text = fields.maybe_text("text") or ""
    changes = map(_change, fields.each("proposals"))
    return tuple(one for one in changes if one.start <= one.end and text[one.start : one.end] == one.before)


def _change(fields: _Fields) -> Change:
    return Change(
        fields.whole("start"),
        fields.whole("end"),
        fields.text("before"),
        fields.text("after"),
        fields.number("gain") or 0.0,
    )


def _alternative(fields: _Fields) -> Alternative:
    score = fields.number("score")  # null stands for what cannot be: JSON has no infinity
    return Alternative(fields.text("text"), -math.inf if score is None else score)


def _word(fields: _Fields) -> Word:
    return Word(
        fields.text("text"),
        fields.points("outline", fewest=0),
        fields.confidence(),
        tuple(map(_character, fields.each("characters"))),
        fields.text("original", ""),
    )


def _character(fields: _Fields) -> Character:
    return Character(fields.text("text"), fields.points("outline", fewest=0), fields.confidence() or 0.0)
