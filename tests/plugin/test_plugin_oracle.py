"""The oracle that plugin authors' decoders are held to, itself held to sums on the page."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ocrkit.plugin import oracle


@pytest.mark.parametrize(
    ("path", "labelling"),
    [((), ()), ((0, 0), ()), ((1, 1), (1,)), ((1, 0, 1), (1, 1)), ((1, 2, 2, 0, 2), (1, 2, 2)), ((0, 3, 0), (3,))],
)
def test_repeats_merge_before_blanks_drop(path: tuple[int, ...], labelling: tuple[int, ...]) -> None:
    assert oracle.collapse(path) == labelling


def test_any_label_may_be_the_blank() -> None:
    assert oracle.collapse((2, 0, 2, 0, 0), blank=2) == (0, 0)


def test_a_labelling_sums_over_its_paths() -> None:
    # Two frames, blank 0.4 and 0.3: "1" is spelled by 11, 10 and 01: 0.6*0.7 + 0.6*0.3 + 0.4*0.7 = 0.88.
    log_probs = np.log([[0.4, 0.6], [0.3, 0.7]])

    scores = oracle.labelling_scores(log_probs)

    assert math.exp(scores[(1,)]) == pytest.approx(0.88)
    assert math.exp(scores[()]) == pytest.approx(0.12)


def test_all_labellings_together_are_certain() -> None:
    raw = np.random.default_rng(3).normal(size=(4, 3))
    log_probs = raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))

    assert math.fsum(map(math.exp, oracle.labelling_scores(log_probs).values())) == pytest.approx(1.0)


def test_what_is_impossible_is_left_out() -> None:
    log_probs = np.array([[0.0, -np.inf]])

    assert oracle.labelling_scores(log_probs) == {(): 0.0}


def test_no_frame_spells_the_empty_labelling() -> None:
    assert oracle.labelling_scores(np.empty((0, 3))) == {(): 0.0}


def test_the_best_path_takes_the_lowest_of_equal_labels() -> None:
    assert oracle.best_path(np.log([[0.2, 0.4, 0.4], [0.4, 0.4, 0.2]])) == (1,)


def test_the_best_path_need_not_spell_the_best_labelling() -> None:
    # Graves et al. 2006, figure 2: blank is likelier in both frames, yet "1" is likelier than nothing.
    log_probs = np.log([[0.6, 0.4], [0.6, 0.4]])

    scores = oracle.labelling_scores(log_probs)

    assert oracle.best_path(log_probs) == ()
    assert max(scores, key=lambda labels: scores[labels]) == (1,)
    assert math.exp(oracle.best_path_score(log_probs)) == pytest.approx(0.36)
