"""The frames of known labels lie on the best path of all: against trying every path."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest

from ocrkit.pages.aligning.paths import frames_of


@pytest.mark.parametrize("labels", [(1,), (1, 2), (2, 2), (1, 2, 1)])
@pytest.mark.parametrize("seed", range(5))
def test_each_label_is_where_it_is_likeliest_on_the_best_path(labels: tuple[int, ...], seed: int) -> None:
    nats = np.log(np.random.default_rng(seed).dirichlet(np.full(3, 0.5), 6))
    spelling = [
        path
        for path in product(range(3), repeat=len(nats))
        if tuple(label for label, _ in groupby(path) if label) == labels
    ]
    best = max(spelling, key=lambda path: sum(nats[frame, label] for frame, label in enumerate(path)))

    found = frames_of(nats, labels)

    runs = [[frame for frame, _ in run] for label, run in groupby(enumerate(best), key=lambda at: at[1]) if label]
    assert found.tolist() == [
        max(run, key=lambda frame, label=label: nats[frame, label]) for run, label in zip(runs, labels, strict=True)
    ]


def test_labels_without_frames_enough_stand_side_by_side() -> None:
    assert frames_of(np.zeros((2, 3)), [1, 1, 2, 2]).tolist() == [0, 0, 1, 1]


def test_no_labels_have_no_frames() -> None:
    assert frames_of(np.zeros((2, 3)), []).size == 0
