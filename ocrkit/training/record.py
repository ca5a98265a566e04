"""What a run leaves in its folder: the best model, ``log.jsonl``, the configuration and the pictures."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from ocrkit.config import to_table, write_toml
from ocrkit.training.observer import EpochReport, Observer, StepReport
from ocrkit.training.pictures import draw_metrics, draw_readings

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.model import Model
    from ocrkit.training.lines import Lines
    from ocrkit.training.settings import RunConfig
    from ocrkit.training.validation import Validation

__all__ = ["RunRecord"]

_STEPS_A_LOG_LINE = 50
_PICTURES_EVERY = 30.0  # seconds; drawing must not eat the time of short epochs


class RunRecord:
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
        self._notes: set[str] = set()
        self._observer = Observer()

    @property
    def log_file(self) -> Path:
        """Where every step and epoch is told, one JSON object a line."""
        return self._folder / "log.jsonl"

    def watching(self, observer: Observer) -> Observer:
        """An observer that tells ``observer``, and writes down what it tells."""
        self._observer = observer
        return _Both(self, observer)

    def begin(self, *, resuming: bool, training: Lines, device: str) -> None:
        """Write the configuration, that the run begins or goes on, and which images are left out."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_toml(self._folder / "config.toml", to_table(self._config))
        counts = {"training": len(training), "validation": len(self._validation)}
        self.write("resume" if resuming else "start", device=device, parameters=self._model.parameters(), **counts)
        for bad in (*training.bad, *self._validation.bad):
            self.write("left out", **asdict(bad))

    def write(self, event: str, **values: object) -> None:
        """Add one line to the log."""
        line = json.dumps({"event": event, "time": round(time.time(), 3), **values}, ensure_ascii=False)
        with self.log_file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def keep_best(self, report: EpochReport, validation: Validation) -> None:
        """Save the model as the best so far, and remember what it read."""
        metrics = {"cer": report.cer, "exact": report.exact, "validation_loss": report.validation_loss}
        self._save({"epoch": report.epoch, "steps": report.step, "seconds": report.seconds, "metrics": metrics})
        self._readings = validation.readings

    def keep_unjudged(self) -> None:
        """Save the model as it is, from a run that ended before its first validation."""
        self._save({"metrics": {}})

    def stepped(self, report: StepReport) -> None:
        """Log some of the steps."""
        if report.step % _STEPS_A_LOG_LINE == 0:
            self.write("step", **asdict(report))

    def validated(self, report: EpochReport) -> None:
        """Log an epoch, and draw the pictures when the last ones are old."""
        self.write("epoch", **asdict(report))
        if time.monotonic() - self._drawn > _PICTURES_EVERY:
            self._draw()

    def end(self, reason: str, steps: int) -> None:
        """Log the end, and draw the pictures."""
        self._draw()
        self.write("end", reason=reason, step=steps)

    def _save(self, metrics: dict[str, object]) -> None:
        self._model.provenance = {**self._provenance, **metrics}
        self._model.save(self._folder / "model.safetensors")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        if self._readings:
            draw_readings(self._folder / "samples.png", self._validation, self._readings, self._model.charset)
        missing = draw_metrics(self._folder / "metrics.png", self.log_file)
        if missing and missing not in self._notes:
            self._notes.add(missing)
            self._observer.note(missing)


class _Both(Observer):
    """Tells the record, then another observer."""

    def __init__(self, record: RunRecord, observer: Observer) -> None:
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
