"""A hard lexicon is never worse than its best text, whatever the beam and its cut leave out at first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_oracle import Grammar

from ocrkit.ctc import Lexicon, lexicon_search, text_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

LITTLE = 0.1  # nats
LABELS = 5
SPACE = 4

words = st.lists(
    st.lists(st.integers(1, LABELS - 1), min_size=1, max_size=4).map(tuple), min_size=1, max_size=5, unique=True
)
separators = st.frozensets(st.integers(1, LABELS - 1), max_size=2)


def peaked(seed: int, frames: int, labels: int = LABELS, *, scale: float = 6.0) -> NDArray[np.float32]:
    """(T, V) random frames, normalised, most of which all but rule out most labels."""
    values = np.random.default_rng(seed).normal(0, scale, (frames, labels))
    line: NDArray[np.float32] = (values - np.log(np.exp(values).sum(1, keepdims=True))).astype(np.float32)
    return line


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 2**32), st.integers(0, 5), st.sampled_from([1.0, 6.0, 30.0]), words, separators, st.integers(1, 40)
)
def test_no_text_is_much_better_than_the_one_found(
    seed: int, frames: int, scale: float, entries: list[tuple[int, ...]], apart: frozenset[int], width: int
) -> None:
    line = peaked(seed, frames, scale=scale)
    best = Grammar(dict.fromkeys(entries, 0.0), apart).ranked(line)[0][1]

    decoded = text_search(line, lexicon=Lexicon(entries), separators=apart, beam_width=width)

    assert decoded[0][0].score > best - LITTLE
    if decoded.proved[0]:
        assert decoded[0][0].score == pytest.approx(best, abs=1e-4, rel=1e-6)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32), st.integers(1, 5), st.floats(0.1, 0.9), words, separators)
def test_nothing_is_found_only_where_no_text_is_possible(
    seed: int, frames: int, impossible: float, entries: list[tuple[int, ...]], apart: frozenset[int]
) -> None:
    line = peaked(seed, frames)
    random = np.random.default_rng(seed + 1)
    possible = line.max(1)
    line[random.random(line.shape) < impossible] = -math.inf
    line[np.arange(frames), random.integers(0, LABELS, frames)] = possible
    ranked = Grammar(dict.fromkeys(entries, 0.0), apart).ranked(line)

    decoded = text_search(line, lexicon=Lexicon(entries), separators=apart)

    assert [one.score > ranked[0][1] - LITTLE for one in decoded[0]] == [True] * min(1, len(ranked))


@pytest.mark.parametrize("options", [{}, {"beam_width": 1}, {"token_cut": 1.0}], ids=["default", "one", "cut"])
def test_without_separators_a_text_is_the_best_entry_or_nothing(options: dict[str, Any]) -> None:
    lexicon = Lexicon([[1], [2, 3, 4], [3, 4, 2]])
    lines = np.stack([peaked(seed, 6) for seed in range(500)])
    entry = np.array([line[0].score for line in lexicon_search(lines, lexicon=lexicon)])
    nothing = lines[:, :, 0].sum(1)

    decoded = text_search(lines, lexicon=lexicon, separators=[], **options)

    np.testing.assert_allclose(decoded.scores, np.maximum(entry, nothing), rtol=1e-6, atol=1e-4)
    assert decoded.proved.all()


def test_letters_far_below_the_cut_are_read_where_no_other_word_fits() -> None:
    # The frames say "ba ", then "ab" again: nothing but "ab" is a word, and each of its wrong letters costs 12 nats.
    line = np.full((6, LABELS), -14.0, np.float32)
    line[range(6), [2, 1, SPACE, 1, 2, 0]] = 0.0
    line[[0, 1], [1, 2]] = -12.0

    decoded = text_search(line, lexicon=Lexicon([[1, 2]]), separators=[SPACE])

    assert decoded[0][0].labels.tolist() == [1, 2, SPACE, 1, 2]


def test_a_long_line_whose_words_are_missing_is_read_no_worse_than_by_a_wide_beam() -> None:
    random = np.random.default_rng(7)
    lexicon = Lexicon([random.integers(1, 9, random.integers(2, 7)).tolist() for _ in range(40)])
    lines = np.stack([peaked(seed, 60, 10, scale=4.0) for seed in range(20)])

    narrow = text_search(lines, lexicon=lexicon, separators=[9])

    wide = text_search(lines, lexicon=lexicon, separators=[9], beam_width=1000, token_cut=0)
    assert (np.array(narrow.scores) > np.array(wide.scores) - LITTLE).all()


def test_the_threads_change_nothing_about_a_second_search() -> None:
    lines = np.stack([peaked(seed, 12) for seed in range(64)])
    lexicon = Lexicon([[1, 2, 3], [2, 2], [3, 1, 1, 2]])

    one = text_search(lines, lexicon=lexicon, separators=[SPACE], n_best=3, threads=1)

    many = text_search(lines, lexicon=lexicon, separators=[SPACE], n_best=3, threads=7)
    np.testing.assert_array_equal(one.labels, many.labels)
    np.testing.assert_array_equal(one.scores, many.scores)
    np.testing.assert_array_equal(one.proved, many.proved)


def test_priors_weigh_in_a_second_search() -> None:
    # "a" and "b" are as likely as each other and far below what the frame says; "b" is nine times as frequent.
    line = np.full((1, LABELS), -30.0, np.float32)
    line[0, [1, 2, 3]] = [-20.0, -20.0, 0.0]

    decoded = text_search(line, lexicon=Lexicon([[1], [2]], counts=[1, 9]), separators=[SPACE], prior_weight=1.0)

    assert decoded[0][0].labels.tolist() == [2]
    assert decoded[0][0].score == pytest.approx(-20.0 + math.log(0.9), abs=1e-4)
