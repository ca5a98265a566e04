"""Tesseract's TSV as it is written, and read."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.errors import DataError
from ocrkit.layout.outputs.readings import cut_words
from ocrkit.layout.outputs.tsv import TsvOptions, render_tsv
from ocrkit.layout.reading import read_layouts
from ocrkit.layout.records import Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Write = Callable[[str], Path]

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
seeds = pytest.mark.parametrize("seed", range(40))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_text(text: str) -> Path:
        (tmp_path / "pages.tsv").write_text(text, encoding="utf-8")
        return tmp_path / "pages.tsv"

    return write_text


def rendered(given: Iterable[Page], **options: bool) -> str:
    return b"".join(render_tsv(iter(read(given)), TsvOptions(**options))).decode()


def boxed(outline: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    xs, ys = zip(*outline, strict=True)
    return (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))


def shown(page: Page) -> list[tuple[object, list[tuple[object, list[tuple[object, ...]]]]]]:
    """What TSV holds of a page: the boxes of its regions, lines and words, and what words say."""
    return [
        (
            boxed(region.outline),
            [
                (
                    boxed(line.outline),
                    [
                        (word.text, boxed(word.outline), word.confidence and pytest.approx(word.confidence, abs=1e-6))
                        for word in cut_words(line)
                    ],
                )
                for line in region.lines
            ],
        )
        for region in page.regions
    ]


def test_rows_are_as_tesseract_writes_them() -> None:
    word = Word("cat", ((10, 20), (29, 20), (29, 31), (10, 31)), 0.9123456)
    line = Line("l", (), ((10, 20), (39, 20), (39, 35), (10, 35)), "cat", words=(word,))
    page = Page("a.png", 100, 80, (Region("r", ((5, 6), (94, 6), (94, 65), (5, 65)), (line,)),))

    assert rendered([page]).split("\n") == [
        HEADER,
        "1\t1\t0\t0\t0\t0\t0\t0\t100\t80\t-1\t",
        "2\t1\t1\t0\t0\t0\t5\t6\t90\t60\t-1\t",
        "3\t1\t1\t1\t0\t0\t10\t20\t30\t16\t-1\t",
        "4\t1\t1\t1\t1\t0\t10\t20\t30\t16\t-1\t",
        "5\t1\t1\t1\t1\t1\t10\t20\t20\t12\t91.23456\tcat",
        "",
    ]


def test_the_header_can_be_left_out() -> None:
    assert rendered([Page("a.png", 9, 9)], header=False) == "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n"


@seeds
def test_tsv_gives_back_boxes_and_words(write: Write, seed: int) -> None:
    drawn = Pages(seed)
    given_pages = [drawn.page(), drawn.page()]

    again = list(read_layouts(write(rendered(given_pages))))

    assert list(map(shown, again)) == list(map(shown, given_pages))


@seeds
def test_a_reader_that_knows_no_quotes_finds_twelve_columns(seed: int) -> None:
    page = Pages(seed).hard_page()

    text = rendered([page])

    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))

    assert {len(row) for row in rows} == {12}
    assert len(text.splitlines()) == len(rows)


def test_pages_are_numbered_as_they_come() -> None:
    text = rendered([Page("a.png", 9, 9, number=7), Page("b.png", 9, 9, number=7)])

    assert [row.split("\t")[1] for row in text.splitlines()[1:]] == ["1", "2"]


def test_a_row_of_other_columns_is_told(write: Write) -> None:
    with pytest.raises(DataError, match=r"pages\.tsv:2: not a row of Tesseract's TSV: '1.t2'"):
        list(read_layouts(write(f"{HEADER}\n1\t2\n")))


def test_words_of_a_line_without_words_share_its_room() -> None:
    line = Line("l", (), ((0, 0), (99, 0), (99, 9), (0, 9)), "ab cd")

    assert [(word.text, word.outline[0], word.outline[2]) for word in cut_words(line)] == [
        ("ab", (0, 0), (40, 9)),
        ("cd", (59, 0), (99, 9)),
    ]
    assert [word.outline[0][0] for word in cut_words(replace(line, direction="rtl"))] == [59, 0]


@pytest.mark.parametrize("size", ["nan\t9", "-3\t9", "1e300\t9"])
def test_a_page_of_no_size_is_told(write: Write, size: str) -> None:
    with pytest.raises(DataError, match=r"the page is .*; expected its size"):
        list(read_layouts(write(f"{HEADER}\n1\t1\t0\t0\t0\t0\t0\t0\t{size}\t-1\t\n")))


def test_a_page_that_could_not_be_opened_is_an_empty_one(write: Write) -> None:
    (page,) = read_layouts(write(rendered([Page("a.png", 0, 0, error="it ends")])))

    assert (page.width, page.height, page.regions) == (0, 0, ())
