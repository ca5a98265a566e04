"""Where characters stand in a line: ink of known columns, and a place in each character."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ocrkit.data.records import CharacterSpan
from ocrkit.pages.columns import Column, columns_of, ink_columns

HEIGHT = 10


def inked(*parts: tuple[int, int], width: int = 60) -> np.ndarray:
    ink = np.zeros(width, np.int64)
    for left, right in parts:
        ink[left:right] = HEIGHT
    return ink


def spans(*told: tuple[str, int]) -> list[CharacterSpan]:
    """Characters, each with a frame of two pixels at a place."""
    return [CharacterSpan(text, place, place + 2, 0.9) for text, place in told]


def test_characters_are_parted_where_the_ink_is() -> None:
    found = columns_of(spans(("a", 7), ("b", 20)), inked((5, 12), (16, 25)), HEIGHT)

    assert found[0].left == 5
    assert 12 <= found[0].right == found[1].left <= 16
    assert found[1].right == 25


def test_touching_characters_are_parted_where_there_is_least_ink() -> None:
    ink = inked((5, 25))
    ink[14] = 1

    found = columns_of(spans(("a", 7), ("b", 20)), ink, HEIGHT)

    assert found == [Column(5, 14), Column(14, 25)]


def test_words_begin_and_end_with_their_ink_and_a_space_has_the_gap() -> None:
    found = columns_of(spans(("a", 7), (" ", 13), ("b", 31)), inked((5, 12), (26, 35)), HEIGHT)

    assert found == [Column(5, 12), Column(12, 26), Column(26, 35)]


def test_a_specimen_with_several_spaces_between_words_has_one_gap() -> None:
    found = columns_of(spans(("a", 7), (" ", 13), (" ", 17), ("b", 31)), inked((5, 12), (26, 35)), HEIGHT)

    assert (found[0], found[3]) == (Column(5, 12), Column(26, 35))


def test_characters_in_another_order_than_on_paper_have_their_own_places() -> None:
    found = columns_of(spans(("b", 31), (" ", 20), ("a", 7)), inked((5, 12), (26, 35)), HEIGHT)

    assert found == [Column(26, 35), Column(12, 26), Column(5, 12)]


def test_ink_far_outside_of_the_first_and_last_character_is_not_theirs() -> None:
    found = columns_of(spans(("a", 30)), inked((0, 4), (28, 34), (56, 60)), HEIGHT)

    assert found == [Column(28, 34)]


@pytest.mark.parametrize("places", [(0, 0), (58, 58), (59, 59), (30, 30)])
def test_characters_at_one_place_have_a_column_each_on_the_line(places: tuple[int, int]) -> None:
    found = columns_of(spans(("a", places[0]), ("b", places[1])), inked(), HEIGHT)

    assert all(0 <= column.left < column.right <= 60 for column in found)


def test_no_characters_have_no_columns() -> None:
    assert columns_of([], inked(), HEIGHT) == []


@pytest.mark.parametrize(("paper", "letter"), [(255, 0), (20, 230), (200, 120)])
def test_ink_is_what_differs_from_the_ground_dark_or_light(paper: int, letter: int) -> None:
    line = Image.new("L", (40, 10), paper)
    line.paste(letter, (10, 2, 14, 8))

    assert ink_columns(line).tolist() == [0] * 10 + [6] * 4 + [0] * 26


def test_the_noise_of_paper_is_no_ink() -> None:
    noise = np.random.default_rng(1).normal(200, 3, (10, 40)).clip(0, 255).astype(np.uint8)

    assert ink_columns(Image.fromarray(noise)).sum() == 0
