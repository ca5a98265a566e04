"""Training as the user sees it: bars or lines, one line an epoch, notes as they come."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

from ocrkit.cli.progress import Stages
from ocrkit.training.observer import EpochReport, Observer, StepReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["SegmentingProgress", "TrainingProgress"]


class TrainingProgress(Observer):
    """Shows a run on stderr; use it as a context manager."""

    def __init__(self) -> None:
        self._stages = Stages()
        self._smooth = 0.0

    def __enter__(self) -> Self:
        self._stages.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stages.__exit__(kind, error, trace)

    def note(self, message: str) -> None:
        """Show what the user should know."""
        self._stages.say(f"note: {message}")

    def preparing(self, stage: str, done: int, total: int) -> None:
        """Show how many lines are ready."""
        self._stages.update(stage, done, total)

    def stepped(self, report: StepReport) -> None:
        """Show the steps of all epochs as one stage, with the smoothed loss."""
        if math.isfinite(report.loss):
            self._smooth = report.loss if not self._smooth else 0.98 * self._smooth + 0.02 * report.loss
        remark = f"epoch {report.epoch + 1}, loss {self._smooth:.3f}{_pace(report)}"
        self._stages.update("training", report.step, report.steps, remark)

    def validated(self, report: EpochReport) -> None:
        """Show what an epoch gave."""
        by = f" by {report.judge}" if len(report.sets) > 1 else ""
        best = f" (best{by})" if report.best else ""
        self._stages.say(
            f"epoch {report.epoch + 1}: loss {report.loss:.3f}, {_quality(report)}, {report.seconds:.0f} s{best}"
        )


class SegmentingProgress(TrainingProgress):
    """Shows a training of what finds lines."""

    def stepped(self, report: StepReport) -> None:
        """Show the steps as one stage, with the smoothed loss."""
        if math.isfinite(report.loss):
            self._smooth = report.loss if not self._smooth else 0.98 * self._smooth + 0.02 * report.loss
        remark = f"loss {self._smooth:.3f}{_pace(report, 'crops')}"
        self._stages.update("training", report.step, report.steps, remark)

    def measured(self, step: int, losses: Mapping[str, float]) -> None:
        """Show what was measured on pages apart."""
        parts = ", ".join(f"{name} {value:.3f}" for name, value in losses.items() if name != "loss")
        self._stages.say(f"step {step}: evaluation loss {losses['loss']:.4f} ({parts})")


def _pace(report: StepReport, what: str = "lines") -> str:
    """How fast it goes, and, where that is worth a word, how much of the time goes into waiting for lines."""
    if not report.speed:
        return ""
    waiting = f", {report.waited:.0%} waiting" if report.waited >= 0.005 else ""
    return f", {report.speed:,.{0 if report.speed >= 10 else 1}f} {what}/s{waiting}"


def _quality(report: EpochReport) -> str:
    found = [
        (name, f"{each.loss:.3f}, CER {each.cer:.4f}, exact {each.exact:.4f}") for name, each in report.sets.items()
    ]
    if len(found) < 2:
        return f"validation {found[0][1]}" if found else "no validation lines"
    return "; ".join(f"{name} {quality}" for name, quality in found)
