"""What must hold of lexicon search for any line and any lexicon."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrkit.ctc import Lexicon, greedy, lexicon_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABELS = 5

Entry = tuple[int, ...]

entries_strategy = st.lists(
    st.lists(st.integers(1, LABELS - 1), min_size=1, max_size=5).map(tuple), min_size=1, max_size=25
)
log_prob = st.one_of(
    st.floats(-3.0, 0.0, width=32), st.floats(-80.0, 0.0, width=32), st.sampled_from([0.0, -60.0, -1000.0, -math.inf])
)


@st.composite
def lines(draw: st.DrawFn) -> NDArray[np.float32]:
    """(T, V) values that need not sum to one; label 0, the blank, is always possible."""
    frames = draw(st.integers(0, 8))
    values = draw(st.lists(log_prob, min_size=frames * LABELS, max_size=frames * LABELS))
    line = np.array(values, np.float32).reshape(frames, LABELS)
    line[:, 0] = np.maximum(line[:, 0], -90.0)
    return line


def score_of(line: NDArray[np.float32], entry: Entry) -> float:
    if len(line) == 0:
        return -math.inf
    loss = torch.nn.functional.ctc_loss(
        torch.tensor(line, dtype=torch.float64)[:, None],
        torch.tensor([entry]),
        [len(line)],
        [len(entry)],
        reduction="sum",
    )
    return -loss.item()


def tolerance(score: float) -> float:
    return max(1e-4, 1e-6 * abs(score))


@settings(max_examples=150, deadline=None)
@given(line=lines(), entries=entries_strategy, n_best=st.integers(1, 6))
def test_no_entry_left_out_scores_more_than_one_given(
    line: NDArray[np.float32], entries: list[Entry], n_best: int
) -> None:
    hypotheses = lexicon_search(line, lexicon=Lexicon(entries), n_best=n_best, threads=1)[0]

    scores = {entry: score_of(line, entry) for entry in set(entries)}
    ranked = sorted((score for score in scores.values() if score > -math.inf), reverse=True)[:n_best]
    assert len(hypotheses) == len(ranked)
    for hypothesis, best in zip(hypotheses, ranked, strict=True):
        assert abs(hypothesis.score - best) <= tolerance(best)
        assert abs(hypothesis.score - scores[tuple(hypothesis.labels.tolist())]) <= tolerance(best)


@settings(max_examples=100, deadline=None)
@given(line=lines(), entries=entries_strategy, order=st.permutations(range(LABELS)), n_best=st.integers(1, 4))
def test_renaming_the_labels_renames_the_answer(
    line: NDArray[np.float32], entries: list[Entry], order: list[int], n_best: int
) -> None:
    renamed_line = np.empty_like(line)
    renamed_line[:, order] = line
    renamed = Lexicon([[order[label] for label in entry] for entry in entries])

    decoded = lexicon_search(renamed_line, lexicon=renamed, blank=order[0], n_best=n_best)

    plain = lexicon_search(line, lexicon=Lexicon(entries), n_best=n_best)
    np.testing.assert_allclose(decoded.scores, plain.scores, rtol=1e-6, atol=1e-5)
    for hypothesis in decoded[0]:
        labels = [order.index(label) for label in hypothesis.labels]
        assert abs(score_of(line, tuple(labels)) - hypothesis.score) <= tolerance(hypothesis.score)


@settings(max_examples=100, deadline=None)
@given(line=lines(), entries=entries_strategy, padding=st.integers(0, 3), n_best=st.integers(1, 4))
def test_padding_is_never_read(line: NDArray[np.float32], entries: list[Entry], padding: int, n_best: int) -> None:
    padded = np.concatenate([line, np.full((padding, LABELS), np.nan, np.float32)])[None]

    decoded = lexicon_search(padded, [len(line)], lexicon=Lexicon(entries), n_best=n_best)

    plain = lexicon_search(line, lexicon=Lexicon(entries), n_best=n_best)
    np.testing.assert_array_equal(decoded.scores, plain.scores)
    np.testing.assert_array_equal(decoded.labels, plain.labels)


@settings(max_examples=100, deadline=None)
@given(line=lines(), entries=entries_strategy, offsets=st.lists(st.floats(-5, 0, width=32), min_size=8, max_size=8))
def test_what_a_frame_sums_to_moves_every_score_alike(
    line: NDArray[np.float32], entries: list[Entry], offsets: list[float]
) -> None:
    added = np.array(offsets[: len(line)], np.float32)

    decoded = lexicon_search(line + added[:, None], lexicon=Lexicon(entries), n_best=30)

    plain = lexicon_search(line, lexicon=Lexicon(entries), n_best=30)
    np.testing.assert_allclose(decoded.scores, plain.scores + added.sum(), rtol=1e-6, atol=1e-3)


@settings(max_examples=100, deadline=None)
@given(line=lines(), entries=entries_strategy, distance=st.floats(0, 100))
def test_rejecting_leaves_the_answer_or_nothing(
    line: NDArray[np.float32], entries: list[Entry], distance: float
) -> None:
    decoded = lexicon_search(line, lexicon=Lexicon(entries), reject_below=distance)

    plain = lexicon_search(line, lexicon=Lexicon(entries))
    floor = greedy(line, rescore=True).scores[0] - distance
    near = len(plain.scores) > 0 and abs(plain.scores[0] - floor) <= 2 * tolerance(floor)
    kept = len(plain.scores) > 0 and plain.scores[0] >= floor
    assert decoded.proved[0]
    if not near:
        np.testing.assert_array_equal(decoded.entries, plain.entries if kept else [])


@settings(max_examples=100, deadline=None)
@given(line=lines(), entries=entries_strategy, budget=st.integers(1, 30), n_best=st.integers(1, 4))
def test_a_proof_within_a_budget_is_a_proof(
    line: NDArray[np.float32], entries: list[Entry], budget: int, n_best: int
) -> None:
    decoded = lexicon_search(line, lexicon=Lexicon(entries), budget=budget, n_best=n_best)

    if decoded.proved[0]:
        free = lexicon_search(line, lexicon=Lexicon(entries), n_best=n_best)
        np.testing.assert_array_equal(decoded.scores, free.scores)


@settings(max_examples=100, deadline=None)
@given(entries=entries_strategy)
def test_a_lexicon_gives_back_its_entries_in_order(entries: list[Entry]) -> None:
    lexicon = Lexicon(entries)

    assert [tuple(lexicon.labels(entry).tolist()) for entry in range(len(lexicon))] == list(dict.fromkeys(entries))
