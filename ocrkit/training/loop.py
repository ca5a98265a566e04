"""The training loop: steps, validation, the best model kept, a resume point always at hand."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import DataError, ModelError, WorkerLostError
from ocrkit.model import Model
from ocrkit.training.calibrating import calibrate_file
from ocrkit.training.divergence import BatchPlace, Divergence, Trouble
from ocrkit.training.evaluation_sets import judging_set
from ocrkit.training.feeding.feed import Feed
from ocrkit.training.feeding.order import Order
from ocrkit.training.lines import Lines
from ocrkit.training.observer import EpochReport, Observer, SetReport, StepReport
from ocrkit.training.pace import Pace
from ocrkit.training.settings import TrainingSettings
from ocrkit.training.state import ORDERING, Position, read_position, read_state, write_state
from ocrkit.training.step import Stepper
from ocrkit.training.stopping import ended, is_used_up
from ocrkit.training.team import ALONE, Team
from ocrkit.training.threads import best_threads, on_threads
from ocrkit.training.trouble import keep_batch, place_of_batch
from ocrkit.training.validation import Validation, validate

if TYPE_CHECKING:
    from ocrkit.text.calibration import Calibration
    from ocrkit.training.batches import Batch
    from ocrkit.training.interruption import Interruption
    from ocrkit.training.underway import Step

__all__ = ["Trainer"]

_JUST_SAVED = 10.0  # seconds; a state as old is written anew before validation
_MANY_STEPS = 1000  # for which a measurement of two seconds is worth its while


@dataclass(slots=True, kw_only=True)
class Trainer:
    """One run: what is trained, on what, how, and how far it has come.

    Attributes:
        model: its network is on ``device`` and is changed in place.
        training: the lines to learn from, at least one.
        validation: the sets of lines to validate with, by name; where there is none, every epoch's model counts as the
            best.
        settings: how.
        feed: gives the batches of all of them.
        folder: where the state is kept.
        device: where the network is.
        observer: whom to tell.
        keep_best: called with the report and what was found in the judging set, when a model is the best so far.
        team: the processes that train together; the first one writes.
        position: how far the run has come.
    """

    model: Model
    training: Lines
    validation: Mapping[str, Lines]
    settings: TrainingSettings
    feed: Feed
    folder: Path
    device: torch.device
    observer: Observer
    keep_best: Callable[[EpochReport, Validation | None], None]
    team: Team = ALONE
    position: Position = field(default_factory=Position)
    _stepper: Stepper = field(init=False)
    _pace: Pace = field(init=False, default_factory=Pace)
    _divergence: Divergence = field(init=False, default_factory=Divergence)
    _trouble: Trouble | None = field(init=False, default=None)
    _asked: bool = field(init=False, default=False)
    _told: float = field(init=False, default=0.0)
    _saved: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.position.data, self.position.ordering = self.training.digest, ORDERING
        self._stepper = Stepper(self.model.network, self.settings, self.device, self.team)

    @property
    def steps(self) -> int:
        """Steps of the whole run, if nothing ends it early."""
        return self.settings.steps or self.settings.epochs * self._epoch_steps

    @property
    def _epoch_steps(self) -> int:
        return len(self._order(epoch=0))

    def save(self, *, anyway: bool = False) -> None:
        """Write where the run stands, once the steps under way are done.

        Not while the training seems to go wrong, unless ``anyway``: one can go on from what is there, before that.
        """
        self._settle()
        if not anyway and (self._divergence.suspected or self.position.failed):
            return
        self.position.scaler = self._stepper.scale()
        if self.team.leads:
            write_state(self.folder, self.position, self.model, self._stepper.optimizer)
        self._saved = time.monotonic()

    def restore(self) -> None:
        """Go back to where the state in the folder stands.

        Raises:
            DataError: the training lines are not those of the state.
            CheckpointError: the state is damaged, or is not that of this network.
        """
        data = self.position.data
        self.position = read_state(self.folder, self.model, self._stepper.optimizer)
        if self.position.ordering != ORDERING:
            raise DataError(
                f"the run in {str(self.folder)!r} was begun by an ocrkit that took lines in another order, so it "
                f"cannot go on; `load={str(self.folder)!r}` begins another run with its weights"
            )
        if self.position.data != data:
            raise DataError(
                f"the training lines are not those that {str(self.folder)!r} was begun with; start a run anew"
            )
        self._stepper.restore_scale(self.position.scaler)

    def run(self, interruption: Interruption) -> str:
        """Train until the end, and tell why it came: ``epochs``, ``steps``, ``time``, ``early`` or ``interrupted``."""
        with on_threads(self._threads()):
            return self._run(interruption)

    def _run(self, interruption: Interruption) -> str:
        self._told = self._saved = time.monotonic()
        try:
            self._agree(interruption)
            while not (reason := ended(self.position, self.settings)):
                if not self._asked:
                    self._epoch(interruption)
                self._agree(interruption)
                if self._asked:
                    self.save(anyway=True)
                    return "interrupted"
                self._save_before_validation()
                self._end_epoch()
                self._agree(interruption)
                # Validation has shown that the weights are good for something, whatever the last few steps were.
                self.save(anyway=not self._divergence.suspected or bool(ended(self.position, self.settings)))
        except WorkerLostError:
            self.save()  # a batch that does not come ends no step in its middle
            raise
        return reason

    def _save_before_validation(self) -> None:
        """Leave a state before the model is judged, which may take longer than somebody who ends the run will wait."""
        position, settings = self.position, self.settings
        old = time.monotonic() - self._saved > min(settings.save_every, _JUST_SAVED)
        # A state that has used up its time or steps is over, and would not be judged when the run goes on.
        if old and not is_used_up(position, settings):
            self.save()

    def calibrate(self, path: Path) -> Calibration | None:
        """Learn what the confidences of the run's model file are worth, by the lines that judge, and keep it there."""
        judging = self.validation.get(judging_set(self.validation, self.settings.judge))

        def scored(model: Model) -> Validation | None:
            return None if judging is None else self._read(judging, model, scored=True)

        data, write = "the validation lines of its training", self.team.leads
        return calibrate_file(path, self.model, scored, data=data, write=write)

    def _epoch(self, interruption: Interruption) -> None:
        """The rest of the epoch under way, or less if there is no time for it or the user has had enough."""
        position, settings = self.position, self.settings
        self._stepper.begin_epoch(position.epoch)
        batches = self.feed.batches(self.training, self._order(position.epoch), start=position.batch, augmented=True)
        with closing(batches):
            for parts, waited in _timed(batches):
                self._step(parts, waited)
                if self._agree(interruption) or self._asked or is_used_up(position, settings):
                    break
                if time.monotonic() - self._saved > settings.save_every:
                    self.save()
        self._settle()
        if self._trouble:
            raise self._stopped(self._trouble)

    def _agree(self, interruption: Interruption) -> bool:
        """Settle with the team whether somebody asked for an end, and return whether something goes wrong.

        What one process has seen, all of them heed at the same step; and they go by the first one's clock.
        """
        asked, signal, seconds = interruption.requested, interruption.signal, self.position.seconds
        everyone = self.team.numbers(asked, signal, self._trouble is not None, seconds)
        # Not what the interruption says by itself: a signal that comes after this is for the next time.
        self._asked = bool(everyone[:, 0].any())
        if self._asked:
            interruption.heed(int(everyone[:, 1].max()))
        self.position.seconds = float(everyone[0, 3])
        return bool(everyone[:, 2].any())

    def _threads(self) -> int:
        """How many threads the network takes; 0 where that is not torch's to say."""
        if self.device.type != "cpu":
            return 0
        most, position, settings = torch.get_num_threads(), self.position, self.settings
        if position.threads:
            return position.threads
        position.threads = settings.threads or most
        # A team is told by whoever starts it, and could not measure without going in step.
        free = self.team.count == 1 and not settings.threads and not settings.deterministic
        if free and most > 1 and self.steps >= _MANY_STEPS:
            height = self.model.architecture.preprocessing.height
            autocast = self._stepper.autocast
            position.threads = best_threads(self.model.network, height, settings.batch_size, autocast)
            if position.threads < most:
                self.observer.note(f"the network takes {position.threads} of {most} threads, which proved best")
        return position.threads

    def _order(self, epoch: int) -> Order:
        return Order(len(self.training), self.settings.batch_size, seed=self.settings.seed, epoch=epoch)

    def _step(self, parts: Sequence[Batch], waited: float) -> None:
        """Launch a step, and count those whose numbers are known by now; no step where all lines of a batch are bad."""
        began = time.monotonic()
        progress = self._progress()
        self.position.batch += 1
        self.position.step += 1
        number = self.position.step
        known = self._stepper.take(parts, number=number, progress=progress, waited=waited) if parts else ()
        self._pass_time()
        self._pace.launched(waited + time.monotonic() - began)
        for step in known:
            self._count(step)

    def _settle(self) -> None:
        """Wait for the steps that are under way, and count them."""
        for step in self._stepper.settle():
            self._count(step)

    def _count(self, step: Step) -> None:
        """Note a step that was taken, or left out, and tell it."""
        position = self.position
        position.failed = 0 if step.taken else position.failed + 1
        if step.taken:
            position.loss_sum += step.nats
            position.label_sum += step.labels
        elif position.failed == 1:
            self.observer.note(f"step {step.number} is left out: its loss or its gradient is not finite")
        # No step is under way when an epoch ends, so that all are of this one.
        place = BatchPlace(step.number, position.epoch, position.batch - 1 - (position.step - step.number))
        self._trouble = self._trouble or self._divergence.note(step, place, failed=position.failed)
        self._pace.done(step)
        self.observer.stepped(
            StepReport(
                step=step.number,
                steps=self.steps,
                epoch=position.epoch,
                epochs=max(1, math.ceil(self.steps / self._epoch_steps)),
                loss=step.loss,
                rate=step.rate,
                seconds=position.seconds,
                lines=step.lines,
                speed=self._pace.speed,
                waited=self._pace.waited,
            )
        )

    def _stopped(self, trouble: Trouble) -> ModelError:
        """What to raise, once the batch that the trouble began with is kept."""
        began = trouble.began
        order, place = self._order(began.epoch), place_of_batch(self.folder, began.step)
        with closing(self.feed.batches(self.training, order, start=began.batch, augmented=True)) as batches:
            parts = next(batches, ())
            if self.team.leads:
                keep_batch(place, parts, self.training.samples)
        finer = "" if self.settings.precision == "float32" else ", or with `training.precision='float32'`"
        return ModelError(
            f"{trouble.reason}, from step {began.step} on, whose batch lies in {str(place)!r}; go on from step "
            f"{read_position(self.folder).step} (`resume={str(self.folder)!r}`) with a lower `training.lrate` than "
            f"{self.settings.lrate:g}{finer}"
        )

    def _end_epoch(self) -> None:
        """Judge the model, keep it when it is the best so far, and go on to the next epoch."""
        position = self.position
        results = self._validate()
        judge = judging_set(self.validation, self.settings.judge)
        result = results.get(judge)
        self._pass_time()
        report = EpochReport(
            epoch=position.epoch,
            step=position.step,
            loss=position.loss_sum / max(1, position.label_sum),
            rate=self._stepper.rate,
            seconds=position.seconds,
            best=_is_better(result, position.best),
            validation_loss=result.loss if result else None,
            cer=result.cer if result else None,
            exact=result.exact if result else None,
            judge=judge,
            sets={name: SetReport(found.loss, found.cer, found.exact) for name, found in results.items()},
        )
        if report.best:
            position.best = report
            # Before the state that counts this epoch: a kill between the two repeats the epoch, and loses nothing.
            self.keep_best(report, result)
        position.epoch += 1
        position.batch, position.loss_sum, position.label_sum = 0, 0.0, 0
        self.observer.validated(report)

    def _validate(self) -> dict[str, Validation]:
        """What the model as it is makes of each set."""
        found = {name: self._read(each, self.model) for name, each in self.validation.items()}
        return {name: result for name, result in found.items() if result is not None}

    def _read(self, lines: Lines, model: Model, *, scored: bool = False) -> Validation | None:
        size, autocast = self.settings.batch_size, self._stepper.autocast
        return validate(model, self.feed, lines, size, autocast, team=self.team, scored=scored)

    def _pass_time(self) -> None:
        now = time.monotonic()
        self.position.seconds += now - self._told
        self._told = now

    def _progress(self) -> float:
        """The share of the run that is done, by steps or by time, whichever is further."""
        by_steps = self.position.step / self.steps
        limit = 60 * self.settings.minutes
        return min(1.0, max(by_steps, self.position.seconds / limit) if limit else by_steps)


def _timed(batches: Iterable[tuple[Batch, ...]]) -> Iterator[tuple[tuple[Batch, ...], float]]:
    """Each batch with the seconds that were waited for it."""
    asked = time.monotonic()
    for batch in batches:
        yield batch, time.monotonic() - asked
        asked = time.monotonic()


def _is_better(result: Validation | None, best: EpochReport | None) -> bool:
    """Whether a validation beats the best: by its error rate, then by its loss. Without validation the last is best."""
    if result is None or best is None or best.cer is None or best.validation_loss is None:
        return True
    return (result.cer, result.loss) < (best.cer, best.validation_loss)
