from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ocrkit.training.batches import Batch, make_batch
from ocrkit.training.loss import line_losses, summed_loss


def batch_of(*labels: list[int]) -> Batch:
    return make_batch([np.zeros((4, 4), np.uint8)] * len(labels), [np.array(label, np.int64) for label in labels])


def uniform(lines: int, frames: int, labels: int) -> torch.Tensor:
    return torch.full((lines, frames, labels), -math.log(labels))


def test_the_loss_sums_over_every_path_that_spells_the_labels() -> None:
    # Of the 9 paths of two frames over blank, a, b: "a" is spelled by aa, a_, _a.
    losses = line_losses(uniform(1, 2, 3), torch.tensor([2]), batch_of([1]))

    assert losses.tolist() == pytest.approx([-math.log(3 / 9)])


def test_frames_past_a_lines_length_do_not_count() -> None:
    # In one frame "a" is spelled by one of three paths; what stands in the second frame is not looked at.
    log_probs = uniform(1, 2, 3)
    log_probs[0, 1] = -50.0

    assert line_losses(log_probs, torch.tensor([1]), batch_of([1])).tolist() == pytest.approx([math.log(3)])


def test_each_line_has_its_own_loss_and_the_batch_their_sum() -> None:
    log_probs, lengths, batch = uniform(2, 2, 3), torch.tensor([2, 2]), batch_of([1], [1, 2])

    # "ab" in two frames is one path of nine.
    assert line_losses(log_probs, lengths, batch).tolist() == pytest.approx([math.log(3), math.log(9)])
    assert float(summed_loss(log_probs, lengths, batch)) == pytest.approx(math.log(27))


def test_a_line_that_no_path_spells_has_an_infinite_loss() -> None:
    losses = line_losses(uniform(2, 2, 3), torch.tensor([2, 2]), batch_of([1, 1], [1]))

    assert losses.tolist() == pytest.approx([math.inf, math.log(3)])


def test_an_empty_label_is_spelled_by_blanks_alone() -> None:
    assert line_losses(uniform(1, 2, 3), torch.tensor([2]), batch_of([])).tolist() == pytest.approx([math.log(9)])


def test_without_a_frame_only_an_empty_label_is_spelled() -> None:
    losses = line_losses(uniform(2, 0, 3), torch.tensor([0, 0]), batch_of([1], []))

    assert losses.tolist() == [math.inf, 0.0]
