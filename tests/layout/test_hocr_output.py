"""hOCR as it is written: found good by the specification's checker, and read again with all that hOCR can hold."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from random_pages import Pages, read

from ocrkit.errors import DataError
from ocrkit.layout.outputs.hocr import HocrOptions, render_hocr
from ocrkit.layout.outputs.readings import cut_words
from ocrkit.layout.reading import read_layout, read_layouts
from ocrkit.layout.records import Character, Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Write = Callable[[str], Path]

BOX = ((0, 0), (99, 0), (99, 39), (0, 39))
seeds = pytest.mark.parametrize("seed", range(40))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_text(text: str) -> Path:
        (tmp_path / "pages.hocr").write_text(text, encoding="utf-8")
        return tmp_path / "pages.hocr"

    return write_text


def rendered(given: Iterable[Page]) -> str:
    return b"".join(render_hocr(iter(read(given)), HocrOptions(characters=True))).decode()


def one_line_page(line: Line) -> Page:
    return Page("a.png", 100, 80, (Region("r", BOX, (line,)),))


def what_hocr_holds(page: Page) -> Page:
    """A page without what hOCR has no place for."""

    def percent(number: float | None) -> float | None:
        return None if number is None else round(100 * number) / 100

    def character_held(character: Character) -> Character:
        return replace(character, outline=box_of(character), confidence=pytest.approx(character.confidence, abs=1e-6))

    def word_held(word: Word) -> Word:
        return replace(
            word, confidence=percent(word.confidence), characters=tuple(map(character_held, word.characters))
        )

    def line_held(line: Line) -> Line:
        words = tuple(map(word_held, cut_words(line)))
        return replace(line, confidence=None, words=words, alternatives=())

    regions = tuple(replace(region, lines=tuple(map(line_held, region.lines))) for region in page.regions)
    return replace(page, regions=regions)


def box_of(character: Character) -> tuple[tuple[int, int], ...]:
    xs, ys = zip(*character.outline, strict=True)
    return (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))


@seeds
def test_hocr_gives_back_all_that_it_can_hold(write: Write, seed: int) -> None:
    drawn = Pages(seed)
    given_pages = [drawn.page(), drawn.page()]

    again = list(read_layouts(write(rendered(given_pages))))

    assert again == list(map(what_hocr_holds, given_pages))


@seeds
@pytest.mark.filterwarnings("ignore")  # the checker's own
def test_the_checker_finds_every_page_good(write: Write, seed: int) -> None:
    drawn = Pages(seed)
    given_pages = [drawn.hard_page(), drawn.hard_page()]

    validate = pytest.importorskip("hocr_spec.validate")

    report = validate.HocrValidator("standard").validate(str(write(rendered(given_pages))))

    assert [str(item) for item in report.items if item.level in ("ERROR", "FATAL")] == []


def test_numbers_are_as_readers_by_regular_expressions_want_them() -> None:
    word = Word("cat", ((3, 4), (30, 4), (30, 20), (3, 20)), 0.856)
    line = Line("l", ((3, 18), (60, 19)), ((3, 4), (62, 4), (62, 22), (3, 22)), "cat", words=(word,))

    text = rendered([one_line_page(line)])

    assert re.search(r'class="ocrx_word" id="\w+" title="bbox 3 4 31 21; x_wconf 86"', text)
    # 18.5 in the middle at 31.5; at the left edge half a pixel less, above the lower edge at 23.
    assert re.search(r'class="ocr_line" id="\w+" title="bbox 3 4 63 23; baseline 0.01754 -5"', text)


def test_a_line_that_runs_upwards_has_an_angle_and_no_baseline() -> None:
    line = Line("l", ((20, 60), (20, 5)), ((5, 4), (25, 4), (25, 62), (5, 62)), "cat")

    text = rendered([one_line_page(line)])

    assert "textangle 90" in text
    assert "; baseline" not in text


def test_names_of_images_cannot_end_their_property() -> None:
    text = rendered([Page('a "b"; bbox 1 2.png', 100, 80)])

    assert 'title="image &quot;a %22b%22%3B bbox 1 2.png&quot;; bbox 0 0 100 80; ppageno 0"' in text


def test_the_files_of_tesseract_are_read(write: Write) -> None:
    tesseract = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <body>
  <div class='ocr_page' id='page_1' title='image "in.png"; bbox 0 0 640 480; ppageno 0; scan_res 300 300'>
   <div class='ocr_carea' id='block_1_1' title="bbox 36 92 618 361">
    <p class='ocr_par' id='par_1_1' lang='eng' title="bbox 36 92 580 184">
     <span class='ocr_line' id='line_1_1'
 title="bbox 36 92 580 122; baseline 0 -6; x_size 30; x_descenders 6; x_ascenders 6">
      <span class='ocrx_word' id='word_1_1' title='bbox 36 92 96 116; x_wconf 90'><strong>This</strong></span>
      <span class='ocrx_word' id='word_1_2' title='bbox 109 92 129 116; x_wconf 89'>is</span>
     </span>
     <span class='ocr_header' id='line_1_2' title="bbox 36 126 618 157">
      <span class='ocrx_word' id='word_1_3' title='bbox 36 126 96 150; x_wconf 91'><span class='ocrx_cinfo'
 title='x_bboxes 36 126 46 150; x_conf 99.5'>a</span>
       <em><span class='ocrx_cinfo' title='x_bboxes 47 126 57 150; x_conf 50'>b</span></em></span>
     </span>
    </p>
   </div>
  </div>
 </body>
</html>
"""

    page = read_layout(write(tesseract))

    first, second = page.lines
    assert (page.image, page.width, page.height, page.dpi) == ("in.png", 640, 480, 300.0)
    assert (first.text, first.baseline, first.x_height) == ("This is", ((36, 116), (579, 116)), 18.0)
    assert [(word.text, word.outline[2], word.confidence) for word in first.words] == [
        ("This", (95, 115), 0.9),
        ("is", (128, 115), 0.89),
    ]
    assert second.words[0].text == "ab"
    assert [(each.text, each.confidence) for each in second.words[0].characters] == [
        ("a", pytest.approx(0.995)),
        ("b", 0.5),
    ]


def test_a_page_that_could_not_be_opened_says_why(write: Write) -> None:
    page = Page("a.png", 0, 0, error="cannot be opened: it ends")

    assert read_layout(write(rendered([page]))) == page


def test_lines_outside_of_blocks_are_a_region_of_their_own(write: Write) -> None:
    line = '<span class="ocr_line" title="bbox 1 2 30 12">a cat</span>'

    page = read_layout(write(f'<html><body><div class="ocr_page" title="bbox 0 0 50 40">{line}</div></body></html>'))

    assert [(region.outline[2], region.lines[0].text) for region in page.regions] == [((29, 11), "a cat")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<p/>", "no element of class ocr_page"),
        ('<div class="ocr_page" title="image x"/>', "a page without bbox"),
        ('<div class="ocr_page" title="bbox 0 0 nan 4"/>', "a page without bbox"),
        ('<div class="ocr_page" title="bbox 9 9 4 4"/>', "the page is -5 x -5; expected its size"),
        ('<div class="ocr_page" title="bbox 0 0 9 9"><b class="ocr_line"/></div>', "line 'line-1' has no bbox"),
    ],
)
def test_what_is_no_page_is_told(write: Write, body: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_layout(write(f"<html><body>{body}</body></html>"))
