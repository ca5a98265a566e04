"""Drawn pages: the same for the same number, and their truth right to the pixel."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.outline import polygon_mask
from ocrkit.drawing.pages.drawn_pages import DrawnPages
from ocrkit.drawing.pages.options import KINDS, PageOptions
from ocrkit.errors import OptionError
from ocrkit.text.charset import Charset
from ocrkit.text.shipped import shipped_charset

pytestmark = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="it draws pages, and OCRKIT_NO_FONTS is 1"
)

_FAMILIES = ("DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif")


def _pages(kind: str = "", *, degrade: float = 0.5, seed: int = 0) -> DrawnPages:
    kinds = {name: float(name == kind) for name in PageOptions().shares()} if kind else {}
    options = PageOptions(x_height=(8, 9), kinds=kinds, families=_FAMILIES, degrade=degrade)
    return DrawnPages(shipped_charset("english"), options, seed=seed)


def test_a_page_depends_on_its_number_and_the_seed_alone() -> None:
    pages, again, others = _pages(), _pages(), _pages(seed=1)

    first = pages[3]
    _ = again[0]

    assert np.array_equal(first.image, again[3].image)
    assert np.array_equal(first.not_text, again[3].not_text)
    assert first.page == again[3].page
    assert not np.array_equal(first.image, others[3].image)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "real-hand"])
def test_all_ink_of_a_clean_page_lies_in_an_outline_or_is_no_text(kind: str) -> None:
    page = _pages(kind, degrade=0)[0]

    lines = Image.new("L", (page.page.width, page.page.height), 0)
    for line in page.lines:
        mask = polygon_mask(np.array(line.line.outline, np.float64), lines.size)
        lines.paste(255, mask=mask)

    missed = (page.image < 128) & (np.asarray(lines) == 0) & ~page.not_text
    assert page.lines
    assert not missed.any()


@pytest.mark.parametrize("degrade", [0, 1.0])
def test_records_and_picture_agree_on_their_size(degrade: float) -> None:
    page = _pages(degrade=degrade)[1]

    height, width = page.image.shape
    points = np.array([point for line in page.lines for point in (*line.line.outline, *line.line.baseline)])
    assert (page.page.width, page.page.height) == (width, height)
    assert page.not_text.shape == (height, width)
    assert points.min() >= 0
    assert (points.max(0) < (width, height)).all()
    assert list(page.page.lines) == [line.line for line in page.lines]


@pytest.mark.parametrize("name", ["english", "english-basic"])
def test_texts_are_spelled_by_the_charset(name: str) -> None:
    charset = shipped_charset(name)
    pages = DrawnPages(charset, PageOptions(x_height=(6, 7), families=_FAMILIES), seed=2)

    texts = [line.line.text for page in pages[:3] for line in page.lines]

    assert len(texts) > 30
    assert all(text and charset.spells(text) for text in texts)


def test_lines_from_right_to_left_say_so_and_begin_at_the_right() -> None:
    letters = ("", *"ابتثجحخدذرزسشصضطظعغفقكلمنهوي ")
    charset = Charset("arabic-letters", letters, script="Arab", direction="rtl")
    kinds = {name: float(name == "book") for name in PageOptions().shares()}
    pages = DrawnPages(charset, PageOptions(x_height=(8, 9), kinds=kinds, families=_FAMILIES, degrade=0))

    text = max(pages[0].page.regions, key=lambda region: len(region.lines))
    shortest = min(text.lines, key=lambda line: line.baseline[-1][0] - line.baseline[0][0])

    assert {line.direction for line in pages[0].page.lines} == {"rtl"}
    left, right = text.outline[0][0], text.outline[1][0]
    assert right - shortest.baseline[-1][0] < shortest.baseline[0][0] - left


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(OptionError, match="kinds has 'boook'; did you mean 'book'"):
        PageOptions(kinds={"boook": 1})
    with pytest.raises(OptionError, match="x_height"):
        PageOptions(x_height=(20, 10))
    with pytest.raises(OptionError, match="every kind has the share 0"):
        PageOptions(kinds=dict.fromkeys(KINDS, 0.0))
    with pytest.raises(OptionError, match="none is given"):
        DrawnPages(None, PageOptions())
