"""Lines decoded a second, by one thread, on seeded posteriors whose answer is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from ocrkit.ctc import beam_search, greedy

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

LINES = 64


class Workload(NamedTuple):
    """Posteriors like a network's: blanks between labels, and the rest of a frame spread at random."""

    frames: int
    labels: int
    margin: float  # nats by which the path's logit exceeds the mean of the others

    def draw(self) -> tuple[NDArray[np.float32], list[list[int]]]:
        """(LINES, frames, labels) log-probabilities, and the labellings of their paths."""
        random = np.random.default_rng(20)
        path = np.zeros((LINES, self.frames), np.int64)
        path[:, 1::3] = random.integers(1, self.labels, path[:, 1::3].shape)
        logits = random.normal(size=(LINES, self.frames, self.labels))
        np.put_along_axis(logits, path[..., np.newaxis], self.margin + np.log(self.labels), axis=-1)
        logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return logits.astype(np.float32), [line[line > 0].tolist() for line in path]


WORKLOADS = {
    "word-peaked": Workload(frames=32, labels=37, margin=9.0),
    "word-flat": Workload(frames=32, labels=37, margin=3.0),
    "line-peaked": Workload(frames=192, labels=81, margin=9.0),
    "line-flat": Workload(frames=192, labels=81, margin=3.0),
    "large-peaked": Workload(frames=80, labels=6000, margin=9.0),
}
each_workload = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)


@each_workload
@pytest.mark.parametrize("rescore", [False, True], ids=["path", "rescored"])
def test_greedy(benchmark: BenchmarkFixture, workload: Workload, rescore: bool) -> None:
    log_probs, _ = workload.draw()
    paths = log_probs.argmax(axis=-1)
    firsts = np.diff(paths, axis=1, prepend=0) != 0
    expected = [line[first & (line > 0)].tolist() for line, first in zip(paths, firsts, strict=True)]

    decoded = benchmark(greedy, log_probs, rescore=rescore, threads=1)

    benchmark.extra_info["lines"] = LINES
    assert [line[0].labels.tolist() for line in decoded] == expected


@each_workload
@pytest.mark.parametrize("beam_width", [5, 25])
def test_beam_search(benchmark: BenchmarkFixture, workload: Workload, beam_width: int) -> None:
    log_probs, labellings = workload.draw()
    floor = greedy(log_probs, rescore=True, threads=1).scores

    decoded = benchmark(beam_search, log_probs, beam_width=beam_width, threads=1)

    benchmark.extra_info["lines"] = LINES
    assert (decoded.scores >= floor).all()
    if workload.margin > 5:
        assert [line[0].labels.tolist() for line in decoded] == labellings
