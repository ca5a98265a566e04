"""One optimiser step: forward, loss, backward, clip, and the weights moved, unless a number is not finite."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import ModelError
from ocrkit.nets.shared_norm import share_batch_norms
from ocrkit.training.determinism import lacks_a_fixed_order
from ocrkit.training.groups import RATE, Freezing
from ocrkit.training.loss import summed_loss
from ocrkit.training.memory import MemoryGauge, is_out_of_memory
from ocrkit.training.optimisation import autocast_dtype, make_optimizer, rate_factor
from ocrkit.training.team import ALONE, Team
from ocrkit.training.underway import Launched, Step, Underway

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from ocrkit.training.batches import Batch
    from ocrkit.training.settings import TrainingSettings

__all__ = ["Step", "Stepper"]


class Stepper:
    """Moves a network's weights down the loss, batch by batch, and lets the device work ahead where it can.

    A step whose loss or gradient is not finite leaves weights, running statistics and the optimiser's memory as they
    were. That is decided on the device, so that the host waits for no number before it launches the next step.

    In a team each process gives its own lines of a batch, and all take the same step, by the sum of their gradients.

    Attributes:
        network: changed in place.
        optimizer: its rates are set afresh in each step.
        rate: the learning rate of the last step, for parts without a rate of their own.
    """

    def __init__(
        self, network: nn.Module, settings: TrainingSettings, device: torch.device, team: Team = ALONE
    ) -> None:
        if team.count > 1:
            share_batch_norms(network, device)
        self.network = network
        self._team = team
        self.optimizer = make_optimizer(network, settings)
        self.rate = settings.lrate
        self._freezing = Freezing(network, settings)
        self._settings = settings
        self._device = device
        self._dtype = autocast_dtype(settings.precision, device)
        self._scaler = torch.amp.GradScaler(device.type, enabled=self._dtype is torch.float16)
        self._statistics = _RunningStatistics(network)
        self._underway = Underway(device)
        self._gauge = MemoryGauge(device)

    def begin_epoch(self, epoch: int) -> None:
        """Set the network to learn, but for what is frozen in that epoch."""
        self._freezing.begin(epoch)

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

    def take(self, parts: Sequence[Batch], *, number: int, progress: float, waited: float = 0.0) -> list[Step]:
        """Launch a step on (B, 1, H, W) images; returns the steps whose numbers are known by now, oldest first.

        Args:
            parts: of the batch to learn from, at least one; their gradients add up. In a team, this process' lines of
                each, perhaps none, padded as all of them.
            number: of the step.
            progress: the share of the training that is done, 0 to 1.
            waited: seconds that the host waited for the batch. On CUDA the device's own clock says how long the
                device did.

        Raises:
            ModelError: the batch does not fit the memory; names a size that would. Or torch has some operation of the
                network in no fixed order, and the training shall be deterministic.
        """
        try:
            known = self._launch(parts, number, progress, waited)
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise self._gauge.error(parts, self._settings.batch_size) from error
            if lacks_a_fixed_order(error):
                reason = str(error).partition(",")[0]
                raise ModelError(f"{reason}; train without `training.deterministic`") from error
            raise
        self._gauge.fitted(parts)
        return known

    def settle(self) -> list[Step]:
        """Wait for the steps under way, and return what came of those that ``take`` has not returned."""
        return self._underway.settle()

    def _launch(self, parts: Sequence[Batch], number: int, progress: float, waited: float) -> list[Step]:
        self._underway.begin()
        rate = self._set_rate(progress)
        kept = self._statistics.read()
        self.optimizer.zero_grad(set_to_none=True)
        self._team.seed_chance(self._settings.seed, number)
        own = torch.stack([self._descend(part) for part in parts]).sum()
        nats = self._team.add_gradients(self.network, own)
        taken = self._move(nats)
        self._statistics.write(kept, unless=taken)
        launched = Launched(number, parts[0].all_lines, parts[0].all_labels, rate, waited)
        return self._underway.add(launched, torch.stack((nats, taken.to(nats.dtype))))

    def _descend(self, part: Batch) -> Tensor:
        """Add the gradient of a part of a batch, and give its loss in nats."""
        with self.autocast():
            log_probs, lengths = self.network(part.images.to(self._device, non_blocking=True), part.widths)
        loss = summed_loss(log_probs, lengths, part)
        torch.autograd.backward(self._scaler.scale(loss / part.all_labels))
        return loss.detach()

    def _set_rate(self, progress: float) -> float:
        rate = self._settings.lrate * rate_factor(progress, self._settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group[RATE]
        self.rate = rate
        return rate

    def _move(self, nats: Tensor) -> Tensor:
        """Move the weights against the clipped gradient, and say whether loss and gradient were finite."""
        self._scaler.unscale_(self.optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._settings.clip or math.inf)
        finite = torch.isfinite(norm) & torch.isfinite(nats)
        if self._scaler.is_enabled():
            self._scaler.step(self.optimizer)
            self._scaler.update()
            # The scaler leaves out steps of its own, as it looks for the largest scale that does not overflow.
            return torch.isfinite(nats)
        if self.optimizer.defaults.get("fused"):
            # The fused kernels look at this on the device, and then touch neither weights nor memory.
            self.optimizer.found_inf = (~finite).float()  # type: ignore[attr-defined]  # as GradScaler does
            self.optimizer.step()
        elif bool(finite):
            self.optimizer.step()
        return finite


class _RunningStatistics:
    """The running means and variances of a network's batch norms, which a forward pass changes by itself."""

    def __init__(self, network: nn.Module) -> None:
        self._buffers = [buffer for name, buffer in network.named_buffers() if ".running_" in f".{name}"]

    def read(self) -> Tensor | None:
        """A copy, end to end; None where there is none."""
        return torch.cat(self._buffers) if self._buffers else None

    def write(self, kept: Tensor | None, *, unless: Tensor) -> None:
        """Put back what ``read`` gave, unless a 0-d condition on the device holds."""
        if kept is None:
            return
        chosen = torch.where(unless, torch.cat(self._buffers), kept)
        sizes = [buffer.numel() for buffer in self._buffers]
        for buffer, values in zip(self._buffers, torch.split_with_sizes(chosen, sizes), strict=True):
            buffer.copy_(values)
