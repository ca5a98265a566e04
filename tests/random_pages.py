"""Pages of all sorts, drawn from seeds, for tests of what is written of them."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from PIL import Image

from ocrkit.data.records import Alternative
from ocrkit.layout.originals import original_of_words
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ocrkit.layout.records import Point, Points

T = TypeVar("T")

WIDTH, HEIGHT = 120, 90

ODD = (
    "cat",
    "a&b",
    "<i>",
    "]]>",
    '"q"',
    "it's",
    "ശ്രീ",
    "\u0d28\u0d4d\u200d",
    "שלום",
    "\u202eab\u202c",
    "\U0001f600",
    "\ufeffx",
    "#",
    "*a*",
    "|",
    "well-",
    "1.",
    "\\n",
    "{;:}",
)
UNSAYABLE = ("\x00", "a\x1fb", "\x0b", "\ufffe", "\udce9")
"""What XML has no way to say."""

NAMES = (
    "scan.png",
    'a "b" c.png',
    "ച;b&<c>.jpg",
    "it's 100%.tif",
    "%22;%3B.png",
    "a\\b.png",
    "folder/x y.png",
    "%",
    "'",
)
KINDS = ("MainZone", "TitlePageZone", "MarginTextZone:note", "NumberingZone", "CustomZone:a;b}", "TableZone")
HARD_OUTLINES: tuple[Points, ...] = ((), ((3, 4),), ((3, 4), (3, 4)), ((-5, -5), (500, -5), (500, 500), (-5, 500)))
HARD_BASELINES: tuple[Points, ...] = (((5, 5),), ((5, 5), (5, 5)), ((-9, 3), (999, 4)))


class Pages:
    """Draws pages from a seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    def page(self) -> Page:
        """A page that holds to what its records promise."""
        regions, number = [], 0
        for at in range(self._rng.randrange(4)):
            lines = tuple(self._line(f"l{number + k}") for k in range(self._rng.randrange(4)))
            number += len(lines)
            regions.append(Region(f"r.{at}-x", self._outline(), lines, self._one(KINDS)))
        return Page(
            self._one((*NAMES, self._word_text())),
            WIDTH,
            HEIGHT,
            tuple(regions),
            number=self._rng.randrange(1, 9),
            rotation=self._one((0, 90, 180, 270)),
            skew=self._one((0.0, 1.5, -3.25, 44.0)),
            dpi=self._one((None, 72.0, 300.0)),
            languages=self._one(((), ("ml",), ("en", "ml", "sa"))),
            model=self._one(("", "malayalam-print 1.0")),
            segmenter=self._one(("", "lines")),
            error=self._one(("", "cannot be opened: it ends")),
        )

    def hard_page(self) -> Page:
        """A page that breaks what its records promise, as a plugin's may, and must still be written as a valid file."""
        page = self.page()
        regions = tuple(
            Region(
                self._one(("r", "1", "", "രി", "l0")),
                self._one((*HARD_OUTLINES, region.outline)),
                tuple(map(self._harder, region.lines)),
                self._one((region.kind, "", "GraphicZone")),
            )
            for region in page.regions
        )
        image = self._one(("a\udce9.png", "a\nb.png", "", page.image))
        return replace(page, image=image, regions=regions, dpi=self._one((None, float("nan"), float("inf"), 96.1)))

    def _one(self, choices: Sequence[T]) -> T:
        return self._rng.choice(choices)

    def _point(self) -> Point:
        return self._rng.randrange(WIDTH), self._rng.randrange(HEIGHT)

    def _box(self) -> Points:
        (x0, y0), (x1, y1) = self._point(), self._point()
        left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        return (left, top), (right, top), (right, bottom), (left, bottom)

    def _outline(self) -> Points:
        return (
            self._box() if self._rng.random() < 0.5 else tuple(self._point() for _ in range(self._rng.randrange(3, 7)))
        )

    def _baseline(self) -> Points:
        xs = sorted(self._rng.sample(range(WIDTH), self._rng.randrange(2, 5)))
        level = self._rng.randrange(HEIGHT)
        bend = self._one((0, 3, HEIGHT))
        return tuple((x, min(max(level + self._rng.randint(-bend, bend), 0), HEIGHT - 1)) for x in xs)

    def _confidence(self) -> float | None:
        return self._one((None, 0.0, 1.0, self._rng.random()))

    def _word_text(self) -> str:
        """Of odd words, or of characters from anywhere that are neither space nor control."""
        if self._rng.random() < 0.5:
            return self._one(ODD)
        text = "".join(
            chr(self._rng.randrange(self._one((0x80, 0x800, 0x3000, 0x110000))))
            for _ in range(self._rng.randrange(1, 6))
        )
        kept = [each for each in text if unicodedata.category(each) not in ("Cc", "Cs", "Cn", "Zs", "Zl", "Zp")]
        return "".join(kept) or "x"

    def _word(self) -> Word:
        text = self._word_text()
        characters = tuple(Character(letter, self._box(), self._rng.random()) for letter in text)
        read = self._one(("", "", f"{self._word_text()}?"))
        return Word(text, self._outline(), self._confidence(), self._one(((), characters)), read)

    def _alternative(self) -> Alternative:
        text = " ".join(self._word_text() for _ in range(self._rng.randrange(3)))
        return Alternative(text, self._one((float("-inf"), -50 * self._rng.random())))

    def _line(self, name: str) -> Line:
        words = tuple(self._word() for _ in range(self._rng.randrange(4)))
        kept = self._one(("words", "text", "nothing"))
        text = None if kept == "nothing" else " ".join(word.text for word in words)
        read = self._one(("", f"{self._word_text()} {self._word_text()}?")) if text else ""
        return Line(
            name,
            self._one(((), self._baseline())),
            self._outline(),
            text,
            None if text is None else self._confidence(),
            words if kept == "words" else (),
            () if text is None else tuple(self._alternative() for _ in range(self._rng.randrange(3))),
            self._one(("ltr", "rtl")),
            self._one((None, 1 + 99 * self._rng.random())),
            (read or original_of_words(words)) if kept == "words" else read,
        )

    def _harder(self, line: Line) -> Line:
        words = tuple(replace(word, text=self._one((word.text, *UNSAYABLE, "a b"))) for word in line.words)
        return replace(
            line,
            id=self._one(("l", "l0", "r", "0", "a b", "id;x")),
            baseline=self._one((line.baseline, *HARD_BASELINES)),
            outline=self._one((*HARD_OUTLINES, line.outline)),
            text=self._one((line.text, *UNSAYABLE, "a\tb  c\nd", "\u2028x\x85")),
            words=words,
            confidence=self._one((line.confidence, float("nan"), -0.5, 7.0)),
            original=self._one((line.original, *UNSAYABLE, "a\tb\nc")),
            x_height=self._one((line.x_height, float("nan"), 0.0)),
        )


@dataclass(frozen=True)
class WhiteScan:
    """A white picture of a page."""

    name: str = "scan"
    path: Path | None = None
    number: int = 1
    dpi: float | None = None

    def image(self) -> Image.Image:
        return Image.new("L", (WIDTH, HEIGHT), 255)

    def jpeg(self) -> bytes | None:
        return None


def read(pages: Iterable[Page]) -> list[ReadPage]:
    """Pages as renderers take them."""
    return [ReadPage(page, WhiteScan()) for page in pages]
