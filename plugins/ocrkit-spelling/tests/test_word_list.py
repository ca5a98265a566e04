from __future__ import annotations

import itertools
import random

import pytest
from ocrkit_spelling.word_list import WordList, fold
from rapidfuzz.distance import Levenshtein


def all_words(letters: str, longest: int) -> list[str]:
    return ["".join(word) for size in range(1, longest + 1) for word in itertools.product(letters, repeat=size)]


@pytest.mark.parametrize("edits", [1, 2, 3])
def test_every_near_word_is_found_and_no_other(edits: int) -> None:
    rng = random.Random(edits)
    words = rng.sample(all_words("abcde", 5), 400)
    listed = WordList.of(words)

    for word in rng.sample(all_words("abcdx", 5), 50):
        near = {other for other in words if 0 < Levenshtein.distance(word, other) <= edits}
        assert set(listed.near(word, edits)) == near


def test_more_letters_than_bits_hide_no_word() -> None:
    letters = [chr(point) for point in range(0x4E00, 0x4E00 + 200)]
    words = [a + b for a, b in itertools.pairwise(letters)]
    listed = WordList.of(words)

    for word in words:
        assert set(listed.near(word, 1)) == {other for other in words if Levenshtein.distance(word, other) == 1}


def test_words_that_differ_in_case_are_one_and_their_counts_add_up() -> None:
    listed = WordList.of(["May", "may", "Don\u2019t"], [3, 4, 5])

    assert len(listed) == 2
    assert (listed.count("may"), listed.count("don't"), listed.total) == (7, 5, 12)


def test_without_counts_each_word_counts_once() -> None:
    listed = WordList.of(["one", "two", "One", ""])

    assert (listed.counted, listed.total, listed.count("one"), listed.count("six")) == (False, 2, 1, 0)


def test_a_word_with_letters_that_no_listed_word_has_finds_its_neighbours() -> None:
    assert WordList.of(["cat", "dog"]).near("c\u0d15t", 1) == ["cat"]


def test_an_overlong_word_has_no_neighbours() -> None:
    assert WordList.of(["a" * 70]).near("a" * 69, 2) == []


def test_folding_makes_one_apostrophe_of_two() -> None:
    assert fold("O\u2019Clock") == "o'clock"
