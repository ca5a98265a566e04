"""One optimiser step: forward, loss, backward, clip, and the weights moved, unless a number is not finite."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ocrkit.training.loss import summed_loss
from ocrkit.training.optimisation import autocast_dtype, make_optimizer, rate_factor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from ocrkit.training.batches import Batch
    from ocrkit.training.settings import TrainingSettings

__all__ = ["Step", "Stepper"]


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a batch.

    Attributes:
        lines: of the batch.
        labels: of its lines together.
        nats: the loss of its lines together.
        rate: the learning rate.
        taken: whether the weights moved; they do not where the loss or the gradient is not finite.
    """

    lines: int
    labels: int
    nats: float
    rate: float
    taken: bool

    @property
    def loss(self) -> float:
        """Nats a label; not a number where the step was left out."""
        return self.nats / self.labels if self.taken else math.nan


class Stepper:
    """Moves a network's weights down the loss, batch by batch.

    Attributes:
        network: changed in place.
        optimizer: its rates are set afresh in each step.
    """

    def __init__(self, network: nn.Module, settings: TrainingSettings, device: torch.device) -> None:
        self.network = network
        self.optimizer = make_optimizer(network, settings)
        self._settings = settings
        self._device = device
        self._dtype = autocast_dtype(settings.precision, device)
        self._scaler = torch.amp.GradScaler(device.type, enabled=self._dtype is torch.float16)

    @property
    def rate(self) -> float:
        """The learning rate of the last step."""
        return float(self.optimizer.param_groups[0]["lr"])

    def autocast(self) -> AbstractContextManager[object]:
        """Where the network computes in the run's precision."""
        return nullcontext() if self._dtype is None else torch.autocast(self._device.type, dtype=self._dtype)

    def scale(self) -> Mapping[str, int | float]:
        """The state of the gradient scaler; empty without one."""
        return self._scaler.state_dict()

    def restore_scale(self, state: Mapping[str, int | float]) -> None:
        """Go on with a state that ``scale`` gave; without effect where there is no scaler, or was none."""
        if self._scaler.is_enabled() and state:
            self._scaler.load_state_dict(dict(state))

    def take(self, batch: Batch, *, progress: float) -> Step:
        """One step on (B, 1, H, W) images; left out when its loss or its gradient is not finite.

        Args:
            batch: the lines to learn from.
            progress: the share of the training that is done, 0 to 1.
        """
        rate = self._set_rate(progress)
        with self.autocast():
            log_probs, lengths = self.network(batch.images.to(self._device, non_blocking=True), batch.widths)
        loss = summed_loss(log_probs, lengths, batch)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(self._scaler.scale(loss / len(batch.labels)))
        finite = self._move()
        nats = float(loss.detach())
        return Step(len(batch), len(batch.labels), nats, rate, taken=finite and math.isfinite(nats))

    def _set_rate(self, progress: float) -> float:
        rate = self._settings.lrate * rate_factor(progress, self._settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        return rate

    def _move(self) -> bool:
        """Move the weights against the clipped gradient, where it is finite."""
        self._scaler.unscale_(self.optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._settings.clip or math.inf)
        # The scaler leaves out steps of its own, as it looks for the largest scale that does not overflow.
        usable = self._scaler.is_enabled() or bool(torch.isfinite(norm))
        if usable:
            self._scaler.step(self.optimizer)
        self._scaler.update()
        return usable
