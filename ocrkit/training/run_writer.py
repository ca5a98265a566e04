"""What a run leaves in its folder: the best model, ``log.jsonl``, the configuration and the pictures."""

from __future__ import annotations

import math
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from ocrkit.config import to_table, write_toml
from ocrkit.training.folder import CONFIG_FILE, LAST_FILE, LOG_FILE, METRICS_FILE, MODEL_FILE, SAMPLES_FILE
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.pictures import draw_metrics, draw_readings
from ocrkit.training.run_log import add_record, trim_log

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.model import Model
    from ocrkit.training.lines import Lines
    from ocrkit.training.settings import RunConfig
    from ocrkit.training.state import Position
    from ocrkit.training.validation import Validation

__all__ = ["RunWriter"]

_STEPS_A_LOG_LINE = 50
_PICTURES_EVERY = 30.0  # seconds; drawing must not eat the time of short epochs


class RunWriter:
    """Writes a run's folder as the run goes on."""

    def __init__(
        self, folder: Path, config: RunConfig, model: Model, validation: Lines, *, provenance: dict[str, object]
    ) -> None:
        self._folder = folder
        self._config = config
        self._model = model
        self._validation = validation
        self._provenance = provenance
        self._drawn = 0.0
        self._readings: tuple[str, ...] = ()
        self._judged: dict[str, object] = {}  # what validation found at the end of the last epoch
        self._noted: set[str] = set()
        self._observer = Observer()

    @property
    def log_file(self) -> Path:
        """Where every step and epoch is told, one JSON object a line."""
        return self._folder / LOG_FILE

    def watching(self, observer: Observer) -> Observer:
        """An observer that tells ``observer``, and writes down what it tells."""
        self._observer = observer
        return _Both(self, observer)

    def begin(self, *, resuming: bool, training: Lines, position: Position, device: str) -> None:
        """Write the configuration, that the run begins or goes on, and which images are left out."""
        write_toml(self._folder / CONFIG_FILE, to_table(self._config))
        if resuming:
            (self._folder / LAST_FILE).unlink(missing_ok=True)
            trim_log(self.log_file, step=position.step, epoch=position.epoch)
        else:
            self.log_file.unlink(missing_ok=True)  # of the same run, killed before it could begin
        counts = {"training": len(training), "validation": len(self._validation)}
        event, parameters = "resume" if resuming else "start", self._model.parameters()
        self.write(event, step=position.step, device=device, parameters=parameters, **counts)
        for bad in (*training.bad, *self._validation.bad):
            self.write("left out", **bad.to_dict())

    def write(self, event: str, **values: object) -> None:
        """Add one line to the log.

        Raises:
            ConfigError: the log cannot be written.
        """
        add_record(self.log_file, {"event": event, "time": round(time.time(), 3), **values})

    def keep_best(self, report: EpochReport, validation: Validation | None) -> None:
        """Save the model as the best so far, and remember what it read."""
        self._save(MODEL_FILE, _judgement(report))
        self._readings = () if validation is None else validation.readings

    def keep_unjudged(self, steps: int) -> None:
        """Save the model as it is, from a run that ended before its first epoch did."""
        self._save(MODEL_FILE, {"steps": steps, "metrics": {}})

    def stepped(self, report: StepReport) -> None:
        """Log some of the steps, and each that was left out."""
        if report.step % _STEPS_A_LOG_LINE == 0 or not math.isfinite(report.loss):
            self.write("step", **asdict(report))

    def validated(self, report: EpochReport) -> None:
        """Log an epoch, and draw the pictures when the last ones are old."""
        self.write("epoch", **asdict(report))
        self._judged = _judgement(report)
        if time.monotonic() - self._drawn > _PICTURES_EVERY:
            self._draw()

    def end(self, reason: str, steps: int) -> None:
        """Draw the pictures, log the end, and save the weights beside the best: a run that has those is over."""
        self._draw()
        self.write("end", reason=reason, step=steps)
        unjudged = {"steps": steps, "metrics": {}}
        self._save(LAST_FILE, self._judged if self._judged.get("steps") == steps else unjudged)

    def _save(self, name: str, metrics: dict[str, object]) -> None:
        self._model.provenance = {**self._provenance, **metrics}
        self._model.save(self._folder / name)

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        missing = [draw_metrics(self._folder / METRICS_FILE, self.log_file)]
        if self._readings:
            samples = self._folder / SAMPLES_FILE
            missing.append(draw_readings(samples, self._validation, self._readings, self._model.charset))
        for reason in missing:
            if reason and reason not in self._noted:
                self._noted.add(reason)
                self.write("note", message=reason)
                self._observer.note(reason)


def _judgement(report: EpochReport) -> dict[str, object]:
    """What a model file says of its epoch."""
    found = {"cer": report.cer, "exact": report.exact, "validation_loss": report.validation_loss}
    judged = {} if report.cer is None else found
    return {"epoch": report.epoch, "steps": report.step, "seconds": report.seconds, "metrics": judged}


class _Both(Observer):
    """Tells the record, then another observer."""

    def __init__(self, record: RunWriter, observer: Observer) -> None:
        self._record = record
        self._observer = observer

    def note(self, message: str) -> None:
        self._record.write("note", message=message)
        self._observer.note(message)

    def preparing(self, stage: str, done: int, total: int) -> None:
        self._observer.preparing(stage, done, total)

    def stepped(self, report: StepReport) -> None:
        self._record.stepped(report)
        self._observer.stepped(report)

    def validated(self, report: EpochReport) -> None:
        self._record.validated(report)
        self._observer.validated(report)
