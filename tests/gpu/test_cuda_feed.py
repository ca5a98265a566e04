"""Batches brought to a CUDA device: the same as on a CPU, whatever runs there meanwhile."""

from __future__ import annotations

import pytest
import torch
from numbered import Drawn

from ocrkit.data.image import Preprocessing
from ocrkit.plugin.registry import load_registry
from ocrkit.training.batch_augmenter import BatchAugmenter
from ocrkit.training.feeding.feed import Feed
from ocrkit.training.feeding.order import Order
from ocrkit.training.labels import Labels
from ocrkit.training.lines import Lines

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]

COUNT = 600


def images(device: str, *, workers: int, augmented: bool) -> list[torch.Tensor]:
    """The images of all batches of a pass, on the CPU, with other work on the device between them."""
    lines = Lines("training", Drawn(numbers=range(COUNT)), Labels.of([[1]] * COUNT))
    names = {"blur": 1.0, "grain": 1.0, "slant": 1.0, "cut_out": 1.0}
    augmenter = BatchAugmenter.named(names, seed=1, registry=load_registry("none"))
    busy = torch.rand(2000, 2000, device=device)
    found = []
    with Feed(
        [lines],
        Preprocessing(height=8),
        device=torch.device(device),
        batch_size=16,
        workers=workers,
        cache=1 << 22,
        batch_augmenter=augmenter,
    ) as feed:
        for [batch] in feed.batches(lines, Order(COUNT, 16, seed=2), augmented=augmented):
            busy = (busy @ busy).clamp(0, 1)
            found.append(batch.images)
    return [batch.cpu() for batch in found]


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_arrive_on_the_device_as_they_were_made(workers: int) -> None:
    expected, found = (images(device, workers=workers, augmented=False) for device in ("cpu", "cuda"))

    assert all(torch.equal(one, other) for one, other in zip(expected, found, strict=True))


def test_lines_are_degraded_on_the_device_as_on_a_cpu() -> None:
    expected, found = (images(device, workers=0, augmented=True) for device in ("cpu", "cuda"))

    for one, other in zip(expected, found, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-3)
