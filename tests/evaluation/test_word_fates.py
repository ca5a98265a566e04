"""What became of words once a corrector had altered a reading, beside an oracle that tries every alignment."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

import pytest

from ocrkit.evaluation.word_fates import WordFates, aligned_words, word_fates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Way = tuple[tuple[str | None, str | None], ...]


@cache
def letters_apart(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    return min(
        letters_apart(one[1:], other[1:]) + (one[0] != other[0]),
        letters_apart(one[1:], other) + 1,
        letters_apart(one, other[1:]) + 1,
    )


def ways(truth: Sequence[str], read: Sequence[str]) -> Iterator[Way]:
    """All ways to pair words of both in order, or leave them alone."""
    if not truth and not read:
        yield ()
    if truth:
        yield from (((truth[0], None), *rest) for rest in ways(truth[1:], read))
    if read:
        yield from (((None, read[0]), *rest) for rest in ways(truth, read[1:]))
    if truth and read:
        yield from (((truth[0], read[0]), *rest) for rest in ways(truth[1:], read[1:]))


def cost(way: Way) -> tuple[int, int]:
    edits = [(one or "", other or "") for one, other in way if one != other]
    return len(edits), sum(letters_apart(*edit) for edit in edits)


@pytest.mark.parametrize("seed", range(60))
def test_words_are_laid_on_each_other_by_the_fewest_edits_of_all_ways(seed: int) -> None:
    rng = random.Random(seed)
    words = ["a", "ab", "abc", "b", "bc"]
    truth, read = (tuple(rng.choices(words, k=rng.randrange(5))) for _ in range(2))
    every = list(ways(truth, read))
    least = min(map(cost, every))

    found = aligned_words(truth, read)

    best = [[other for one, other in way if one is not None] for way in every if cost(way) == least]
    assert found in best


@pytest.mark.parametrize(
    ("truth", "read", "expected"),
    [
        ("a b c", "a b c", ["a", "b", "c"]),
        ("a b c", "a c", ["a", None, "c"]),
        ("a b", "", [None, None]),
        ("the old man", "tbe man", ["tbe", None, "man"]),  # not ["tbe", "man", None], which costs three words
        ("old man", "rnan", [None, "rnan"]),  # one word of two either way, and "rnan" is nearer to "man"
        ("a", "b a c", ["a"]),
    ],
)
def test_a_word_is_laid_on_the_one_that_it_was_read_for(truth: str, read: str, expected: list[str | None]) -> None:
    assert aligned_words(truth.split(), read.split()) == expected


@pytest.mark.parametrize(
    ("truth", "read", "corrected", "expected"),
    [
        ("the end", "tbe end", "the end", WordFates(2, mended=1)),
        ("tbe end", "tbe end", "the end", WordFates(2, spoiled=1)),
        ("the end", "tbc end", "tbe end", WordFates(2, altered=1)),
        ("the end", "tbe end", "tbe end", WordFates(2, left=1)),
        ("of the end", "ofthe end", "of the end", WordFates(3, mended=2)),
        ("the end", "tbe end", "end", WordFates(2, altered=1)),  # which is not there any more
        ("the end", "the end x", "the end", WordFates(2)),
        ("", "x", "y", WordFates()),
    ],
)
def test_a_word_is_mended_spoiled_altered_or_left(truth: str, read: str, corrected: str, expected: WordFates) -> None:
    assert word_fates(truth.split(), read.split(), corrected.split()) == expected


@pytest.mark.parametrize("seed", range(30))
def test_every_word_has_one_fate_and_words_that_are_right_are_none_of_them(seed: int) -> None:
    rng = random.Random(seed)
    truth, read, corrected = (rng.choices(["a", "b", "ab"], k=rng.randrange(6)) for _ in range(3))

    found = word_fates(truth, read, corrected)

    before, after = aligned_words(truth, read), aligned_words(truth, corrected)
    wrong = [word != there for word, there in zip(truth, before, strict=True)]
    wrong_still = [word != there for word, there in zip(truth, after, strict=True)]
    assert found.mended + found.altered + found.left == sum(wrong)
    assert found.spoiled + found.altered + found.left == sum(wrong_still)


def test_fates_of_lines_add_up_and_say_how_many_are_mended_for_each_spoiled() -> None:
    total = WordFates(9, mended=7, left=1) + WordFates(1, mended=1, spoiled=2)

    assert total == WordFates(10, mended=8, spoiled=2, left=1)
    assert total.mended_per_spoiled == 4
    assert WordFates(mended=3).mended_per_spoiled is None
