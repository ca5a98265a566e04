"""Rules at the ends of a line, and letters that are none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocrkit.data.line_cutting import cut_line_placed
from ocrkit.pages.rules import without_rules
from ocrkit.pages.words import Slices

OUTLINE = np.array([(40, 100), (360, 100), (360, 139), (40, 139)], float)


def page(*strokes: tuple[tuple[int, int], tuple[int, int]], width: int = 4) -> Image.Image:
    """A page with a line of letters 30 px high, and strokes."""
    picture = Image.new("L", (400, 300), 240)
    pen = ImageDraw.Draw(picture)
    for left in range(60, 340, 20):
        pen.rectangle((left, 106, left + 8, 132), fill=20)
    for begin, end in strokes:
        pen.line((*begin, *end), fill=20, width=width)
    return picture


def cleaned(picture: Image.Image, course: np.ndarray | None = None) -> np.ndarray:
    cut = cut_line_placed(picture, OUTLINE, course)
    slices = Slices(cut, OUTLINE, picture.size)
    return np.asarray(without_rules(cut, slices, np.asarray(picture)).image)


@pytest.mark.parametrize("x", [42, 46, 352, 358])
def test_a_rule_at_an_end_becomes_paper(x: int) -> None:
    assert (cleaned(page(((x, 20), (x, 280)))) == cleaned(page())).all()


def test_a_rule_that_leans_a_little_becomes_paper() -> None:
    assert (cleaned(page(((44, 20), (48, 280)))) == cleaned(page())).all()


def test_rules_at_both_ends_become_paper() -> None:
    assert (cleaned(page(((45, 20), (45, 280)), ((352, 20), (352, 280)))) == cleaned(page())).all()


def test_a_rule_that_touches_a_letter_is_parted_from_it() -> None:
    found = cleaned(page(((57, 20), (57, 280))))

    assert (found[:, :16] == 240).all()
    assert (found[6:33, 21:28] == 20).all()


@pytest.mark.parametrize(("top", "foot"), [(102, 137), (100, 139), (20, 137), (102, 280), (90, 139)])
def test_a_stroke_that_ends_with_the_line_on_one_side_is_a_letter(top: int, foot: int) -> None:
    picture = page(((45, top), (45, foot)))

    assert (cleaned(picture) == np.asarray(picture)[100:140, 40:361]).all()


def test_a_stroke_in_the_middle_of_a_line_stays() -> None:
    picture = page(((195, 20), (195, 280)))

    assert (cleaned(picture) == np.asarray(picture)[100:140, 40:361]).all()


def test_a_black_block_is_no_rule() -> None:
    picture = page(((60, 20), (60, 280)), width=40)

    assert (cleaned(picture) == np.asarray(picture)[100:140, 40:361]).all()


def test_a_line_at_the_edge_of_the_page_has_nothing_beyond() -> None:
    picture = page(((45, 0), (45, 280))).crop((0, 100, 400, 300))
    outline = OUTLINE - (0, 100)
    cut = cut_line_placed(picture, outline)

    found = without_rules(cut, Slices(cut, outline, picture.size), np.asarray(picture))

    assert found is cut


def test_a_line_without_ink_stays_as_it_is() -> None:
    picture = Image.new("L", (400, 300), 255)

    assert (cleaned(picture) == 255).all()
