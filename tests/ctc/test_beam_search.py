"""Beam search: what it ranks, what it promises, and the traps that others fell into."""

from __future__ import annotations

import math
import string

import numpy as np
import pytest

from ocrkit.ctc import beam_search, greedy

LETTERS = "-" + string.ascii_lowercase


def test_many_weak_paths_outvote_the_best_one() -> None:
    # The best path is two blanks, 0.36; "a" has 0.4 * 0.4 + 2 * 0.6 * 0.4 = 0.64.
    line = np.log(np.array([[0.6, 0.4], [0.6, 0.4]], np.float32))

    hypotheses = beam_search(line, n_best=2)[0]

    assert [one.labels.tolist() for one in hypotheses] == [[1], []]
    assert [one.score for one in hypotheses] == pytest.approx([math.log(0.64), math.log(0.36)], abs=1e-6)


@pytest.mark.parametrize("width", [1, 2, 16])
def test_hollywood_keeps_its_double_letters(width: int) -> None:
    path = [LETTERS.index(letter) for letter in "hhol-llyw-oo-od"]
    line = np.full((len(path), len(LETTERS)), math.log(0.02 / 26), np.float32)
    line[np.arange(len(path)), path] = math.log(0.98)

    assert beam_search(line, beam_width=width).texts(LETTERS) == ["hollywood"]


def test_a_line_of_flat_frames_ties_towards_the_lowest_labels() -> None:
    line = np.full((1, 4), math.log(0.25), np.float32)

    hypotheses = beam_search(line, n_best=9)[0]

    assert [one.labels.tolist() for one in hypotheses] == [[], [1], [2], [3]]
    assert [one.score for one in hypotheses] == pytest.approx([math.log(0.25)] * 4, abs=1e-6)


def test_frames_that_do_not_sum_to_one_move_the_score_and_nothing_else() -> None:
    line = np.log(np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]], np.float32))
    added = np.array([[0.5], [-2.0], [-40.0]], np.float32)

    plain = beam_search(line, n_best=5)[0]
    moved = beam_search(line + added, n_best=5)[0]

    assert [one.labels.tolist() for one in moved] == [one.labels.tolist() for one in plain]
    assert [one.score for one in moved] == pytest.approx([one.score - 41.5 for one in plain], abs=1e-4)
    for one, other in zip(moved, plain, strict=True):
        np.testing.assert_allclose(one.confidences, other.confidences, rtol=1e-5)


def test_nothing_pruned_is_proved() -> None:
    line = np.log(np.array([[0.9, 0.09, 0.01], [0.9, 0.09, 0.01]], np.float32))

    assert beam_search(line, token_cut=0).proved.tolist() == [True]
    assert beam_search(line, token_cut=0.005).proved.tolist() == [True]
    assert beam_search(line, token_cut=0.05).proved.tolist() == [False]
    assert beam_search(line, token_cut=0, beam_width=3).proved.tolist() == [False]


def test_labels_of_probability_nought_are_no_loss_when_cut() -> None:
    line = np.array([[0.0, -1.0, -np.inf]], np.float32)

    decoded = beam_search(line, n_best=9)

    assert decoded.proved.tolist() == [True]
    assert [one.labels.tolist() for one in decoded[0]] == [[], [1]]


def test_greedys_labelling_is_a_candidate_even_where_the_beam_lost_it() -> None:
    # A beam of one sees "a" ahead in every frame: 0.476. The best path spells "aa": a--a and a-aa 0.147 each,
    # aa-a 0.098, a-a- 0.063, -a-a 0.042.
    line = np.log(np.array([[0.3, 0.7], [0.6, 0.4], [0.5, 0.5], [0.3, 0.7]], np.float32))

    narrow = beam_search(line, beam_width=1)[0][0]

    assert narrow.labels.tolist() == greedy(line)[0][0].labels.tolist() == [1, 1]
    assert narrow.score == pytest.approx(math.log(0.497), abs=1e-6)


def test_no_lines_give_nothing() -> None:
    assert list(beam_search(np.zeros((0, 5, 3), np.float32))) == []


def test_a_line_without_frames_is_one_empty_hypothesis_of_score_nought() -> None:
    decoded = beam_search(np.full((2, 3, 4), np.nan, np.float32), [0, 0], n_best=3)

    assert [[(one.labels.tolist(), one.score) for one in line] for line in decoded] == [[([], 0.0)], [([], 0.0)]]
    assert decoded.proved.tolist() == [True, True]


def test_a_single_label_that_is_the_blank_spells_nothing() -> None:
    decoded = beam_search(np.full((4, 1), -0.5, np.float32))

    assert decoded[0][0].labels.tolist() == []
    assert decoded[0][0].score == pytest.approx(-2.0)


@pytest.mark.parametrize("off", [-5.0, -60.0])
def test_a_line_of_5000_frames_does_not_underflow(off: float) -> None:
    labels = np.random.default_rng(3).integers(1, 30, 1000)
    path = np.zeros(5000, np.int64)
    path[2::5] = labels
    line = np.full((5000, 30), off, np.float32)
    line[np.arange(5000), path] = 0

    best = beam_search(line, beam_width=4)[0][0]

    assert best.labels.tolist() == labels.tolist()
    assert best.frames.tolist() == list(range(2, 5000, 5))
    assert math.isfinite(best.score)
