"""What a training run tells: to an observer that remembers it, and in the log that it leaves."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from ocrkit.training import EpochReport, Observer, StepReport

if TYPE_CHECKING:
    from pathlib import Path


class Watching(Observer):
    """Remembers what it is told, and asks for an end after a step."""

    def __init__(self, *, stop_after: int = 0) -> None:
        self.notes: list[str] = []
        self.steps: list[StepReport] = []
        self.epochs: list[EpochReport] = []
        self.stages: list[tuple[str, int, int]] = []
        self._stop_after = stop_after

    def note(self, message: str) -> None:
        self.notes.append(message)

    def preparing(self, stage: str, done: int, total: int) -> None:
        self.stages.append((stage, done, total))

    def stepped(self, report: StepReport) -> None:
        self.steps.append(report)
        if report.step == self._stop_after:
            os.kill(os.getpid(), signal.SIGINT)

    def validated(self, report: EpochReport) -> None:
        self.epochs.append(report)


def log_of(run: Path) -> list[dict[str, object]]:
    """What a run's log says, a record a line."""
    return [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
