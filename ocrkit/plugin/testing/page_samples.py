"""Pages that checks are made on: plain, empty, unread, failed and awkward ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.data.records import Alternative
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from ocrkit.layout.records import Points

__all__ = ["BlankScan", "read_pages"]

_WIDTH, _HEIGHT = 200, 120


@dataclass(frozen=True, slots=True)
class BlankScan:
    """A white page that is in no file."""

    name: str
    number: int
    size: tuple[int, int]
    dpi: float | None = None

    @property
    def path(self) -> Path | None:
        """None."""
        return None

    def image(self) -> Image:
        """A white picture."""
        from PIL import Image

        return Image.new("L", self.size, 255)

    def jpeg(self) -> bytes | None:
        """None."""
        return None


def read_pages() -> list[ReadPage]:
    """Pages of every kind that a format may be given, in which ``cat`` is read before ``dog``."""
    pages = [
        Page("scan.png", _WIDTH, _HEIGHT, (_column("r1", "l1", "the cat"),), dpi=300.0, languages=("en",)),
        Page("scan.png", _WIDTH, _HEIGHT, number=2),
        Page("scan.png", _WIDTH, _HEIGHT, (_without_text(),), number=3),
        Page("scan.png", 0, 0, number=4, error="cannot be opened: it ends within the first row"),
        Page('a "b" <c> & d\t\udce9.png', _WIDTH, _HEIGHT, (_awkward(),), number=1, rotation=90, skew=-1.5),
        Page("scan.png", _WIDTH, _HEIGHT, (_column("r1", "l1", "a dog"),), number=5, model="m", segmenter="s"),
    ]
    return [
        ReadPage(page, BlankScan(f"{page.image}#{page.number}", page.number, (page.width or 1, page.height or 1)))
        for page in pages
    ]


def _column(region: str, line: str, text: str) -> Region:
    words, left = [], 10
    for spelt in text.split():
        letters = [
            Character(letter, box(left + 9 * at, 12, left + 9 * at + 8, 30), 0.9) for at, letter in enumerate(spelt)
        ]
        words.append(Word(spelt, box(left, 12, left + 9 * len(spelt) - 1, 30), 0.8, tuple(letters)))
        left += 9 * len(spelt) + 9
    read = Line(
        line,
        baseline=((10, 26), (left, 27)),
        outline=box(10, 12, left, 30),
        text=text,
        confidence=0.75,
        words=tuple(words),
        alternatives=(Alternative("the cot", -2.5),),
        x_height=9.5,
    )
    return Region(region, box(8, 10, left + 2, 32), (read,))


def _without_text() -> Region:
    found = Line("l1", ((10, 26), (60, 26)), box(10, 12, 60, 30))
    empty = Line("l2", (), box(10, 42, 60, 60), text="", confidence=0.0)
    return Region("r1", box(8, 10, 62, 62), (found, empty), kind="MarginTextZone")


def _awkward() -> Region:
    texts = ("a\\b \"c\" <d> & 'e' ]]> {f} |g| #h *i*", "ശ്രീ ക്ഷ ന്\u200d", "שלום \U0001f600 \u202eab")
    lines = tuple(
        Line(
            f"line-{number}.x",
            baseline=((10, 20 * number), (90, 20 * number + 5), (199, 20 * number)),
            outline=((0, 20 * number - 12), (199, 20 * number - 12), (199, 20 * number + 6), (0, 20 * number + 6)),
            text=text,
            confidence=None if number == 1 else 1.0,
            direction="rtl" if number == 3 else "ltr",
        )
        for number, text in enumerate(texts, 1)
    )
    return Region("r_1", box(0, 0, 199, 80), lines, kind="TitlePageZone:own")


def box(left: int, top: int, right: int, bottom: int) -> Points:
    """The corners of a box."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
