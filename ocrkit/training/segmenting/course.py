"""The course of a run: steps, resume points, measurements, and what it leaves in its folder."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from ocrkit.config import to_table, write_toml
from ocrkit.errors import ModelError
from ocrkit.segmentation.net import SegmentationNet
from ocrkit.training.folder import CONFIG_FILE, LOG_FILE, MODEL_FILE
from ocrkit.training.memory import is_out_of_memory
from ocrkit.training.observer import StepReport
from ocrkit.training.run_log import add_record, trim_log
from ocrkit.training.segmenting.learner import losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import torch

    from ocrkit.training.interruption import Interruption
    from ocrkit.training.observer import Observer
    from ocrkit.training.segmenting.crops import Crops
    from ocrkit.training.segmenting.learner import Learner, StepResult
    from ocrkit.training.segmenting.settings import SegmentingConfig

__all__ = ["Course"]

_STEPS_A_LOG_LINE = 50
_LOGGED_EVERY = 10.0  # seconds, where so many steps take longer
_MOST_FAILED = 20  # steps in a row that may be left out


class Course:
    """Takes a run to its end.

    Attributes:
        model: the file of the weights.
        measured: the last losses on pages apart; empty without such.
    """

    def __init__(
        self,
        folder: Path,
        config: SegmentingConfig,
        learner: Learner,
        apart: Crops | None,
        *,
        observer: Observer,
        provenance: Mapping[str, object],
        data: str,
        device: torch.device,
    ) -> None:
        self.model = folder / MODEL_FILE
        self.measured: Mapping[str, float] = {}
        self._folder, self._config, self._settings = folder, config, config.training
        self._learner, self._apart, self._observer, self._device = learner, apart, observer, device
        self._provenance, self._data = provenance, data
        self._begun = self._saved = self._logged = time.monotonic()
        self._failed = 0
        self._waited = 0.0
        self._first_step = learner.step

    def begin(self, *, resuming: bool, parameters: int) -> None:
        """Write the configuration, that the run begins or goes on, and a first resume point."""
        write_toml(self._folder / CONFIG_FILE, to_table(self._config))
        log = self._folder / LOG_FILE
        if resuming:
            trim_log(log, step=self._learner.step, epoch=0)
        else:
            log.unlink(missing_ok=True)
        event = "resume" if resuming else "start"
        self._write(event, step=self._learner.step, device=str(self._device), parameters=parameters)
        self._save()

    def run(self, first: Crops, stream: Iterator[Crops], interruption: Interruption) -> str:
        """Train until the end, and tell why it came: ``steps`` or ``interrupted``."""
        crops = first
        while not interruption.requested:
            result = self._step(crops)
            self._tell(result, len(crops))
            if self._learner.step >= self._settings.steps:
                return self._end("steps")
            if time.monotonic() - self._saved > self._settings.save_every:
                self._measure()
                self._save()
            if not interruption.requested:
                waiting = time.monotonic()
                crops = next(stream)
                self._waited += time.monotonic() - waiting
        return self._end("interrupted")

    def _step(self, crops: Crops) -> StepResult:
        try:
            result = self._learner.take(crops)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            size = self._settings.batch_size
            raise ModelError(
                f"a batch of {size} crops of {self._settings.crop} px does not fit the memory; begin anew with a "
                "smaller `training.batch_size`"
            ) from error
        if math.isfinite(result.loss):
            self._failed = 0
            return result
        self._failed += 1
        if self._failed == 1:
            self._observer.note(f"step {self._learner.step} is left out: its loss or its gradient is not finite")
        if self._failed >= _MOST_FAILED:
            raise ModelError(
                f"the loss was not finite in {self._failed} steps in a row; go on from the last resume point "
                f"(`resume={str(self._folder)!r}`) with a lower `training.lrate` than {self._settings.lrate:g}"
            )
        return result

    def _tell(self, result: StepResult, crops: int) -> None:
        step, seconds = self._learner.step, time.monotonic() - self._begun
        taken = step - self._first_step
        report = StepReport(
            step=step,
            steps=self._settings.steps,
            epoch=0,
            epochs=1,
            loss=result.loss,
            rate=result.rate,
            seconds=seconds,
            lines=crops,
            speed=taken * crops / max(seconds, 1e-9),
            waited=min(1.0, self._waited / max(seconds, 1e-9)),
        )
        self._observer.stepped(report)
        late = time.monotonic() - self._logged > _LOGGED_EVERY
        if step % _STEPS_A_LOG_LINE == 0 or late or not math.isfinite(result.loss):
            self._logged = time.monotonic()
            self._write(
                "step",
                step=step,
                loss=result.loss,
                parts=result.parts,
                rate=result.rate,
                crops_a_second=round(report.speed, 2),
                waited=round(report.waited, 4),
            )

    def _measure(self) -> None:
        """Measure the mean of the weights on pages apart."""
        if self._apart is None:
            return
        with self._learner.autocast():
            self.measured = losses(self._learner.mean, self._apart, self._device, self._settings.batch_size)
        self._write("measured", step=self._learner.step, **self.measured)
        self._observer.measured(self._learner.step, self.measured)

    def _save(self) -> None:
        """Write the model, then the state, so that what a state counts is never without its weights."""
        steps, metrics = self._learner.step, dict(self.measured)
        provenance = {**self._provenance, "steps": steps, "metrics": metrics}
        SegmentationNet(self._learner.mean, provenance).save(self.model)
        self._learner.save(self._folder, {"data": self._data, "provenance": provenance})
        self._saved = time.monotonic()

    def _end(self, reason: str) -> str:
        self._measure()
        self._save()
        self._write("end", reason=reason, step=self._learner.step)
        return reason

    def _write(self, event: str, **values: object) -> None:
        add_record(self._folder / LOG_FILE, {"event": event, "time": round(time.time(), 3), **values})
