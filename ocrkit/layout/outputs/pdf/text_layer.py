"""What was read on a page, as text of a PDF that is not seen."""

from __future__ import annotations

import itertools
import math
import unicodedata
from typing import TYPE_CHECKING

from ocrkit.layout.outputs.pdf.font import EM_WIDTH, units_of
from ocrkit.layout.outputs.pdf.objects import number
from ocrkit.layout.outputs.pdf.placing import place_line

if TYPE_CHECKING:
    from ocrkit.layout.outputs.pdf.font import Codes
    from ocrkit.layout.outputs.pdf.placing import Affine, PlacedLine
    from ocrkit.layout.records import Page

__all__ = ["text_layer"]

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
    # Readers expect scripts that run from right to left as they are seen, and put them into the order of reading.
    seen = any(_runs_left(word.text) for word in line.words)
    texts = [_as_seen(word.text) if _runs_left(word.text) else word.text for word in line.words]
    squeezes = _squeezes(line, texts)
    place = height = 0.0
    for at in sorted(range(len(texts)), key=lambda at: line.words[at].start) if seen else range(len(texts)):
        word = line.words[at]
        along, above = number(word.start - place), number(word.above - height)
        # Steps are summed up as they are written, so that what was rounded off does not mount up.
        place, height = place + float(along), height + float(above)
        # A space after each, the last too: else readers join words, and PDFium loses a last one of one letter.
        shown = codes.encoded(texts[at] + " ")
        parts.append(along + b" " + above + b" Td " + number(squeezes[at], 3) + b" Tz " + shown + b" Tj")
    return b"\n".join([*parts, b"ET Q"])


def _squeezes(line: PlacedLine, texts: list[str]) -> list[float]:
    """Per cent of their width that each word's codes are squeezed to; one for all words of a line that is slanted."""
    codes = [len(units_of(text)) * EM_WIDTH * line.size for text in texts]
    if line.is_level:
        return [100 * word.width / width for word, width in zip(line.words, codes, strict=True)]
    return [100 * sum(word.width for word in line.words) / sum(codes)] * len(texts)


def _runs_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _as_seen(word: str) -> str:
    """A word as it is seen: turned round, but for the numbers and letters in it that run to the right."""
    runs = [(straight, "".join(run)) for straight, run in itertools.groupby(word, _runs_right)]
    return "".join(run if straight else run[::-1] for straight, run in reversed(runs))


def _runs_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in _LEFT_TO_RIGHT
