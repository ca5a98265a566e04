"""Text search at the border: what goes in, what is refused, and lines as they come from networks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ocrkit.ctc import Lexicon, text_search
from ocrkit.errors import EmissionsError, LexiconError, OptionError

ALPHABET = "-abcdefghijklmnopqrstuvwxyz' "
APART = [ALPHABET.index(" "), ALPHABET.index("'")]
WORDS = ["a", "an", "and", "ball", "balloon", "don't", "hollywood", "he", "well"]


def labels(text: str) -> list[int]:
    return [ALPHABET.index(character) for character in text]


def lexicon(words: list[str] = WORDS) -> Lexicon:
    return Lexicon([labels(word) for word in words])


def frames(path: str, *, peak: float = 0.9) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A (T, V) line that says ``path``, frame by frame; ``-`` is the blank."""
    line = np.full((len(path), len(ALPHABET)), (1 - peak) / (len(ALPHABET) - 1))
    line[range(len(path)), labels(path)] = peak
    return np.log(line).astype(np.float32)


def read(path: str, **options: Any) -> list[str]:
    decoded = text_search(frames(path), lexicon=lexicon(), separators=APART, **options)
    return decoded.texts(ALPHABET)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("hol-lywo-od", "hollywood"),
        ("bal-l-l and", "ball and"),
        ("annd--  a", "and a"),
        ("don't", "don't"),
        ("he 'wel-l' ", "he 'well' "),
        ("he'wel-l", "he'well"),
        ("--", ""),
        ("", ""),
    ],
)
def test_texts_of_entries_are_read_as_they_stand(path: str, text: str) -> None:
    assert read(path) == [text]


@pytest.mark.parametrize(("path", "text"), [("bal-lo", "ball"), ("a bal-lo-onz", "a balloon"), ("a hex", "a he")])
def test_the_last_stretch_is_an_entry_too(path: str, text: str) -> None:
    assert read(path) == [text]


def test_a_stretch_that_is_no_entry_is_read_for_its_cost() -> None:
    assert read("he xyz", out_of_lexicon=1.0) == ["he xyz"]

    soft = text_search(frames("he xyz"), lexicon=lexicon(), separators=APART, out_of_lexicon=1.0)[0][0]
    assert soft.score == pytest.approx(soft.acoustic_score - 3.0, abs=1e-5)
    assert soft.entry == -1


def test_one_beam_is_enough_for_what_the_line_says_plainly() -> None:
    assert read("don't  a bal-lo-on", beam_width=1) == ["don't a balloon"]


def test_float16_reads_as_the_same_numbers_widened() -> None:
    line = frames("he an-d a").astype(np.float16)

    narrow = text_search(line, lexicon=lexicon(), separators=APART, n_best=3)

    wide = text_search(line.astype(np.float32), lexicon=lexicon(), separators=APART, n_best=3)
    np.testing.assert_array_equal(narrow.scores, wide.scores)
    np.testing.assert_array_equal(narrow.labels, wide.labels)


def test_no_lines_give_nothing() -> None:
    decoded = text_search(np.zeros((0, 4, 29), np.float32), lexicon=lexicon(), separators=APART)

    assert len(decoded) == 0


def test_frames_that_do_not_sum_to_one_move_the_score_alone() -> None:
    plain = text_search(frames("a he"), lexicon=lexicon(), separators=APART)[0][0]

    moved = text_search(frames("a he") - np.float32(1.5), lexicon=lexicon(), separators=APART)[0][0]

    assert moved.labels.tolist() == plain.labels.tolist()
    assert moved.score == pytest.approx(plain.score - 4 * 1.5, abs=1e-4)


def test_texts_that_tie_are_told_apart_by_their_labels_however_the_beam_rounds() -> None:
    # "ac" and "ca" have -0.5 - e - 8 = -0.75 - e - 7.75 nats, which is all but half way between two floats of 32 bits:
    # what a beam adds up of normalised frames may be rounded to either. Label 2 is in no entry.
    e = 2**-21 - 2**-24
    line = np.array([[-8, -0.5 - e, 0, -0.75 - e], [-12, -7.75, 0, -8]], np.float32)

    decoded = text_search(line, lexicon=Lexicon([[3, 1], [1, 3]]), separators=[], token_cut=0)

    assert decoded[0][0].labels.tolist() == [1, 3]


def test_a_vocabulary_of_20_000_labels_works() -> None:
    line = np.full((3, 20_000), -20.0, np.float32)
    line[[0, 1, 2], [17, 19_999, 17]] = 0.0

    decoded = text_search(line, lexicon=Lexicon([[17]]), separators=[19_999])

    assert decoded[0][0].labels.tolist() == [17, 19_999, 17]


def test_the_threads_change_nothing() -> None:
    lines = np.stack([np.roll(frames("he an-d a well"), shift, axis=0) for shift in range(14)])

    one = text_search(lines, lexicon=lexicon(), separators=APART, n_best=2, threads=1)

    many = text_search(lines, lexicon=lexicon(), separators=APART, n_best=2, threads=8)
    np.testing.assert_array_equal(one.labels, many.labels)
    np.testing.assert_array_equal(one.scores, many.scores)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lexicon": ["a"]}, OptionError, r"lexicon is \['a'\]; expected a Lexicon"),
        ({"separators": " "}, OptionError, "separators is ' '; expected labels"),
        ({"separators": 5}, OptionError, "separators is 5; expected labels"),
        ({"separators": [0]}, OptionError, "separator 0 is the blank"),
        ({"separators": [29]}, OptionError, "there is no label 29 to separate entries; log_probs has labels 0..28"),
        ({"separators": [1.5]}, OptionError, "separators is 1.5; expected a whole number"),
        ({"beam_width": 0}, OptionError, "beam_width is 0"),
        ({"n_best": 0}, OptionError, "n_best is 0"),
        ({"token_cut": 2}, OptionError, "token_cut is 2"),
        ({"out_of_lexicon": -1}, OptionError, "out_of_lexicon is -1"),
        ({"out_of_lexicon": math.nan}, OptionError, "out_of_lexicon is nan"),
        ({"prior_weight": 1.0}, LexiconError, "the lexicon has no counts"),
        ({"lexicon": Lexicon([[29]])}, LexiconError, "another alphabet"),
        ({"lexicon": Lexicon([[0]])}, LexiconError, "which is the blank"),
        ({"lengths": [5]}, EmissionsError, r"lengths\[0\] is 5"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    given = {"lexicon": lexicon(), "separators": APART, **options}

    with pytest.raises(error, match=message):
        text_search(frames("a"), **given)
