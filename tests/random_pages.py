"""Pages of all sorts for tests of what is written of them: hypothesis strategies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from PIL import Image

from ocrkit.data.records import Alternative
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.layout.scan import ReadPage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocrkit.layout.records import Points

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

words_without_space = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=6),
).filter(lambda text: not any(character.isspace() for character in text))
confidences = st.one_of(st.none(), st.sampled_from((0.0, 1.0, 0.5)), st.floats(0, 1))
names = st.one_of(
    st.sampled_from(
        ("scan.png", 'a "b" c.png', "ച;b&<c>.jpg", "it's 100%.tif", "%22;%3B.png", "a\\b.png", "folder/x y.png")
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=8).map(str.strip).filter(bool),
)
kinds = st.sampled_from(
    ("MainZone", "TitlePageZone", "MarginTextZone:note", "NumberingZone", "CustomZone:a;b}", "TableZone")
)


@st.composite
def boxes(draw: st.DrawFn) -> Points:
    left, top = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    right, bottom = draw(st.integers(left, WIDTH - 1)), draw(st.integers(top, HEIGHT - 1))
    return (left, top), (right, top), (right, bottom), (left, bottom)


points = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))
outlines = st.one_of(boxes(), st.lists(points, min_size=3, max_size=6).map(tuple))


@st.composite
def baselines(draw: st.DrawFn) -> Points:
    xs = sorted(draw(st.sets(st.integers(0, WIDTH - 1), min_size=2, max_size=4)))
    return tuple((x, draw(st.integers(0, HEIGHT - 1))) for x in xs)


@st.composite
def words(draw: st.DrawFn) -> Word:
    text = draw(words_without_space)
    characters = tuple(Character(letter, draw(boxes()), draw(st.floats(0, 1))) for letter in text)
    return Word(text, draw(outlines), draw(confidences), draw(st.sampled_from(((), characters))))


alternatives = st.builds(
    Alternative,
    st.lists(words_without_space, max_size=2).map(" ".join),
    st.one_of(st.floats(-50, 0), st.just(float("-inf"))),
)


@st.composite
def lines(draw: st.DrawFn, name: str) -> Line:
    spelt = tuple(draw(st.lists(words(), max_size=3)))
    text: str | None = " ".join(word.text for word in spelt)
    kept = draw(st.sampled_from(("words", "text", "nothing")))
    if kept == "nothing":
        text = None
    return Line(
        name,
        draw(st.one_of(st.just(()), baselines())),
        draw(outlines),
        text,
        draw(confidences) if text is not None else None,
        spelt if kept == "words" else (),
        tuple(draw(st.lists(alternatives, max_size=2))) if text is not None else (),
        draw(st.sampled_from(("ltr", "rtl"))),
        draw(st.one_of(st.none(), st.floats(1, 100))),
    )


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Pages that hold to what their records promise."""
    counts = draw(st.lists(st.integers(0, 3), max_size=3))
    regions, number = [], 0
    for at, count in enumerate(counts):
        inside = tuple(draw(lines(f"l{number + k}")) for k in range(count))
        number += count
        regions.append(Region(f"r.{at}-x", draw(outlines), inside, draw(kinds)))
    return Page(
        draw(names),
        WIDTH,
        HEIGHT,
        tuple(regions),
        number=draw(st.integers(1, 9)),
        rotation=draw(st.sampled_from((0, 90, 180, 270))),
        skew=draw(st.sampled_from((0.0, 1.5, -3.25, 44.0))),
        dpi=draw(st.sampled_from((None, 72.0, 300.0))),
        languages=draw(st.sampled_from(((), ("ml",), ("en", "ml", "sa")))),
        model=draw(st.sampled_from(("", "malayalam-print 1.0"))),
        segmenter=draw(st.sampled_from(("", "lines"))),
        error=draw(st.sampled_from(("", "cannot be opened: it ends"))),
    )


@st.composite
def hard_pages(draw: st.DrawFn) -> Page:
    """Pages that break what their records promise, as a plugin's may, and must still be written as valid files."""
    page = draw(pages())
    page = replace(page, image=draw(st.sampled_from(("a\udce9.png", "a\nb.png", "", page.image))))
    regions = []
    for region in page.regions:
        inside = tuple(_harder(draw, line) for line in region.lines)
        kind = draw(st.sampled_from((region.kind, "", "GraphicZone")))
        regions.append(Region(draw(st.sampled_from(("r", "1", "", "രി", "l0"))), draw(hard_outlines), inside, kind))
    return replace(page, regions=tuple(regions), dpi=draw(st.sampled_from((None, float("nan"), float("inf"), 96.1))))


hard_outlines = st.one_of(
    outlines, st.sampled_from(((), ((3, 4),), ((3, 4), (3, 4)), ((-5, -5), (500, -5), (500, 500), (-5, 500))))
)


def _harder(draw: st.DrawFn, line: Line) -> Line:
    text = draw(st.sampled_from((line.text, *UNSAYABLE, "a\tb  c\nd", "\u2028x\x85")))
    spelt = tuple(replace(word, text=draw(st.sampled_from((word.text, *UNSAYABLE, "a b")))) for word in line.words)
    return replace(
        line,
        id=draw(st.sampled_from(("l", "l0", "r", "0", "a b", "id;x"))),
        baseline=draw(st.sampled_from((line.baseline, ((5, 5),), ((5, 5), (5, 5)), ((-9, 3), (999, 4))))),
        outline=draw(hard_outlines),
        text=text,
        words=spelt,
        confidence=draw(st.sampled_from((line.confidence, float("nan"), -0.5, 7.0))),
        x_height=draw(st.sampled_from((line.x_height, float("nan"), 0.0))),
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
