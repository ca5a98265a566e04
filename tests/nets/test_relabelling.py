from __future__ import annotations

import pytest
import torch
from torch import nn

from ocrkit.nets.relabelling import relabel


@pytest.fixture
def trained() -> nn.Linear:
    """An output layer of 6 labels over 5 features, with weights of any size."""
    torch.manual_seed(2)
    layer = nn.Linear(5, 6)
    nn.init.normal_(layer.weight, std=3)
    nn.init.normal_(layer.bias, std=3)
    return layer.requires_grad_(False)


def test_kept_rows_stay_and_fresh_ones_are_their_mean_but_lower() -> None:
    trained, output = nn.Linear(1, 3), nn.Linear(1, 4)
    with torch.no_grad():
        trained.weight.copy_(torch.tensor([[1.0], [2.0], [6.0]]))
        trained.bias.copy_(torch.tensor([0.0, 3.0, 6.0]))

    relabel(output, trained, [0, None, 2, None])

    # Of the rows 1 and 6 the mean is 3.5, of the biases 0 and 6 it is 3; two fresh labels take log 3 off.
    assert output.weight.flatten().tolist() == [1, 3.5, 6, 3.5]
    assert output.bias.tolist() == pytest.approx([0, 3 - 1.0986123, 6, 3 - 1.0986123])


@pytest.mark.parametrize("fresh", [1, 3, 500])
def test_no_fresh_label_is_read_and_all_together_have_a_small_share(trained: nn.Linear, fresh: int) -> None:
    output = nn.Linear(5, 6 + fresh).requires_grad_(False)
    features = torch.randn(1000, 5) * torch.logspace(-3, 2, 1000)[:, None]

    relabel(output, trained, [*range(6), *[None] * fresh])

    before, after = trained(features).log_softmax(1), output(features).log_softmax(1)
    assert torch.equal(before.argmax(1), after.argmax(1))
    # Below 1/6 of what the kept have, so that the kept lose less than log(7/6).
    assert float((before - after[:, :6]).max()) < 0.1542
    assert float(after[:, 6:].exp().sum(1).max()) < 1 / 6


def test_a_network_that_is_sure_stays_as_sure(trained: nn.Linear) -> None:
    output = nn.Linear(5, 106).requires_grad_(False)
    features = torch.eye(5) * 20

    relabel(output, trained, [*range(6), *[None] * 100])

    before, after = trained(features).log_softmax(1), output(features).log_softmax(1)
    # The logits lie apart by a hundred nats: what a hundred fresh labels take is nothing to speak of.
    assert float((before - after[:, :6]).max()) < 0.001


def test_with_nothing_kept_but_the_blank_all_fresh_labels_are_equal(trained: nn.Linear) -> None:
    output = nn.Linear(5, 3).requires_grad_(False)

    relabel(output, trained, [0, None, None])

    shares = output(torch.randn(4, 5)).softmax(1)
    # exp(0) beside twice exp(-log 3): 3/5, 1/5 and 1/5.
    torch.testing.assert_close(shares, torch.tensor([[0.6, 0.2, 0.2]]).expand(4, 3))
