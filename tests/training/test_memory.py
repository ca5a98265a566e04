"""What is said of a batch that memory does not hold."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ocrkit.training.batches import make_batch
from ocrkit.training.memory import MemoryGauge, halvings, is_out_of_memory


@pytest.mark.parametrize(
    ("columns", "fitting", "at_most", "times"),
    [
        (1000, 600, 9, 1),
        (1000, 300, 9, 2),
        (1000, 1000, 9, 1),  # it has not fitted, whatever was measured
        (1000, 1, 3, 3),
        (1000, 0, 9, 1),  # nothing was measured
        (1000, 600, 0, 0),
    ],
)
def test_a_batch_is_halved_until_it_fits(columns: int, fitting: float, at_most: int, times: int) -> None:
    assert halvings(columns, fitting, at_most=at_most) == times


@pytest.mark.parametrize(
    ("batch_size", "way_out"),
    [(32, "begin anew with `training.batch_size=16`"), (1, "take a smaller network, or leave out wide lines")],
)
def test_a_batch_that_does_not_fit_is_named_with_a_size_that_may(batch_size: int, way_out: str) -> None:
    batch = make_batch([np.zeros((8, width), np.uint8) for width in (20, 31)], [np.array([1]), np.array([2])])

    error = MemoryGauge(torch.device("cpu")).error([batch], batch_size)

    assert str(error) == f"a batch of 2 lines, the widest of 31 px, does not fit memory; {way_out}"


def test_a_cpu_without_memory_is_recognised() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(1 << 46)

    assert is_out_of_memory(raised.value)
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
