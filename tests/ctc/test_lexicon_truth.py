"""Lexicon search over thousands of lines of all shapes: the arg-max of torch's CTC loss over the lexicon, each time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.ctc import Lexicon, lexicon_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINES = 40
BATCHES = 100
Entry = tuple[int, ...]


def flat(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.floating]:
    return random.normal(size=shape) * 0.1


def noisy(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.floating]:
    return random.normal(size=shape) * 2


def peaked(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.floating]:
    logits = random.normal(size=shape)
    np.put_along_axis(logits, random.integers(0, shape[2], (*shape[:2], 1)), 9.0, axis=2)
    return logits


def sixty_nats(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.floating]:
    """All but one label of a frame about 60 nats below it: in float32 nothing is left of two of them."""
    logits = random.normal(size=shape) - 60
    np.put_along_axis(logits, random.integers(0, shape[2], (*shape[:2], 1)), 0.0, axis=2)
    return logits


def holed(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.floating]:
    """Labels that are impossible, and frames that do not sum to one."""
    logits = np.where(random.random(shape) < 0.4, -np.inf, -np.abs(random.normal(size=shape) * 3 - 5))
    np.put_along_axis(logits, random.integers(0, shape[2], (*shape[:2], 1)), -0.5, axis=2)
    return logits


def normalised(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    return torch.from_numpy(logits).log_softmax(-1).to(torch.float32).numpy()


def losses(
    batch: NDArray[np.float32], lengths: NDArray[np.integer], entries: list[Entry], blank: int
) -> NDArray[np.float64]:
    """-ctc_loss in float64, (lines, entries); a line without frames has no entry."""
    targets = torch.nn.utils.rnn.pad_sequence([torch.tensor(entry) for entry in entries], batch_first=True)
    found = torch.nn.functional.ctc_loss(
        torch.from_numpy(batch).double().transpose(0, 1).repeat_interleave(len(entries), dim=1),
        targets.repeat(len(batch), 1),
        torch.from_numpy(lengths).repeat_interleave(len(entries)),
        torch.tensor([len(entry) for entry in entries]).repeat(len(batch)),
        blank=blank,
        reduction="none",
    )
    scores = -found.numpy().reshape(len(batch), len(entries))
    scores[lengths == 0] = -math.inf
    return scores


def entries_of(random: np.random.Generator, labels: int, blank: int) -> list[Entry]:
    """From few labels, so that words begin words and letters come twice; and some from all."""
    letters = np.delete(np.arange(labels), blank)
    few = random.choice(letters, min(3, len(letters)), replace=False)
    return list(
        dict.fromkeys(
            tuple(random.choice(few if random.random() < 0.7 else letters, random.integers(1, 9)).tolist())
            for _ in range(random.integers(1, 60))
        )
    )


@pytest.mark.parametrize("kind", [flat, noisy, peaked, sixty_nats, holed])
def test_the_answer_is_the_arg_max_of_ctc_loss(kind: object) -> None:
    for seed in range(BATCHES):
        random = np.random.default_rng(seed)
        labels, frames = int(random.integers(2, 40)), int(random.integers(1, 30))
        blank, n_best = int(random.integers(labels)), int(random.choice([1, 3, 100]))
        logits = kind(random, (LINES, frames, labels))  # type: ignore[operator]
        batch = logits.astype(np.float32) if kind is holed else normalised(logits)
        lengths = random.integers(0, frames + 1, LINES)
        entries = entries_of(random, labels, blank)

        decoded = lexicon_search(batch, lengths, lexicon=Lexicon(entries), blank=blank, n_best=n_best, threads=1)

        truth = losses(batch, lengths, entries, blank)
        assert decoded.proved.all()
        for hypotheses, scores in zip(decoded, truth, strict=True):
            best = np.sort(scores[scores > -math.inf])[::-1][:n_best]
            np.testing.assert_allclose([one.score for one in hypotheses], best, rtol=1e-6, atol=1e-4)
            own = [scores[one.entry] for one in hypotheses]
            np.testing.assert_allclose([one.score for one in hypotheses], own, rtol=1e-6, atol=1e-4)
