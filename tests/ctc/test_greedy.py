"""Greedy decoding: the best path, its labels, its frames and its scores."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.ctc import greedy

if TYPE_CHECKING:
    from numpy.typing import NDArray


def spelling(path: list[int], labels: int) -> NDArray[np.float32]:
    """A (T, V) line whose best path is given: 0.9 on it, the rest spread over the other labels."""
    line = np.full((len(path), labels), math.log(0.1 / (labels - 1)), np.float32)
    line[np.arange(len(path)), path] = math.log(0.9)
    return line


def by_numpy(line: NDArray[np.float32], blank: int) -> list[int]:
    return [label for label, _ in itertools.groupby(line.argmax(axis=1).tolist()) if label != blank]


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ([0, 1, 1, 0, 1, 2, 2], [1, 1, 2]),
        ([1, 2, 1], [1, 2, 1]),
        ([1, 1, 1], [1]),
        ([0, 0], []),
        ([], []),
    ],
)
def test_repeats_merge_before_blanks_drop(path: list[int], labels: list[int]) -> None:
    decoded = greedy(spelling(path, 3))

    assert decoded[0][0].labels.tolist() == labels


@pytest.mark.parametrize("blank", [0, 1, 4])
def test_the_labels_are_those_of_numpys_arg_max(blank: int) -> None:
    # Five values only, so that ties abound: they go to the lowest label.
    log_probs = -np.random.default_rng(1).integers(0, 5, (50, 20, 5)).astype(np.float32)

    decoded = greedy(log_probs, blank=blank)

    assert [line[0].labels.tolist() for line in decoded] == [by_numpy(line, blank) for line in log_probs]


@pytest.mark.parametrize("rescore", [False, True])
def test_rescoring_changes_no_label(rescore: bool) -> None:
    # Differences that vanish when a frame of such sums is normalised in float32.
    log_probs = np.random.default_rng(2).uniform(0, 1e-6, (50, 9, 4)).astype(np.float32) - np.float32(1e-6)

    decoded = greedy(log_probs, rescore=rescore)

    assert [line[0].labels.tolist() for line in decoded] == [by_numpy(line, 0) for line in log_probs]


def test_by_default_scores_and_confidences_take_the_log_probs_as_they_stand() -> None:
    line = np.array([[-1.0, -0.5], [-2.0, -0.25], [-0.75, -3.0]], np.float32)

    best = greedy(line)[0][0]

    assert best.score == best.acoustic_score == -1.5  # -0.5 - 0.25 - 0.75
    assert best.frames.tolist() == [1]
    assert best.confidences.tolist() == pytest.approx([math.exp(-0.25)])


def test_with_rescore_all_paths_count_and_confidences_are_normalised() -> None:
    # p("a") = 0.6 * 0.6 + 2 * 0.6 * 0.4 = 0.84, of frames that sum to a half.
    line = np.log(np.array([[0.2, 0.3], [0.2, 0.3]], np.float32))

    best = greedy(line, rescore=True)[0][0]

    assert best.score == best.acoustic_score == pytest.approx(math.log(0.84 * 0.25), abs=1e-6)
    assert best.confidences.tolist() == pytest.approx([0.6])


def test_a_label_stands_at_the_first_of_its_likeliest_frames() -> None:
    line = spelling([1, 1, 1, 0, 2], 3)
    line[1:3, 1] = math.log(0.95)

    assert greedy(line)[0][0].frames.tolist() == [1, 4]


@pytest.mark.parametrize("rescore", [False, True])
def test_no_lines_give_nothing(rescore: bool) -> None:
    decoded = greedy(np.zeros((0, 5, 3), np.float32), np.zeros(0, np.int64), rescore=rescore)

    assert len(decoded) == 0
    assert list(decoded) == []


@pytest.mark.parametrize("rescore", [False, True])
def test_a_line_without_frames_is_one_empty_hypothesis_of_score_nought(rescore: bool) -> None:
    decoded = greedy(np.zeros((2, 3, 4), np.float32), [0, 0], rescore=rescore)

    assert [(line[0].labels.tolist(), line[0].score) for line in decoded] == [([], 0.0), ([], 0.0)]


def test_greedy_proves_nothing() -> None:
    assert not greedy(spelling([1, 2], 3)).proved.any()
