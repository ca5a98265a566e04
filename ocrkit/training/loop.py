"""The training loop: steps, validation, the best model kept, a resume point always at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import DataError
from ocrkit.model import Model
from ocrkit.training.batches import Augmenter, Batch, epoch_order, stream
from ocrkit.training.lines import Lines
from ocrkit.training.loss import summed_loss
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.optimisation import autocast_dtype, make_optimizer, rate_factor
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.state import Position, read_state, write_state
from ocrkit.training.validation import Validation, validate

if TYPE_CHECKING:
    from ocrkit.training.interruption import Interruption

__all__ = ["Trainer"]

_STATE_EVERY = 120.0  # seconds; what a kill -9 can cost


@dataclass(slots=True)
class Trainer:
    """One run: what is trained, on what, how, and how far it has come.

    Attributes:
        model: its network is on ``device`` and is changed in place.
        training: the lines to learn from.
        validation: the lines to judge by; may be empty, and then every epoch's model counts as the best.
        settings: how.
        augmenter: what training lines go through.
        folder: where the state is kept.
        device: where the network is.
        observer: whom to tell.
        keep_best: called with the report and what was read, when a model is the best so far.
    """

    model: Model
    training: Lines
    validation: Lines
    settings: TrainingSettings
    augmenter: Augmenter
    folder: Path
    device: torch.device
    observer: Observer
    keep_best: Callable[[EpochReport, Validation], None]
    position: Position = field(default_factory=Position)
    last_best: EpochReport | None = None
    optimizer: torch.optim.Optimizer = field(init=False)
    scaler: torch.amp.GradScaler = field(init=False)

    def __post_init__(self) -> None:
        self.optimizer = make_optimizer(self.model.network, self.settings)
        dtype = autocast_dtype(self.settings.precision, self.device)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=dtype is torch.float16)

    @property
    def steps(self) -> int:
        """Steps of the whole run, if nothing ends it early."""
        return self.settings.epochs * -(-len(self.training) // self.settings.batch_size)

    def restore(self) -> None:
        """Go back to where the state in the folder stands.

        Raises:
            DataError: the training lines are not those of the state.
        """
        data = self.position.data
        self.position = read_state(self.folder, self.model.network, self.optimizer)
        self.scaler.load_state_dict(dict(self.position.scaler))
        if self.position.data != data:
            raise DataError(
                f"the training lines are not those that {str(self.folder)!r} was begun with; start a run anew"
            )

    def run(self, interruption: Interruption) -> str:
        """Train until the end, and tell why it came: ``epochs``, ``time``, ``early`` or ``interrupted``."""
        while self.position.epoch < self.settings.epochs:
            ended = self._epoch(interruption)
            if ended == "interrupted":
                self._save()
                return ended
            self._validate()
            self._save()
            if ended:
                return ended
            if self.settings.quit == "early" and self.position.epoch - self.position.best_epoch > self.settings.lag:
                return "early"
        return "epochs"

    def _epoch(self, interruption: Interruption) -> str:
        """The rest of the epoch under way; empty, or why the run should end."""
        position, settings = self.position, self.settings
        order = epoch_order(self.training, settings.batch_size, seed=settings.seed, epoch=position.epoch)
        saved = time.monotonic()
        self.model.network.train()
        remaining = stream(self.training, order[position.batch :], epoch=position.epoch, augmenter=self.augmenter)
        ended = ""
        for batch in remaining:
            self._step(batch)
            if interruption.requested:
                ended = "interrupted"
            elif settings.minutes and position.seconds >= 60 * settings.minutes:
                ended = "time"
            if ended:
                break
            if time.monotonic() - saved > _STATE_EVERY:
                self._save()
                saved = time.monotonic()
        remaining.close()
        return ended

    def _step(self, batch: Batch) -> None:
        """One optimiser step on (B, 1, H, W) images."""
        begun = time.monotonic()
        position, settings = self.position, self.settings
        rate = settings.lrate * rate_factor(self._progress(), settings)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with self._autocast():
            log_probs, lengths = self.model.network(batch.images.to(self.device, non_blocking=True), batch.widths)
        loss = summed_loss(log_probs, lengths, batch)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(self.scaler.scale(loss / len(batch.labels)))
        if settings.clip:
            self.scaler.unscale_(self.optimizer)
            torch.nn.utils.clip_grad_norm_(self.model.network.parameters(), settings.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        position.batch += 1
        position.step += 1
        position.loss_sum += float(loss.detach())
        position.label_sum += len(batch.labels)
        position.seconds += time.monotonic() - begun
        self._tell(float(loss.detach()) / len(batch.labels), rate, len(batch))

    def _tell(self, loss: float, rate: float, lines: int) -> None:
        position, settings = self.position, self.settings
        self.observer.stepped(
            StepReport(position.step, self.steps, position.epoch, settings.epochs, loss, rate, position.seconds, lines)
        )

    def _validate(self) -> None:
        """End the epoch: judge the model, and keep it when it is the best so far."""
        position = self.position
        result = validate(self.model, self.validation, self.settings.batch_size, self.device, self._autocast)
        better = (result.cer, result.loss) < (position.best_cer, position.best_loss) or not len(self.validation)
        report = EpochReport(
            epoch=position.epoch,
            step=position.step,
            loss=position.loss_sum / max(1, position.label_sum),
            validation_loss=result.loss,
            cer=result.cer,
            exact=result.exact,
            rate=float(self.optimizer.param_groups[0]["lr"]),
            seconds=position.seconds,
            best=better,
        )
        if better:
            position.best_cer, position.best_loss, position.best_epoch = result.cer, result.loss, position.epoch
            self.last_best = report
            self.keep_best(report, result)
        position.epoch += 1
        position.batch, position.loss_sum, position.label_sum = 0, 0.0, 0
        self.observer.validated(report)

    def _progress(self) -> float:
        """The share of the run that is done, by steps or by time, whichever is further."""
        by_steps = self.position.step / self.steps
        limit = 60 * self.settings.minutes
        return min(1.0, max(by_steps, self.position.seconds / limit) if limit else by_steps)

    def _save(self) -> None:
        self.position.scaler = self.scaler.state_dict()
        write_state(self.folder, self.position, self.model.network, self.optimizer)

    def _autocast(self) -> AbstractContextManager[object]:
        dtype = autocast_dtype(self.settings.precision, self.device)
        return nullcontext() if dtype is None else torch.autocast(self.device.type, dtype=dtype)
