"""Pages as Markdown."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from random_pages import ODD, Pages, read

from ocrkit.layout.outputs.markdown import MarkdownOptions, render_markdown
from ocrkit.layout.records import Line, Page, Region, Word
from ocrkit.layout.tables import rows_of

BOX = ((0, 0), (99, 0), (99, 39), (0, 39))


def box(left: int, top: int, right: int, height: int = 30) -> tuple[tuple[int, int], ...]:
    return (left, top), (right, top), (right, top + height), (left, top + height)


def line_at(top: int, text: str = "x", *, left: int = 100, right: int = 500, x_height: float = 12.0) -> Line:
    baseline = ((left, top + 22), (right, top + 22))
    return Line(f"l{top}-{left}", baseline, box(left, top, right), text, x_height=x_height)


def page(*regions: Region) -> Page:
    return Page("a.png", 600, 800, regions)


def region(*lines: Line, kind: str = "MainZone") -> Region:
    return Region("r", BOX, lines, kind)


def rendered(*pages: Page, **options: bool) -> str:
    return b"".join(render_markdown(iter(read(pages)), MarkdownOptions(**options))).decode()


PROSE = region(*(line_at(40 * at, f"line {at} of prose") for at in range(4)))


def test_lines_of_prose_are_one_paragraph() -> None:
    assert rendered(page(PROSE)) == "line 0 of prose line 1 of prose line 2 of prose line 3 of prose\n"


def test_breaks_can_be_kept() -> None:
    two = region(line_at(0, "a"), line_at(40, "b"))

    assert rendered(page(two), line_breaks=True) == "a\\\nb\n"


def test_breaks_of_verse_are_kept() -> None:
    verse = region(*(line_at(40 * at, str(at), right=right) for at, right in enumerate((300, 350, 310, 500))))

    assert rendered(page(verse)) == "0\\\n1\\\n2\\\n3\n"


@pytest.mark.parametrize(("x_height", "marks"), [(12.0, ""), (16.0, "### "), (18.0, "## "), (25.0, "# ")])
def test_larger_letters_make_a_heading(x_height: float, marks: str) -> None:
    heading = region(line_at(0, "Chapter", x_height=x_height))

    assert rendered(page(heading, PROSE)).startswith(f"{marks}Chapter\n\nline 0")


def test_kinds_of_regions_are_headings_and_quotes() -> None:
    title = region(line_at(0, "The"), line_at(40, "Title"), kind="TitlePageZone")
    note = region(line_at(0, "a note"), kind="MarginTextZone:note")

    assert rendered(page(title, note)) == "# The Title\n\n> a note\n"


def test_running_titles_and_numbers_can_be_left_out() -> None:
    number = region(line_at(0, "272"), kind="NumberingZone")

    assert rendered(page(number, PROSE)).startswith("272\n\n")
    assert rendered(page(number, PROSE), running=False).startswith("line 0")


def test_pages_are_parted_by_a_rule() -> None:
    one, two = page(region(line_at(0, "a"))), page(region(line_at(0, "b")))

    assert rendered(one, page(), two) == "a\n\n---\n\nb\n"
    assert rendered(one, two, page_breaks=False) == "a\n\nb\n"


def cells(*columns: tuple[int, str], top: int) -> list[Line]:
    return [line_at(top, text, left=left, right=left + 60) for left, text in columns]


def test_a_table_keeps_rows_and_columns() -> None:
    table = region(
        *cells((100, "name"), (300, "a|b"), top=0),
        *cells((105, "cat"), (310, "1"), top=40),
        *cells((305, "2"), top=80),
        kind="TableZone",
    )

    assert rendered(page(table)) == "| name | a\\|b |\n|---|---|\n| cat | 1 |\n|  | 2 |\n"


def test_wide_gaps_between_words_part_cells() -> None:
    words = tuple(Word(text, box(left, 0, left + 40)) for left, text in ((100, "a"), (150, "b"), (300, "c")))

    assert rows_of(region(replace(line_at(0, "a b c"), words=words))) == [["a b", "c"]]


def test_cells_of_one_column_are_a_paragraph() -> None:
    table = region(*cells((100, "a"), top=0), *cells((100, "b"), top=40), kind="TableZone")

    assert "|" not in rendered(page(table))


@pytest.mark.parametrize(
    "text", [*ODD, "# a", "- a", "+ a", "---", "===", "1. a", "2) b", "a_b_c", "&amp; &", "> q", "**", "C#"]
)
@pytest.mark.parametrize("kind", ["MainZone", "TitlePageZone", "MarginTextZone"])
def test_text_is_shown_as_it_was_read(text: str, kind: str) -> None:
    markdown = pytest.importorskip("markdown_it", reason="no reader of Markdown").MarkdownIt("commonmark")

    page_of_it = markdown.render(rendered(page(region(line_at(0, text), kind=kind))))

    assert html.unescape(re.sub("<[^>]+>", "", page_of_it)).strip() == text


def test_every_page_can_be_written() -> None:
    for seed in range(100):
        drawn = Pages(seed)
        rendered(drawn.page(), drawn.hard_page())
