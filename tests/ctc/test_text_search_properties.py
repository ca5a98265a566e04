"""What holds of text search for any line, any lexicon and any separators, against brute force."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_oracle import Grammar

from ocrkit.ctc import Lexicon, text_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERYTHING = 10**6
LABELS = 4

log_prob = st.one_of(st.floats(-4, 0, width=32), st.sampled_from([0.0, -1.0, -60.0, -1000.0, -math.inf]))
entries = st.lists(
    st.lists(st.integers(1, LABELS - 1), min_size=1, max_size=4).map(tuple), min_size=1, max_size=8, unique=True
)
separators = st.frozensets(st.integers(1, LABELS - 1), max_size=2)
costs = st.one_of(st.none(), st.floats(0, 5))


@st.composite
def lines(draw: st.DrawFn) -> NDArray[np.float32]:
    """(T, V) values that need not sum to one, each frame with a finite one; label 0 is the blank."""
    frames = draw(st.integers(0, 5))
    values = draw(st.lists(log_prob, min_size=frames * LABELS, max_size=frames * LABELS))
    line = np.array(values, np.float32).reshape(frames, LABELS)
    line[:, draw(st.integers(0, LABELS - 1))] = draw(st.floats(-4, 0, width=32))
    return line


def near(score: float) -> object:
    return pytest.approx(score, abs=1e-4, rel=1e-6)


@settings(deadline=None, max_examples=150)
@given(lines(), entries, separators, costs)
def test_an_unbounded_beam_finds_every_text(
    line: NDArray[np.float32], words: list[tuple[int, ...]], apart: frozenset[int], cost: float | None
) -> None:
    grammar = Grammar(dict.fromkeys(words, 0.0), apart, math.inf if cost is None else cost)

    decoded = text_search(
        line,
        lexicon=Lexicon(words),
        separators=apart,
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        out_of_lexicon=cost,
    )

    found = {tuple(one.labels.tolist()): one for one in decoded[0]}
    expected = grammar.ranked(line)
    assert found.keys() == {labels for labels, _, _ in expected}
    for labels, score, acoustic_score in expected:
        assert found[labels].score == near(score)
        assert found[labels].acoustic_score == near(acoustic_score)
    assert [one.score for one in decoded[0]] == sorted((one.score for one in decoded[0]), reverse=True)
    assert decoded.proved.tolist() == [True]


@settings(deadline=None, max_examples=150)
@given(
    lines(),
    entries,
    separators,
    costs,
    st.lists(st.integers(1, 9), min_size=8, max_size=8),
    st.floats(0.1, 3),
)
def test_priors_count_along_the_best_way_of_cutting(
    line: NDArray[np.float32],
    words: list[tuple[int, ...]],
    apart: frozenset[int],
    cost: float | None,
    counts: list[int],
    weight: float,
) -> None:
    counted = dict(zip(words, counts, strict=False))
    priors = {word: weight * math.log(count / sum(counted.values())) for word, count in counted.items()}
    grammar = Grammar(priors, apart, math.inf if cost is None else cost)

    decoded = text_search(
        line,
        lexicon=Lexicon(words, counts=counted.values()),
        separators=apart,
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        out_of_lexicon=cost,
        prior_weight=weight,
    )

    found = {tuple(one.labels.tolist()): one.score for one in decoded[0]}
    assert found == {labels: near(score) for labels, score, _ in grammar.ranked(line)}


@settings(deadline=None, max_examples=300)
@given(lines(), entries, separators, costs, st.integers(1, 3), st.sampled_from([0.0, 1.5]))
def test_the_best_of_an_unbounded_beam_are_the_best_of_all(
    line: NDArray[np.float32],
    words: list[tuple[int, ...]],
    apart: frozenset[int],
    cost: float | None,
    n_best: int,
    weight: float,
) -> None:
    # The beam's own sums choose which few are given out, and so are seen through.
    counts = range(1, len(words) + 1)
    priors = {word: weight * math.log(count / sum(counts)) for word, count in zip(words, counts, strict=True)}
    grammar = Grammar(priors, apart, math.inf if cost is None else cost)

    decoded = text_search(
        line,
        lexicon=Lexicon(words, counts=counts),
        separators=apart,
        beam_width=EVERYTHING,
        n_best=n_best,
        token_cut=0,
        out_of_lexicon=cost,
        prior_weight=weight,
    )

    assert [one.score for one in decoded[0]] == [near(score) for _, score, _ in grammar.ranked(line)[:n_best]]


@settings(deadline=None, max_examples=150)
@given(lines(), entries, separators, costs, st.integers(1, 5), st.integers(1, 4), st.floats(0, 1))
def test_any_beam_gives_texts_with_exact_scores(
    line: NDArray[np.float32],
    words: list[tuple[int, ...]],
    apart: frozenset[int],
    cost: float | None,
    beam_width: int,
    n_best: int,
    token_cut: float,
) -> None:
    grammar = Grammar(dict.fromkeys(words, 0.0), apart, math.inf if cost is None else cost)

    decoded = text_search(
        line,
        lexicon=Lexicon(words),
        separators=apart,
        beam_width=beam_width,
        n_best=n_best,
        token_cut=token_cut,
        out_of_lexicon=cost,
    )

    ranked = grammar.ranked(line)
    scores = {labels: score for labels, score, _ in ranked}
    assert [one.score for one in decoded[0]] == [near(scores[tuple(one.labels.tolist())]) for one in decoded[0]]
    if decoded.proved[0]:
        assert [one.score for one in decoded[0]] == [near(score) for _, score, _ in ranked[:n_best]]


@settings(deadline=None, max_examples=60)
@given(lines(), entries, separators, st.permutations(range(LABELS)))
def test_renaming_the_labels_renames_the_texts(
    line: NDArray[np.float32], words: list[tuple[int, ...]], apart: frozenset[int], order: list[int]
) -> None:
    renamed_line = np.empty_like(line)
    renamed_line[:, order] = line

    plain = text_search(line, lexicon=Lexicon(words), separators=apart, beam_width=EVERYTHING, n_best=99, token_cut=0)
    renamed = text_search(
        renamed_line,
        lexicon=Lexicon([[order[label] for label in word] for word in words]),
        separators=[order[label] for label in apart],
        blank=order[0],
        beam_width=EVERYTHING,
        n_best=99,
        token_cut=0,
    )

    np.testing.assert_allclose(renamed.scores, plain.scores, rtol=1e-6, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(lines(), entries, separators, st.integers(1, 3))
def test_padding_is_never_read(
    line: NDArray[np.float32], words: list[tuple[int, ...]], apart: frozenset[int], padding: int
) -> None:
    padded = np.concatenate([line, np.full((padding, LABELS), np.nan, np.float32)])[None]

    decoded = text_search(padded, [len(line)], lexicon=Lexicon(words), separators=apart)

    plain = text_search(line, lexicon=Lexicon(words), separators=apart)
    np.testing.assert_array_equal(decoded.scores, plain.scores)
    np.testing.assert_array_equal(decoded.labels, plain.labels)
