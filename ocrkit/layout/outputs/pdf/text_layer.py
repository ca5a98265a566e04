"""What was read on a page, as text of a PDF that is not seen."""

from __future__ import annotations

import itertools
import math
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from ocrkit.layout.outputs.pdf.font import EM_WIDTH, units_of
from ocrkit.layout.outputs.pdf.objects import number
from ocrkit.layout.outputs.pdf.placing import place_line

if TYPE_CHECKING:
    from ocrkit.layout.outputs.pdf.font import Codes
    from ocrkit.layout.outputs.pdf.placing import Affine, PlacedLine
    from ocrkit.layout.records import Page

__all__ = ["text_layer"]

_WIDEST_SPACE = 0.45  # of a line's height
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT = frozenset({"L", "EN", "AN"})


def text_layer(page: Page, to_page: Affine, codes: Codes) -> bytes:
    """The operators that show a page's text, unseen, in the font ``/f-0-0``; empty where there is none."""
    lines = [placed for line in page.lines if (placed := place_line(line, to_page)) is not None]
    return b"\n".join(_line(line, codes) for line in lines)


def _line(line: PlacedLine, codes: Codes) -> bytes:
    sine, cosine = math.sin(line.angle), math.cos(line.angle)
    matrix = b" ".join([*(number(part, 5) for part in (cosine, sine, -sine, cosine)), number(line.x), number(line.y)])
    parts = [b"q " + matrix + b" cm BT /f-0-0 " + number(line.size) + b" Tf 3 Tr"]
    place = height = 0.0
    for word in _set(line):
        along, above = number(word.start - place), number(word.above - height)
        # Steps are summed up as they are written, so that what was rounded off does not mount up.
        place, height = place + float(along), height + float(above)
        parts.append(b" ".join((along, above, b"Td", *_shown(word, codes))))
    return b"\n".join([*parts, b"ET Q"])


def _shown(word: _SetWord, codes: Codes) -> tuple[bytes, ...]:
    # A space after each, the last too: else readers join words, and PDFium loses a last one of one letter.
    if word.space is None:
        return number(word.squeeze, 3), b"Tz", codes.encoded(word.text + " "), b"Tj"
    space = (number(word.space, 3), b"Tz", codes.encoded(" "), b"Tj")
    return number(word.squeeze, 3), b"Tz", codes.encoded(word.text), b"Tj", *space


class _SetWord(NamedTuple):
    """A word as it is shown: where, to how many per cent it is squeezed, and the space behind it where otherwise."""

    text: str
    start: float
    above: float
    squeeze: float
    space: float | None = None


def _set(line: PlacedLine) -> list[_SetWord]:
    """The words of a line from left to right; each reaches, with a space, to the next one."""
    words = line.words
    # Readers expect scripts that run from right to left as they are seen, and put them into the order of reading.
    if any(_runs_left(word.text) for word in words):
        words = tuple(sorted(words, key=lambda word: word.start))
        words = tuple(word._replace(text=_as_seen(word.text)) if _runs_left(word.text) else word for word in words)
    em, widest = EM_WIDTH * line.size, _WIDEST_SPACE * line.size
    counts = [len(units_of(word.text)) for word in words]
    if not line.is_level:  # where pdf.js breaks the line at each change of width
        squeeze = 100 * sum(word.width for word in words) / (sum(counts) * em)
        return [_SetWord(word.text, word.start, word.above, squeeze) for word in words]
    found = []
    for word, count, after in itertools.zip_longest(words, counts, words[1:]):
        reach = (
            word.width * (count + 1) / count if after is None or after.start <= word.start else after.start - word.start
        )
        code = reach / (count + 1)
        if code <= max(widest, word.width / count):
            found.append(_SetWord(word.text, word.start, word.above, 100 * code / em))
        else:  # a wide gap, as between the cells of a table: poppler would begin another block of text
            squeeze = 100 * (reach - widest) / (count * em)
            found.append(_SetWord(word.text, word.start, word.above, squeeze, 100 * widest / em))
    return found


def _runs_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _as_seen(word: str) -> str:
    """A word as it is seen: turned round, but for the numbers and letters in it that run to the right."""
    runs = [(straight, "".join(run)) for straight, run in itertools.groupby(word, _runs_right)]
    return "".join(run if straight else run[::-1] for straight, run in reversed(runs))


def _runs_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in _LEFT_TO_RIGHT
