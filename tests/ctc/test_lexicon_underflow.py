"""Lines on which every entry is so unlikely that no float holds its probability."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.ctc import Lexicon, greedy, lexicon_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

OFF_LABEL = -60.0


def peaked(path: NDArray[np.integer], labels: int) -> NDArray[np.float32]:
    """(T, V) with all but e^-60 of each frame's mass on the label of `path`."""
    line = np.full((len(path), labels), OFF_LABEL, np.float32)
    line[np.arange(len(path)), path] = 0.0
    return line


def losses(line: NDArray[np.float32], entries: list[tuple[int, ...]]) -> list[float]:
    return torch.nn.functional.ctc_loss(
        torch.tensor(line, dtype=torch.float64)[:, None].expand(-1, len(entries), -1),
        torch.tensor([label for entry in entries for label in entry]),
        torch.full((len(entries),), len(line)),
        torch.tensor([len(entry) for entry in entries]),
        reduction="none",
    ).tolist()


def entries_of(rng: np.random.Generator, count: int, low: int, high: int, longest: int) -> list[tuple[int, ...]]:
    return [tuple(rng.integers(low, high, rng.integers(1, longest + 1)).tolist()) for _ in range(count)]


@pytest.mark.parametrize("seed", range(5))
def test_5000_peaked_frames_with_no_entry_near_are_searched_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # The line writes some 2,000 labels of 1..29; the entries have at most 8.
    line = peaked(np.where(rng.random(5000) < 0.6, 0, rng.integers(1, 30, 5000)), 30)
    entries = entries_of(rng, 60, 1, 30, 8)
    least = min(losses(line, entries))

    decoded = lexicon_search(line, lexicon=Lexicon(entries), threads=1)

    assert least > 50_000
    assert decoded.proved[0]
    assert decoded[0][0].score == pytest.approx(-least, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_short_lines_far_from_every_entry_are_searched_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Entries use labels that the line never writes, so each label of theirs costs 60 nats and more.
    line = peaked(rng.integers(0, 5, 40), 12)
    line -= np.abs(rng.normal(size=line.shape)).astype(np.float32)
    entries = entries_of(rng, 100, 3, 12, 7)
    expected = sorted(losses(line, entries))

    decoded = lexicon_search(line, lexicon=Lexicon(entries), n_best=10, threads=1)

    assert decoded.proved[0]
    distinct = sorted({-each.score for each in decoded[0]})
    assert distinct == pytest.approx(sorted(set(expected))[: len(distinct)], rel=1e-5)
    assert decoded[0][0].score == pytest.approx(-expected[0], rel=1e-6)


def test_a_late_peak_is_found_behind_what_a_float_has_lost() -> None:
    # Sixteen peaks of label 1 cost any entry 960 nats, past e^-745; only then comes what tells the entries apart.
    path = np.array([1, 0] * 16 + [2, 0, 3])
    line = peaked(path, 5)

    decoded = lexicon_search(line, lexicon=Lexicon([[4, 4], [2, 3], [3, 2], [2], [3]]), n_best=5, threads=1)

    assert decoded[0][0].labels.tolist() == [2, 3]
    # Sixteen frames of label 1 read as the blank; ways to let label 2 begin early cost more.
    assert decoded[0][0].score == pytest.approx(-960.0, abs=1e-3)
    assert decoded.proved[0]


def test_logs_far_below_any_network_are_searched_exactly() -> None:
    line = np.full((3, 4), -1e30, np.float32)
    line[:, 0] = 0.0

    decoded = lexicon_search(line, lexicon=Lexicon([[1, 2], [3]]), threads=1)

    assert decoded[0][0].labels.tolist() == [3]
    assert decoded[0][0].score == pytest.approx(-1e30, rel=1e-6)
    assert decoded.proved[0]


def test_priors_decide_between_entries_that_no_float_holds() -> None:
    line = peaked(np.zeros(100, int), 4)
    lexicon = Lexicon([[1, 2], [1, 3]], counts=[1, 1000])

    decoded = lexicon_search(line, lexicon=lexicon, prior_weight=1.0, threads=1)

    assert decoded[0][0].labels.tolist() == [1, 3]


def test_long_flat_lines_are_searched_exactly() -> None:
    # Every path has probability 4^-2000, which is e^-2773.
    line = np.full((2000, 4), -math.log(4), np.float32)
    entries = [(1,), (1, 2), (1, 1), (1, 2, 3)]

    decoded = lexicon_search(line, lexicon=Lexicon(entries), n_best=4, threads=1)

    assert [tuple(each.labels.tolist()) for each in decoded[0]] == [(1, 2, 3), (1, 2), (1, 1), (1,)]
    expected = sorted((-loss for loss in losses(line, entries)), reverse=True)
    assert [each.score for each in decoded[0]] == pytest.approx(expected, rel=1e-6)


def test_a_far_line_is_rejected_without_a_floats_help() -> None:
    rng = np.random.default_rng(4)
    line = peaked(np.where(rng.random(2000) < 0.6, 0, rng.integers(1, 30, 2000)), 30)
    lexicon = Lexicon(entries_of(rng, 500, 1, 30, 8))

    decoded = lexicon_search(line, lexicon=lexicon, reject_below=50.0, threads=1)

    assert decoded[0] == []
    assert decoded.proved[0]
    assert greedy(line).scores[0] > -1.0
