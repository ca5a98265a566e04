"""The training loop: steps, validation, the best model kept, a resume point always at hand."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import DataError, ModelError
from ocrkit.model import Model
from ocrkit.training.batches import Augmenter, Batch, epoch_order, stream
from ocrkit.training.lines import Lines
from ocrkit.training.loss import summed_loss
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.optimisation import autocast_dtype, make_optimizer, rate_factor
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.state import Position, read_state, write_state
from ocrkit.training.stopping import ended, time_is_up
from ocrkit.training.validation import Validation, validate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.training.interruption import Interruption

__all__ = ["Trainer"]

_MOST_FAILED = 20  # steps in a row


@dataclass(slots=True)
class Trainer:
    """One run: what is trained, on what, how, and how far it has come.

    Attributes:
        model: its network is on ``device`` and is changed in place.
        training: the lines to learn from, at least one.
        validation: the lines to judge by; may be empty, and then every epoch's model counts as the best.
        settings: how.
        augmenter: what training lines go through.
        folder: where the state is kept.
        device: where the network is.
        observer: whom to tell.
        keep_best: called with the report and what was read, when a model is the best so far.
        position: how far the run has come.
    """

    model: Model
    training: Lines
    validation: Lines
    settings: TrainingSettings
    augmenter: Augmenter
    folder: Path
    device: torch.device
    observer: Observer
    keep_best: Callable[[EpochReport, Validation | None], None]
    position: Position = field(default_factory=Position)
    _optimizer: torch.optim.Optimizer = field(init=False)
    _scaler: torch.amp.GradScaler = field(init=False)
    _dtype: torch.dtype | None = field(init=False)
    _epoch_steps: int = field(init=False)
    _told: float = field(init=False, default=0.0)
    _saved: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.position.data = self.training.digest()
        # The first epoch's: batches of very long lines hold fewer, and which share one differs from epoch to epoch.
        self._epoch_steps = len(self._order(epoch=0))
        self._optimizer = make_optimizer(self.model.network, self.settings)
        self._dtype = autocast_dtype(self.settings.precision, self.device)
        self._scaler = torch.amp.GradScaler(self.device.type, enabled=self._dtype is torch.float16)

    @property
    def steps(self) -> int:
        """Steps of the whole run, if nothing ends it early; where lines are very long, nearly."""
        return self.settings.epochs * self._epoch_steps

    def save(self) -> None:
        """Write where the run stands."""
        self.position.scaler = self._scaler.state_dict()
        write_state(self.folder, self.position, self.model, self._optimizer)
        self._saved = time.monotonic()

    def restore(self) -> None:
        """Go back to where the state in the folder stands.

        Raises:
            DataError: the training lines are not those of the state.
            CheckpointError: the state is damaged, or is not that of this network.
        """
        data = self.position.data
        self.position = read_state(self.folder, self.model, self._optimizer)
        if self.position.data != data:
            raise DataError(
                f"the training lines are not those that {str(self.folder)!r} was begun with; start a run anew"
            )
        if self._scaler.is_enabled() and self.position.scaler:
            self._scaler.load_state_dict(dict(self.position.scaler))

    def run(self, interruption: Interruption) -> str:
        """Train until the end, and tell why it came: ``epochs``, ``time``, ``early`` or ``interrupted``."""
        self._told = self._saved = time.monotonic()
        while not (reason := ended(self.position, self.settings)):
            if not interruption.requested:
                self._epoch(interruption)
            if interruption.requested:
                self.save()
                return "interrupted"
            self._end_epoch()
            self.save()
        return reason

    def _epoch(self, interruption: Interruption) -> None:
        """The rest of the epoch under way, or less if there is no time for it or the user has had enough."""
        position, settings = self.position, self.settings
        self.model.network.train()
        remaining = self._order(position.epoch)[position.batch :]
        with closing(stream(self.training, remaining, epoch=position.epoch, augmenter=self.augmenter)) as batches:
            for batch in batches:
                self._step(batch)
                if interruption.requested or time_is_up(position, settings):
                    break
                if time.monotonic() - self._saved > settings.save_every:
                    self.save()

    def _order(self, epoch: int) -> list[NDArray[np.int64]]:
        return epoch_order(self.training, self.settings.batch_size, seed=self.settings.seed, epoch=epoch)

    def _step(self, batch: Batch) -> None:
        """One optimiser step on (B, 1, H, W) images; left out when its loss or its gradient is not finite."""
        rate = self.settings.lrate * rate_factor(self._progress(), self.settings)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        with self._autocast():
            log_probs, lengths = self.model.network(batch.images.to(self.device, non_blocking=True), batch.widths)
        loss = summed_loss(log_probs, lengths, batch)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(self._scaler.scale(loss / len(batch.labels)))
        self._scaler.unscale_(self._optimizer)
        norm = torch.nn.utils.clip_grad_norm_(self.model.network.parameters(), self.settings.clip or math.inf)
        # The scaler leaves out steps of its own, as it looks for the largest scale that does not overflow.
        usable = self._scaler.is_enabled() or bool(torch.isfinite(norm))
        if usable:
            self._scaler.step(self._optimizer)
        self._scaler.update()
        nats = float(loss.detach())
        failed = not (usable and math.isfinite(nats))
        self._count(batch, nats, failed=failed)
        self._tell(nats / len(batch.labels) if not failed else math.nan, rate, len(batch))

    def _count(self, batch: Batch, nats: float, *, failed: bool) -> None:
        """Note a step that was taken, or left out.

        Raises:
            ModelError: too many in a row were left out.
        """
        position = self.position
        position.batch += 1
        position.step += 1
        position.failed = position.failed + 1 if failed else 0
        if not failed:
            position.loss_sum += nats
            position.label_sum += len(batch.labels)
        elif position.failed == 1:
            self.observer.note(f"step {position.step} is left out: its loss or its gradient is not finite")
        if position.failed >= _MOST_FAILED:
            raise ModelError(
                f"the loss or its gradient was not finite in {_MOST_FAILED} steps in a row; begin anew with a "
                f"lower `training.lrate` than {self.settings.lrate:g}, or with `training.precision='float32'`"
            )
        self._pass_time()

    def _tell(self, loss: float, rate: float, lines: int) -> None:
        position, settings = self.position, self.settings
        self.observer.stepped(
            StepReport(position.step, self.steps, position.epoch, settings.epochs, loss, rate, position.seconds, lines)
        )

    def _end_epoch(self) -> None:
        """Judge the model, keep it when it is the best so far, and go on to the next epoch."""
        position = self.position
        result = validate(self.model, self.validation, self.settings.batch_size, self.device, self._autocast)
        self._pass_time()
        report = EpochReport(
            epoch=position.epoch,
            step=position.step,
            loss=position.loss_sum / max(1, position.label_sum),
            rate=float(self._optimizer.param_groups[0]["lr"]),
            seconds=position.seconds,
            best=_is_better(result, position.best),
            validation_loss=result.loss if result else None,
            cer=result.cer if result else None,
            exact=result.exact if result else None,
        )
        if report.best:
            position.best = report
            # Before the state that counts this epoch: a kill between the two repeats the epoch, and loses nothing.
            self.keep_best(report, result)
        position.epoch += 1
        position.batch, position.loss_sum, position.label_sum = 0, 0.0, 0
        self.observer.validated(report)

    def _pass_time(self) -> None:
        now = time.monotonic()
        self.position.seconds += now - self._told
        self._told = now

    def _progress(self) -> float:
        """The share of the run that is done, by steps or by time, whichever is further."""
        by_steps = self.position.step / self.steps
        limit = 60 * self.settings.minutes
        return min(1.0, max(by_steps, self.position.seconds / limit) if limit else by_steps)

    def _autocast(self) -> AbstractContextManager[object]:
        return nullcontext() if self._dtype is None else torch.autocast(self.device.type, dtype=self._dtype)


def _is_better(result: Validation | None, best: EpochReport | None) -> bool:
    """Whether a validation beats the best: by its error rate, then by its loss. Without validation the last is best."""
    if result is None or best is None or best.cer is None or best.validation_loss is None:
        return True
    return (result.cer, result.loss) < (best.cer, best.validation_loss)
