"""The parts of a network, of which some may be frozen and each may have a learning rate of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from ocrkit.errors import OptionError
from ocrkit.training.settings import PARTS

if TYPE_CHECKING:
    from ocrkit.training.settings import TrainingSettings

__all__ = ["RATE", "Freezing", "check_trainable", "parameter_groups", "part_of"]

RATE = "multiplier"  # of a group: what the run's learning rate is multiplied by


def part_of(name: str) -> str:
    """The part of the network that a tensor or module belongs to, by its name: ``backbone``, ``head`` or ``output``."""
    first = name.partition(".")[0]
    return first if first in PARTS else "head"


def parameter_groups(network: nn.Module, settings: TrainingSettings) -> list[dict[str, object]]:
    """What the optimiser is to train: a group for each rate, biases and norms apart from the weights, which decay.

    What is frozen for the whole run is in none.
    """
    for_ever = frozenset(settings.freeze) if not settings.freeze_epochs else frozenset()
    found: dict[tuple[bool, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if parameter.requires_grad and part_of(name) not in for_ever:
            kind = parameter.ndim <= 1, settings.rates.get(part_of(name), 1.0)
            found.setdefault(kind, []).append(parameter)
    return [
        {
            "params": parameters,
            "weight_decay": settings.weight_decay if settings.optimizer == "adamw" and not plain else 0.0,
            RATE: rate,
        }
        for (plain, rate), parameters in sorted(found.items(), key=lambda group: group[0][0])
    ]


def check_trainable(network: nn.Module, settings: TrainingSettings) -> None:
    """Refuse to freeze all that has weights.

    Raises:
        OptionError: no weight is left to train, at first or at all.
    """
    frozen = frozenset(settings.freeze)
    if not any(each.requires_grad and part_of(name) not in frozen for name, each in network.named_parameters()):
        raise OptionError(
            f"training.freeze is {list(settings.freeze)!r}, and no other part of this network has weights: nothing is "
            "left to train; leave a part out of it"
        )


class Freezing:
    """Sets a network to learn, but for the parts that are frozen, which stay as they are in reading.

    Their weights have no gradient, their batch norms keep their statistics and their dropout is off.
    """

    def __init__(self, network: nn.Module, settings: TrainingSettings) -> None:
        self._network = network
        self._settings = settings
        self._parts = frozenset(settings.freeze)
        # A plugin's network may have weights that are never trained.
        self._parameters = [
            parameter
            for name, parameter in network.named_parameters()
            if parameter.requires_grad and part_of(name) in self._parts
        ]

    def begin(self, epoch: int) -> None:
        """Set the network for the steps of an epoch."""
        frozen = not self._settings.freeze_epochs or epoch < self._settings.freeze_epochs
        self._network.train()
        for parameter in self._parameters:
            parameter.requires_grad_(not frozen)
        for name, module in self._network.named_modules():
            if frozen and name and part_of(name) in self._parts and not _must_train(module):
                module.training = False


def _must_train(module: nn.Module) -> bool:
    """Whether it is an LSTM or the like, through which cuDNN passes gradients in training only."""
    return isinstance(module, nn.RNNBase) and not module.dropout
