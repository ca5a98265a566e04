from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from ocrkit.data.image import Preprocessing
from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions, LstmLayer
from ocrkit.text.charset import Charset
from ocrkit.training.groups import RATE, Freezing, check_trainable, parameter_groups, part_of
from ocrkit.training.settings import TrainingSettings

if TYPE_CHECKING:
    from ocrkit.nets.crnn import Crnn
    from ocrkit.plugin.registry import Registry


@pytest.fixture
def network(registry: Registry) -> Crnn:
    """A small network with a batch norm, dropout and an LSTM."""
    parts = Architecture(
        options={"channels": [4], "pools": ["2x2"], "dropout": [0.5]},
        head=HeadOptions((LstmLayer(6),), dropout=0.5),
        preprocessing=Preprocessing(height=8),
    )
    return Model.build(Charset("ab", ("", *"ab")), parts, registry=registry).network


def sizes(groups: list[dict[str, object]]) -> list[tuple[int, object, object]]:
    return [(len(group["params"]), group["weight_decay"], group[RATE]) for group in groups]  # type: ignore[arg-type]


def test_every_tensor_belongs_to_the_backbone_the_head_or_the_output(network: Crnn) -> None:
    parts = {part_of(name): name.split(".")[0] for name, _ in network.named_parameters()}

    assert parts == {"backbone": "backbone", "head": "rnn", "output": "output"}


def test_without_rates_weights_decay_and_the_rest_does_not(network: Crnn) -> None:
    # One convolution, four matrices of the LSTMs, the output; two of the batch norm, four biases, the output's.
    assert sizes(parameter_groups(network, TrainingSettings(weight_decay=0.1))) == [(6, 0.1, 1.0), (7, 0.0, 1.0)]


def test_each_rate_has_its_groups(network: Crnn) -> None:
    settings = TrainingSettings(rates={"backbone": 0.1, "output": 3}, weight_decay=0.1)

    found = sizes(parameter_groups(network, settings))

    assert found == [(1, 0.1, 0.1), (4, 0.1, 1.0), (1, 0.1, 3), (2, 0.0, 0.1), (4, 0.0, 1.0), (1, 0.0, 3)]


def test_only_adamw_decays(network: Crnn) -> None:
    settings = TrainingSettings(optimizer="adam", weight_decay=0.1)

    assert {group["weight_decay"] for group in parameter_groups(network, settings)} == {0.0}


def test_what_is_frozen_for_ever_is_in_no_group(network: Crnn) -> None:
    settings = TrainingSettings(freeze=("backbone", "head"))

    assert sizes(parameter_groups(network, settings)) == [(1, 0.01, 1.0), (1, 0.0, 1.0)]


def test_what_will_be_trained_later_is_in_its_group(network: Crnn) -> None:
    settings = TrainingSettings(freeze=("backbone",), freeze_epochs=2)

    assert sizes(parameter_groups(network, settings)) == [(6, 0.01, 1.0), (7, 0.0, 1.0)]


def test_weights_that_are_never_trained_are_in_no_group(network: Crnn) -> None:
    network.output.bias.requires_grad_(False)

    assert sizes(parameter_groups(network, TrainingSettings())) == [(6, 0.01, 1.0), (6, 0.0, 1.0)]


def test_a_frozen_part_is_as_in_reading_and_the_rest_learns(network: Crnn) -> None:
    Freezing(network, TrainingSettings(freeze=("backbone",))).begin(epoch=5)

    assert learning(network) == {"head", "output"}
    assert not any(module.training for module in network.backbone.modules())
    assert network.rnn.training


def test_a_frozen_head_has_no_dropout_and_passes_gradients_on(network: Crnn) -> None:
    Freezing(network, TrainingSettings(freeze=("head",))).begin(epoch=0)

    assert learning(network) == {"backbone", "output"}
    assert not network.rnn.training
    # cuDNN refuses the backward pass of an LSTM that is set to read.
    assert all(module.training for module in network.modules() if isinstance(module, nn.LSTM))


def test_frozen_statistics_stay(network: Crnn) -> None:
    before = {name: buffer.clone() for name, buffer in network.named_buffers()}
    Freezing(network, TrainingSettings(freeze=("backbone",))).begin(epoch=0)

    network(torch.rand(2, 1, 8, 20), torch.tensor([20, 20]))

    assert before
    assert all(torch.equal(buffer, before[name]) for name, buffer in network.named_buffers())


def test_freezing_ends_after_its_epochs(network: Crnn) -> None:
    freezing = Freezing(network, TrainingSettings(freeze=("backbone",), freeze_epochs=2))
    found = []

    for epoch in (0, 1, 2, 3):
        freezing.begin(epoch)
        found.append(("backbone" in learning(network), network.backbone.training))

    assert found == [(False, False), (False, False), (True, True), (True, True)]


def test_weights_that_are_never_trained_stay_so_when_freezing_ends(network: Crnn) -> None:
    for parameter in network.backbone.parameters():
        parameter.requires_grad_(False)
    freezing = Freezing(network, TrainingSettings(freeze=("backbone",), freeze_epochs=1))

    freezing.begin(epoch=1)

    assert learning(network) == {"head", "output"}


def test_where_the_other_parts_have_no_weights_nothing_is_left_to_train(registry: Registry) -> None:
    parts = Architecture(options={"channels": [4], "pools": ["2x2"]}, head=HeadOptions(()))
    network = Model.build(Charset("a", ("", "a")), parts, registry=registry).network

    with pytest.raises(OptionError, match=r"freeze is \['backbone', 'output'\], .* nothing is left to train"):
        check_trainable(network, TrainingSettings(freeze=("backbone", "output")))


def learning(network: Crnn) -> set[str]:
    return {part_of(name) for name, parameter in network.named_parameters() if parameter.requires_grad}
