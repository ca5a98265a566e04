"""What a training run tells whoever watches it; the library itself prints nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["EpochReport", "Observer", "Outcome", "SetReport", "StepReport"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """One optimiser step: where the run is, and how the batch did.

    ``loss`` is nats a label, not finite where the step was left out; ``rate`` the learning rate; ``seconds`` those of
    training and validation so far. ``speed`` is lines a second, and ``waited`` the share of the time, 0 to 1, in which
    the device had nothing to do, both over the last fifty steps. On CUDA the device's own clock tells what passed
    between the end of a step and the beginning of the next; elsewhere it is the wait for the next batch.
    """

    step: int
    steps: int
    epoch: int
    epochs: int
    loss: float
    rate: float
    seconds: float
    lines: int
    speed: float = 0.0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class SetReport:
    """What validation found in one of the sets: ``loss`` in nats a label, ``cer`` and ``exact`` as fractions of 1."""

    loss: float
    cer: float
    exact: float


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One epoch and the validation at its end.

    ``cer`` and ``exact`` are fractions of 1, losses nats a label; the three of validation are those of the set
    ``judge``, by which ``best`` is decided, and None where no line validates. ``sets`` has those of every set, that one
    included, by name. ``epoch`` counts from 0.
    """

    epoch: int
    step: int
    loss: float
    rate: float
    seconds: float
    best: bool
    validation_loss: float | None = None
    cer: float | None = None
    exact: float | None = None
    judge: str = ""
    sets: Mapping[str, SetReport] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        folder: the run's folder.
        model: the file of its best model, or of the last weights where none was judged.
        last: the file of the weights that it ended with.
        best: the epoch of the whole run, breaks included, whose weights ``model`` holds; None if training ended before
            its first epoch did.
        reason: why it ended: ``epochs``, ``steps``, ``time``, ``early``, or ``interrupted``.
        epochs: epochs finished.
        steps: optimiser steps.
        signal: the number of the signal that interrupted it; 0 where none did.
    """

    folder: Path
    model: Path
    last: Path
    best: EpochReport | None
    reason: str
    epochs: int
    steps: int
    signal: int = 0


class Observer:
    """Watches a run and does nothing; override what is of interest."""

    def note(self, message: str) -> None:
        """Something that the user should know, once."""

    def preparing(self, stage: str, done: int, total: int) -> None:
        """``done`` of ``total`` lines of a stage (such as ``reading training labels``) are ready."""

    def stepped(self, report: StepReport) -> None:
        """A step was taken."""

    def validated(self, report: EpochReport) -> None:
        """An epoch ended and was validated."""

    def measured(self, step: int, losses: Mapping[str, float]) -> None:
        """What finds lines was measured on pages apart, after so many steps: ``loss``, and its parts by map."""
