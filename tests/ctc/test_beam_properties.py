"""What holds of greedy and beam search for any line, against brute force."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrkit.ctc import beam_search, greedy

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVERYTHING = 10**6

log_prob = st.one_of(st.floats(-4, 0, width=32), st.sampled_from([0.0, -1.0, -60.0, -math.inf]))


@st.composite
def lines(draw: st.DrawFn) -> tuple[NDArray[np.float32], int]:
    """A (T, V) line small enough for the oracle, each frame with a finite value, and a blank."""
    labels = draw(st.integers(1, 4))
    frames = draw(st.integers(0, 5 if labels < 4 else 4))
    values = draw(st.lists(log_prob, min_size=frames * labels, max_size=frames * labels))
    line = np.array(values, np.float32).reshape(frames, labels)
    line[:, draw(st.integers(0, labels - 1))] = draw(st.floats(-4, 0, width=32))
    return line, draw(st.integers(0, labels - 1))


def near(score: float) -> object:
    return pytest.approx(score, abs=1e-4, rel=1e-6)


@settings(deadline=None, max_examples=150)
@given(lines())
def test_an_unbounded_beam_is_the_oracle(case: tuple[NDArray[np.float32], int]) -> None:
    line, blank = case

    decoded = beam_search(line, blank=blank, beam_width=EVERYTHING, n_best=EVERYTHING, token_cut=0)

    found = {tuple(one.labels.tolist()): one for one in decoded[0]}
    expected = oracle.labellings(line, blank)
    assert found.keys() == expected.keys()
    for labels, score in expected.items():
        assert found[labels].score == found[labels].acoustic_score == near(score)
    assert decoded.proved.tolist() == [True]


@settings(deadline=None, max_examples=300)
@given(lines(), st.integers(1, 3))
def test_the_best_of_an_unbounded_beam_are_the_best_of_all(case: tuple[NDArray[np.float32], int], n_best: int) -> None:
    # The beam's own sums choose which few are given out, and so are seen through.
    line, blank = case

    decoded = beam_search(line, blank=blank, beam_width=EVERYTHING, n_best=n_best, token_cut=0)

    expected = [near(score) for _, score in oracle.ranked(line, blank)[:n_best]]
    assert [one.score for one in decoded[0]] == expected


@settings(deadline=None, max_examples=150)
@given(lines(), st.integers(1, 6), st.integers(1, 8), st.floats(0, 1))
def test_any_beam_is_exact_in_what_it_returns(
    case: tuple[NDArray[np.float32], int], beam_width: int, n_best: int, token_cut: float
) -> None:
    line, blank = case

    decoded = beam_search(line, blank=blank, beam_width=beam_width, n_best=n_best, token_cut=token_cut)

    ranked = oracle.ranked(line, blank)
    scores = [one.score for one in decoded[0]]
    assert scores == [near(dict(ranked)[tuple(one.labels.tolist())]) for one in decoded[0]]
    assert scores == sorted(scores, reverse=True)
    if decoded.proved[0]:
        assert scores == [near(score) for _, score in ranked[:n_best]]
    assert scores[0] >= greedy(line, blank=blank, rescore=True)[0][0].score


@settings(deadline=None, max_examples=150)
@given(lines())
def test_labels_stand_on_a_best_alignment_where_they_are_likeliest(case: tuple[NDArray[np.float32], int]) -> None:
    line, blank = case
    wide = line.astype(np.float64)
    normalised = wide - np.array([oracle.log_sum(frame.tolist()) for frame in wide]).reshape(-1, 1)

    for one in beam_search(line, blank=blank, beam_width=EVERYTHING, n_best=4, token_cut=0)[0]:
        labels = tuple(one.labels.tolist())
        paths = oracle.best_paths(line, labels, blank)
        chances = [
            [normalised[t, label] for t, label in zip(oracle.frames_on(path, normalised, blank), labels, strict=True)]
            for path in paths
        ]
        got = [normalised[t, label] for t, label in zip(one.frames, labels, strict=True)]
        assert any(got == pytest.approx(wanted, abs=1e-5) for wanted in chances)
        assert one.confidences.tolist() == pytest.approx(np.exp(got).tolist(), abs=1e-6)
        assert one.frames.tolist() == sorted(set(one.frames.tolist()))


@settings(deadline=None, max_examples=60)
@given(lines(), st.randoms(use_true_random=False))
def test_renaming_the_labels_renames_the_answers(case: tuple[NDArray[np.float32], int], random: object) -> None:
    line, blank = case
    order = list(range(line.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    renamed = line[:, order]

    plain = beam_search(line, blank=blank, beam_width=EVERYTHING, n_best=EVERYTHING, token_cut=0)[0]
    moved = beam_search(renamed, blank=order.index(blank), beam_width=EVERYTHING, n_best=EVERYTHING, token_cut=0)[0]

    expected = {tuple(one.labels.tolist()): near(one.score) for one in plain}
    assert {tuple(order[label] for label in one.labels): one.score for one in moved} == expected
