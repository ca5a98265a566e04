"""What a run leaves in its folder: the best model, ``log.jsonl``, the configuration and the pictures."""

from __future__ import annotations

import math
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from ocrkit.config import to_table, write_toml
from ocrkit.training.curves import draw_metrics
from ocrkit.training.folder import CONFIG_FILE, LAST_FILE, LOG_FILE, METRICS_FILE, MODEL_FILE, SAMPLES_FILE
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.pictures import ImageOf, draw_readings
from ocrkit.training.run_log import add_record, trim_log
from ocrkit.training.tensorboard_events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ocrkit.data.records import BadImage
    from ocrkit.model import Model
    from ocrkit.text.calibration import Calibration
    from ocrkit.training.lines import Lines
    from ocrkit.training.settings import RunConfig
    from ocrkit.training.state import Position
    from ocrkit.training.validation import Validation

__all__ = ["RunWriter"]

_STEPS_A_LOG_LINE = 50
_LOGGED_EVERY = 10.0  # seconds, where so many steps take longer
_DRAWN_EVERY = 30.0  # seconds
_DRAWING = 0.05  # of the time, at most
_SHOWN_EVERY = 600.0  # seconds between two pictures among the events, which keep all of them


class RunWriter:
    """Writes a run's folder as the run goes on."""

    def __init__(
        self,
        folder: Path,
        config: RunConfig,
        model: Model,
        validation: Mapping[str, Lines],
        *,
        image_of: ImageOf,
        provenance: dict[str, object],
    ) -> None:
        self._folder = folder
        self._config = config
        self._model = model
        self._validation = validation
        self._image_of = image_of
        self._provenance = provenance
        self._step = 0
        self._logged = time.monotonic()
        self._draw_next = time.monotonic() + _DRAWN_EVERY
        self._show_next = 0.0
        self._events: Events | None = None
        self._readings: tuple[str, ...] = ()
        self._judge = ""
        self._judged: dict[str, object] = {}  # what validation found at the end of the last epoch
        self._noted: set[str] = set()
        self._calibrated: dict[str, object] = {}
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
        """Write the configuration, that the run begins or goes on, and which images are known as bad."""
        self._write_config()
        if resuming:
            (self._folder / LAST_FILE).unlink(missing_ok=True)
            trim_log(self.log_file, step=position.step, epoch=position.epoch)
        else:
            self.log_file.unlink(missing_ok=True)  # of the same run, killed before it could begin
        sizes = {name: _good(lines) for name, lines in self._validation.items()}
        counts = {"training": _good(training), "validation": sum(sizes.values()), "sets": sizes}
        event, parameters = "resume" if resuming else "start", self._model.parameters()
        if self._config.training.tensorboard:
            self._attempt_events(self._begin_events)
        self.write(event, step=position.step, device=device, parameters=parameters, **counts)
        for lines in (training, *self._validation.values()):
            for bad in lines.bad.values():
                self.leave_out(bad)

    def leave_out(self, bad: BadImage) -> None:
        """Log a line that is bad."""
        self.write("left out", **bad.to_dict())

    def write(self, event: str, **values: object) -> None:
        """Add one line to the log.

        Raises:
            ConfigError: the log cannot be written.
        """
        record = {"event": event, "time": round(time.time(), 3), **values}
        add_record(self.log_file, record)
        if self._events is not None:
            events = self._events
            self._attempt_events(lambda: events.add(record))

    def keep_best(self, report: EpochReport, validation: Validation | None) -> None:
        """Save the model as the best so far, and remember what it read."""
        self._save(MODEL_FILE, _judgement(report))
        self._readings = () if validation is None else validation.readings
        self._judge = report.judge

    def keep_unjudged(self, steps: int) -> None:
        """Save the model as it is, from a run that ended before its first epoch did."""
        self._save(MODEL_FILE, {"steps": steps, "metrics": {}})

    def stepped(self, report: StepReport) -> None:
        """Log some of the steps, and each that was left out; draw the pictures when the last ones are old."""
        self._step = report.step
        late = time.monotonic() - self._logged > _LOGGED_EVERY
        if report.step % _STEPS_A_LOG_LINE == 0 or late or not math.isfinite(report.loss):
            self._logged = time.monotonic()
            self.write("step", **asdict(report))
        self._draw_if_due()

    def validated(self, report: EpochReport) -> None:
        """Log an epoch, and draw the pictures when the last ones are old."""
        self._keep_config()
        self.write("epoch", **asdict(report))
        self._judged = _judgement(report)
        self._draw_if_due()

    def calibrated(self, calibration: Calibration | None) -> None:
        """Remember what the best model's confidences are worth, for the log's end."""
        if calibration is not None:
            self._calibrated = {
                "temperature": calibration.temperature,
                "calibration_error": calibration.error,
                "calibration_lines": calibration.lines,
            }

    def end(self, reason: str, steps: int) -> None:
        """Draw the pictures, log the end, and save the weights beside the best: a run that has those is over."""
        self._keep_config()
        self._show_next = 0.0
        self._draw()
        self.write("end", reason=reason, step=steps, **self._calibrated)
        unjudged = {"steps": steps, "metrics": {}}
        self._save(LAST_FILE, self._judged if self._judged.get("steps") == steps else unjudged)

    def _save(self, name: str, metrics: dict[str, object]) -> None:
        self._model.provenance = {**self._provenance, **metrics}
        self._model.save(self._folder / name)

    def _keep_config(self) -> None:
        """Write the configuration again if somebody has removed it, or the whole folder with it."""
        if not (self._folder / CONFIG_FILE).exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write_config()

    def _write_config(self) -> None:
        write_toml(self._folder / CONFIG_FILE, to_table(self._config))

    def _draw_if_due(self) -> None:
        if time.monotonic() >= self._draw_next:
            self._draw()

    def _draw(self) -> None:
        begun = time.monotonic()
        self._attempt(METRICS_FILE, lambda: draw_metrics(self._folder / METRICS_FILE, self.log_file))
        if self._readings:
            self._attempt(SAMPLES_FILE, self._draw_samples)
        ended = time.monotonic()
        self._draw_next = ended + max(_DRAWN_EVERY, (ended - begun) / _DRAWING)

    def _draw_samples(self) -> str:
        samples = self._folder / SAMPLES_FILE
        lines = self._validation[self._judge]
        draw_readings(samples, lines, self._image_of, self._readings, self._model.charset)
        if self._events is not None and time.monotonic() >= self._show_next:
            events = self._events
            self._show_next = time.monotonic() + _SHOWN_EVERY
            self._attempt_events(lambda: events.add_picture("readings", samples, self._step))
        return ""

    def _attempt(self, name: str, draw: Callable[[], str]) -> None:
        """Draw a picture, or note why it is not drawn."""
        try:
            reason = draw()
        except OSError as error:
            reason = f"{name} is not drawn, since it cannot be written: {error.strerror or error}"
        except Exception as error:  # no picture, whatever a library makes of it, is worth the end of a training
            reason = f"{name} is not drawn: {type(error).__name__}: {error}"
        self._note_once(reason)

    def _begin_events(self) -> None:
        self._events = Events(self._folder, self.log_file)

    def _attempt_events(self, write: Callable[[], None]) -> None:
        """Write events, or note why there are no more of them."""
        try:
            write()
        except OSError as error:
            self._events = None
            reason = error.strerror or error
            self._note_once(f"the events for TensorBoard end here, since they cannot be written: {reason}")

    def _note_once(self, reason: str) -> None:
        if reason and reason not in self._noted:
            self._noted.add(reason)
            self.write("note", message=reason)
            self._observer.note(reason)


def _good(lines: Lines) -> int:
    """How many lines are not known as bad."""
    return len(lines) - len(lines.bad)


def _judgement(report: EpochReport) -> dict[str, object]:
    """What a model file says of its epoch."""
    found: dict[str, object] = {"cer": report.cer, "exact": report.exact, "validation_loss": report.validation_loss}
    if len(report.sets) > 1:
        found |= {"judge": report.judge, "sets": {name: asdict(each) for name, each in report.sets.items()}}
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
