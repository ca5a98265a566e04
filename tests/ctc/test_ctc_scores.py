"""Acoustic scores against torch's CTC loss, in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from oracle import below_zero

from ocrkit.ctc import beam_search, greedy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Hypothesis


def log_probability(line: NDArray[np.float32], labels: list[int], blank: int) -> float:
    loss = torch.nn.functional.ctc_loss(
        torch.from_numpy(line.astype(np.float64))[:, None],
        torch.tensor([labels], dtype=torch.long),
        [len(line)],
        [len(labels)],
        blank=blank,
        reduction="sum",
    )
    return -float(loss)


def posteriors(seed: int, shape: tuple[int, ...], scale: float, *, normalised: bool) -> NDArray[np.float32]:
    """Flat where ``scale`` is small, peaked where it is large."""
    logits = torch.from_numpy(np.random.default_rng(seed).normal(size=shape) * scale)
    values = (logits.log_softmax(-1) if normalised else logits).to(torch.float32).numpy()
    return values if normalised else below_zero(values)


def assert_exact(hypothesis: Hypothesis, line: NDArray[np.float32], blank: int) -> None:
    score = log_probability(line, hypothesis.labels.tolist(), blank)
    assert hypothesis.acoustic_score == pytest.approx(score, abs=1e-4, rel=1e-6)


@pytest.mark.parametrize("normalised", [True, False])
@pytest.mark.parametrize("scale", [0.0, 0.3, 3.0, 20.0])
@pytest.mark.parametrize(("frames", "labels", "blank"), [(1, 2, 0), (30, 37, 0), (85, 81, 80), (200, 5, 2)])
def test_scores_are_ctc_loss(frames: int, labels: int, blank: int, scale: float, normalised: bool) -> None:
    log_probs = posteriors(5, (3, frames, labels), scale, normalised=normalised)

    searched = beam_search(log_probs, blank=blank, beam_width=4, n_best=3)
    greedily = greedy(log_probs, blank=blank, rescore=True)

    for line, ranked, single in zip(log_probs, searched, greedily, strict=True):
        for hypothesis in [*ranked, *single]:
            assert_exact(hypothesis, line, blank)


def test_scores_are_ctc_loss_at_minus_60_nats_off_the_path() -> None:
    line = np.full((40, 10), -60.0, np.float32)
    line[np.arange(40), np.random.default_rng(6).integers(0, 10, 40)] = 0

    hypotheses = beam_search(line, beam_width=30, n_best=10, token_cut=0)[0]

    assert len(hypotheses) == 10
    for hypothesis in hypotheses:
        assert_exact(hypothesis, line, 0)


@pytest.mark.parametrize("scale", [0.5, 8.0])
def test_scores_are_ctc_loss_over_5000_frames(scale: float) -> None:
    line = posteriors(7, (5000, 8), scale, normalised=True)

    assert_exact(beam_search(line, beam_width=4)[0][0], line, 0)


def test_scores_are_ctc_loss_over_20000_labels() -> None:
    line = posteriors(8, (12, 20000), 3.0, normalised=True)

    for hypothesis in beam_search(line, n_best=3)[0]:
        assert_exact(hypothesis, line, 0)
