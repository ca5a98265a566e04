"""The loss of maps."""

from __future__ import annotations

import pytest
import torch

from ocrkit.segmentation.maps import HEIGHTS, MAPS
from ocrkit.training.segmenting.loss import map_loss

HIGH = [MAPS.index(name) for name in HEIGHTS]


def truth() -> torch.Tensor:
    maps = torch.zeros(2, 7, 16, 16)
    maps[:, :, 4:8] = 1
    return maps


def logits_of(maps: torch.Tensor) -> torch.Tensor:
    logits = (maps - 0.5) * 40
    logits[:, HIGH] = maps[:, HIGH]
    return logits


def test_the_right_maps_cost_nothing() -> None:
    assert map_loss(logits_of(truth()), truth(), torch.ones(2, 7, 16, 16)).total.item() == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("row", range(7))
def test_each_wrong_map_costs_something_and_is_named(row: int) -> None:
    wrong = truth()
    wrong[:, row] = 1 - wrong[:, row]

    found = map_loss(logits_of(wrong), truth(), torch.ones(2, 7, 16, 16))

    assert found.total.item() > 0.1
    assert found.parts.argmax().item() == row


def test_what_does_not_count_costs_nothing_and_teaches_nothing() -> None:
    weights = torch.zeros(2, 7, 16, 16)
    logits = torch.randn(2, 7, 16, 16, requires_grad=True)

    loss = map_loss(logits, truth(), weights).total
    torch.autograd.backward(loss)

    assert loss.item() == 0
    assert logits.grad is not None
    assert logits.grad.abs().max().item() == 0
