"""Plain text and paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.layout.outputs.text import TextOptions, render_text
from ocrkit.layout.paragraphs import is_verse, paragraphs_of
from ocrkit.layout.records import Line, Page, Region

if TYPE_CHECKING:
    from ocrkit.layout.records import Direction, Points

BOX = ((0, 0), (99, 0), (99, 39), (0, 39))


def line_at(top: int, text: str = "x", *, left: int = 100, right: int = 500, direction: Direction = "ltr") -> Line:
    outline = ((left, top), (right, top), (right, top + 30), (left, top + 30))
    return Line(f"l{top}-{left}", ((left, top + 22), (right, top + 22)), outline, text, direction=direction)


def region(*lines: Line) -> Region:
    return Region("r", BOX, lines)


def page(*regions: Region) -> Page:
    return Page("a.png", 600, 800, regions)


def rendered(*pages: Page, **options: bool) -> str:
    return b"".join(render_text(iter(read(pages)), TextOptions(**options))).decode()


def turned(points: Points) -> Points:
    """Points of a page of 600 x 800 px that lies on its side, so that a quarter clockwise sets it upright."""
    return tuple((y, 599 - x) for x, y in points)


COLUMN = [
    line_at(0, "It was the", left=130),
    line_at(40, "best of times."),
    line_at(80, "It was the worst of", left=130),
    line_at(120, "times."),
    line_at(160, "All of it."),
]


def numbers(paragraphs: list[list[Line]], lines: list[Line]) -> list[list[int]]:
    return [[lines.index(line) for line in paragraph] for paragraph in paragraphs]


def test_an_indented_line_begins_a_paragraph() -> None:
    assert numbers(paragraphs_of(region(*COLUMN)), COLUMN) == [[0, 1], [2, 3, 4]]


def test_a_gap_begins_a_paragraph() -> None:
    lines = [line_at(top) for top in (0, 40, 80, 150, 190, 230)]

    assert numbers(paragraphs_of(region(*lines)), lines) == [[0, 1, 2], [3, 4, 5]]


def test_a_short_line_ends_a_paragraph() -> None:
    lines = [line_at(0), line_at(40), line_at(80, right=250), line_at(120), line_at(160), line_at(200)]

    assert numbers(paragraphs_of(region(*lines)), lines) == [[0, 1, 2], [3, 4, 5]]


def test_paragraphs_are_the_same_on_a_turned_page() -> None:
    lines = [Line(line.id, turned(line.baseline), turned(line.outline), line.text) for line in COLUMN]

    assert numbers(paragraphs_of(region(*lines)), lines) == [[0, 1], [2, 3, 4]]


def test_what_runs_from_the_right_is_indented_there() -> None:
    lines = [line_at(top, right=470 if top in (0, 120) else 500, direction="rtl") for top in range(0, 240, 40)]

    assert numbers(paragraphs_of(region(*lines)), lines) == [[0, 1, 2], [3, 4, 5]]


def test_every_line_stands_in_one_paragraph() -> None:
    for seed in range(60):
        for each in Pages(seed).page().regions:
            assert [line for paragraph in paragraphs_of(each) for line in paragraph] == list(each.lines)


def test_lines_that_leave_room_are_verse() -> None:
    verse = [line_at(40 * at, right=right) for at, right in enumerate((300, 350, 310, 500))]

    assert is_verse(verse)
    assert not is_verse([line_at(0), line_at(40), line_at(80, right=200)])


def test_a_line_stands_on_a_line_and_regions_and_pages_apart() -> None:
    one = page(region(line_at(0, "a"), line_at(40, "b")), region(line_at(0, "c")))

    assert rendered(one, page(region(line_at(0, "d")))) == "a\nb\n\nc\n\fd\n"
    assert rendered(one, page(), page(region(line_at(0, "d"))), page_breaks=False) == "a\nb\n\nc\n\nd\n"


def test_an_empty_page_keeps_its_place() -> None:
    assert rendered(page(), page(region(line_at(0, "d")))) == "\fd\n"


def test_paragraphs_stand_on_a_line() -> None:
    text = rendered(page(region(*COLUMN)), line_breaks=False)

    assert text == "It was the best of times.\n\nIt was the worst of times. All of it.\n"


@pytest.mark.parametrize(
    ("first", "second", "by_lines", "by_paragraphs"),
    [
        ("an exam-", "ple of it", "an example\nof it", "an example of it"),
        ("an exam-", "ple", "an example", "an example"),
        ("the Anglo-", "Saxon age", "the Anglo-\nSaxon age", "the Anglo-Saxon age"),
        ("in 1914-", "18 again", "in 1914-\n18 again", "in 1914- 18 again"),
        ("a dash -", "so it is", "a dash -\nso it is", "a dash - so it is"),
        ("Deutſch\u2e17", "Land da", "Deutſch" + "Land\nda", "DeutſchLand da"),
        ("soft\u00ad", "ware", "software", "software"),
        ("മല\u0d2f\u0d3e-", "ളം ഭാഷ", "മല\u0d2f\u0d3eളം\nഭാഷ", "മല\u0d2f\u0d3eളം ഭാഷ"),
    ],
)
def test_words_that_a_line_cuts_are_put_together(first: str, second: str, by_lines: str, by_paragraphs: str) -> None:
    cut = page(region(line_at(0, first), line_at(40, second)))

    assert rendered(cut, dehyphenate=True) == f"{by_lines}\n"
    assert rendered(cut, dehyphenate=True, line_breaks=False) == f"{by_paragraphs}\n"


def test_hyphens_stay_unless_they_are_to_go() -> None:
    cut = page(region(line_at(0, "an exam-"), line_at(40, "ple")))

    assert rendered(cut) == "an exam-\nple\n"
    assert rendered(cut, line_breaks=False) == "an exam-ple\n"


def test_no_text_can_break_a_line_or_a_page() -> None:
    assert rendered(page(region(line_at(0, "a\nb\fc\u2028d")))) == "a b c d\n"
