"""Letters on a page, natively and as the oracle sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import forme_oracle
import numpy as np
import pytest

from ocrkit._drawing import Letter, ink_boxed, on_paper, printed

if TYPE_CHECKING:
    from numpy.typing import NDArray

NONE = forme_oracle.Ink(np.zeros((0, 0), np.uint8), 0, 0)


def an_ink(rng: np.random.Generator, *, may_be_none: bool = True) -> forme_oracle.Ink:
    if may_be_none and rng.random() < 0.3:
        return NONE
    height, width = rng.integers(1, 40, 2)
    mask = rng.integers(0, 256, (height + 2, width + 3)).astype(np.uint8)
    # A view, whose rows do not lie one behind another.
    return forme_oracle.Ink(mask[1 : height + 1, 2 : width + 2], int(rng.integers(-9, 9)), int(rng.integers(-30, 30)))


def a_type(rng: np.random.Generator) -> forme_oracle.Type:
    # Ways of quarters, so that pens fall midway between pixels too.
    return forme_oracle.Type(an_ink(rng), an_ink(rng), int(rng.integers(0, 120)) / 4, bool(rng.random() < 0.2))


def letter_of(one: forme_oracle.Type) -> Letter:
    letter = Letter(*one.ink, one.advance, one.is_space)
    if one.mark.mask.size:
        letter.set_mark(*one.mark)
    return letter


@pytest.mark.parametrize("seed", range(60))
def test_letters_are_printed_as_the_oracle_prints_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    types = [a_type(rng) for _ in range(rng.integers(0, 25))]
    shifts = rng.integers(-3, 4, len(types)).tolist() if seed % 2 else []
    inkings = 1 - 0.35 * rng.random((2, len(types))) if seed % 3 else None
    ways = [int(way) / 4 for way in rng.integers(-8, 30, 3)]

    page, top = printed([letter_of(one) for one in types], shifts, inkings, *ways)

    expected, expected_top = forme_oracle.printed(types, shifts, inkings, *ways)
    assert np.array_equal(page, expected)
    assert top == expected_top


@pytest.mark.parametrize("seed", range(20))
def test_ink_is_boxed_and_put_on_paper_as_the_oracle_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = np.pad(an_ink(rng, may_be_none=False).mask, rng.integers(0, 4, (2, 2)).tolist())
    first, top, bottom = int(rng.integers(-20, 20)), int(rng.integers(-30, 10)), int(rng.integers(10, 60))
    margins = rng.integers(0, 9, 4).tolist()

    boxed = ink_boxed(ink, first, top, bottom)

    assert np.array_equal(boxed, forme_oracle.ink_boxed(ink, first, top, bottom))
    assert np.array_equal(on_paper(boxed, *margins), forme_oracle.on_paper(boxed, *margins))


@pytest.mark.parametrize("shape", [(0, 0), (3, 5)])
def test_a_page_without_ink_stays_as_it_is(shape: tuple[int, int]) -> None:
    page = np.zeros(shape, np.uint8)

    assert ink_boxed(page, 0, -5, 5).shape == shape
    assert on_paper(page, 1, 2, 3, 4).shape == (shape[0] + 6, shape[1] + 4)


def test_a_letter_says_what_it_takes_and_how_far_the_pen_goes() -> None:
    letter = Letter(np.full((10, 20), 255, np.uint8), 0, 0, 21.5, False)
    bare = letter.bytes() - 200

    letter.set_mark(np.full((2, 3), 255, np.uint8), 4, 5)

    assert letter.advance() == 21.5
    assert letter.bytes() == bare + 206


@pytest.mark.parametrize(
    ("shifts", "inkings", "tracking", "message"),
    [
        ([1, 2], None, 0.0, "one shift a letter"),
        ([], np.ones((2, 3)), 0.0, r"\(2, letters\)"),
        ([], None, float("nan"), "within"),
        ([1 << 30], None, 0.0, "within"),
    ],
)
def test_what_fits_no_letters_is_refused(
    shifts: list[int], inkings: NDArray[np.float64] | None, tracking: float, message: str
) -> None:
    letter = Letter(np.full((2, 2), 255, np.uint8), 0, 0, 3.0, False)

    with pytest.raises(ValueError, match=message):
        printed([letter], shifts, inkings, tracking, 0.0, 0.0)
