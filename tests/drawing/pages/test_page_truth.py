"""Where lines are on drawn pages, against the ink itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ocrkit.data.outline import polygon_mask
from ocrkit.drawing.pages.bending import Bending
from ocrkit.drawing.pages.exposure import lay
from ocrkit.drawing.pages.pens import Ink
from ocrkit.drawing.pages.sheet import PageSheet
from ocrkit.drawing.pages.strips import Strip, resize, set_words, shorten, waved
from ocrkit.drawing.pages.surroundings import Margins, add_border, add_dirt, add_watermark, show_other_side

SIZE = (200, 600)


def _bent(degrees: float, curl: float = 0.0) -> Bending:
    height, width = SIZE
    slope = math.tan(math.radians(degrees))
    falls = slope * np.arange(width) + curl * np.sin(np.arange(width) / 80)
    falls -= falls.min()
    moves = -slope * np.arange(height + math.ceil(falls.max()))
    return Bending(falls, moves - moves.min(), degrees)


def _bars() -> Strip:
    """Three bars that stand on the baseline, 10 px high, one of which hangs 4 px below it."""
    bars = [Ink(np.full((high, 30), 255, np.uint8), -10) for high in (10, 14, 10)]
    return set_words(bars, [0, 100, 220], x_height=10, text="a b c")


BENDINGS = {"flat": _bent(0), "askew": _bent(4), "the other way": _bent(-4), "curled": _bent(1, 8)}


def test_words_stand_on_the_baseline() -> None:
    strip = _bars()

    # The last row of the first bar is row 9, and its lower edge half a pixel below the middle of that.
    assert strip.baseline.tolist() == [[0, 9.5], [249, 9.5]]
    assert (strip.ascender, strip.descender) == (10, 4)


@pytest.mark.parametrize("bending", BENDINGS.values(), ids=BENDINGS)
def test_a_line_follows_its_page(bending: Bending) -> None:
    sheet = PageSheet(SIZE[1], SIZE[0], 10)
    strip = waved(_bars(), 3 * np.sin(np.arange(250) / 60))
    assert sheet.place(sheet.region(), strip, 150, 90)

    picture, other, _, (line,) = lay(sheet, bending)

    ink = picture < 128
    inside = np.asarray(polygon_mask(np.array(line.line.outline, np.float64), (picture.shape[1], picture.shape[0])))
    assert ink.sum() > 800
    assert not (ink & (inside == 0)).any()
    assert not other.any()
    columns = np.flatnonzero(ink.any(axis=0))
    feet = np.array([np.flatnonzero(ink[:, column])[-1] + 0.5 for column in columns])
    below = feet - np.interp(columns, line.baseline[:, 0], line.baseline[:, 1])
    # But for the sides of the bars, which lean where the page does.
    assert ((np.abs(below) <= 1) | (np.abs(below - 4) <= 1)).mean() > 0.95


@pytest.mark.parametrize("bending", BENDINGS.values(), ids=BENDINGS)
def test_points_go_where_ink_goes(bending: Bending) -> None:
    flat = np.full(SIZE, 255, np.uint8)
    dots = np.array([[60, 40], [300, 100], [540, 160]])
    for x, y in dots:
        flat[y - 1 : y + 2, x - 1 : x + 2] = 0

    picture = bending.picture(flat, 255)

    for (x, y), (left, right) in zip(
        bending.points(dots.astype(float)), ((0, 180), (180, 420), (420, None)), strict=True
    ):
        weights = 255.0 - picture[:, left:right]
        rows, columns = np.indices(weights.shape)
        assert (columns * weights).sum() / weights.sum() + left == pytest.approx(x, abs=0.3)
        assert (rows * weights).sum() / weights.sum() == pytest.approx(y, abs=0.3)


@pytest.mark.parametrize("scale", [0.5, 1.7])
def test_a_resized_line_stands_on_its_baseline(scale: float) -> None:
    strip = resize(_bars(), scale)

    foot = np.flatnonzero(strip.ink[:, round(10 * scale)] > 127)[-1] + 0.5
    assert foot == pytest.approx(strip.baseline[0, 1], abs=0.6)
    assert strip.x_height == pytest.approx(10 * scale, abs=0.5)


def test_a_line_is_cut_at_a_gap_and_its_text_is_lost() -> None:
    strip = shorten(_bars(), 200)

    assert strip is not None
    assert strip.width == 130
    assert strip.text is None
    assert (strip.ascender, strip.descender) == (10, 4)
    assert shorten(_bars(), 20) is None


def test_what_comes_from_elsewhere_is_marked_as_no_text() -> None:
    paper, rng = np.full((300, 400), 255, np.uint8), np.random.default_rng(3)
    text = paper.copy()
    text[100:110, 50:350] = 0
    margins = Margins(60, 60, 60, 60)
    makers = {
        "the other side": lambda other: show_other_side(text, other, 10, rng, 1.0),
        "a border": lambda other: add_border(paper, other, margins, rng),
        "dirt": lambda other: add_dirt(paper, other, 10, rng, 1.0),
        "a watermark": lambda other: add_watermark(paper, other, rng, 1.0),
    }

    for name, make in makers.items():
        other = np.zeros(paper.shape, bool)
        before = text if name == "the other side" else paper
        changed = before.astype(int) - make(other) > 40
        assert changed.any(), name
        assert not (changed & ~other).any(), name
