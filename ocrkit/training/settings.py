"""What a training run is told: the tables of ``config.toml``, and the checks of their values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.data.image import Preprocessing
from ocrkit.errors import OptionError, nearest
from ocrkit.nets.options import HeadOptions

__all__ = ["BackboneChoice", "DataSettings", "RunConfig", "TrainingSettings"]

OPTIMIZERS = ("adamw", "adam", "adadelta")
SCHEDULES = ("cosine", "one-cycle", "constant")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")
STOPPING = ("early", "fixed")
RESIZINGS = ("fail", "union", "new")
UNENCODABLE = ("error", "skip")


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Where the lines come from, and what becomes of those that cannot be used.

    Attributes:
        training: locations; none for drawn lines.
        evaluation: locations; none takes a seeded share of the training lines, or draws others.
        format: the name of a source; empty to guess.
        validation_fraction: the share of the lines that validates, where ``evaluation`` names none.
        validation_count: the lines drawn for validation, where lines are drawn.
        unencodable: ``error``, or ``skip`` to leave out and count the labels that the charset cannot spell.
        max_bad: the share of bad lines above which training stops.
        cache: MiB of fitted lines kept in memory; the rest is loaded again in each epoch.
    """

    training: tuple[str, ...] = ()
    evaluation: tuple[str, ...] = ()
    format: str = ""
    validation_fraction: float = 0.1
    validation_count: int = 1000
    unencodable: str = "error"
    max_bad: float = 0.01
    cache: int = 4096

    def __post_init__(self) -> None:
        _one_of("data.unencodable", self.unencodable, UNENCODABLE)
        _within("data.validation_fraction", self.validation_fraction, 0, 0.9)
        _within("data.validation_count", self.validation_count, 1)
        _within("data.max_bad", self.max_bad, 0, 1)
        _within("data.cache", self.cache, 0)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is trained.

    Attributes:
        epochs: passes over the training lines, at most.
        minutes: wall-clock limit; the schedule runs out by then, and training ends. 0 for none.
        batch_size: lines a step.
        optimizer: ``adamw``, ``adam`` or ``adadelta``.
        lrate: the highest learning rate.
        weight_decay: of AdamW.
        schedule: ``cosine`` (warm-up, then cosine to zero), ``one-cycle`` or ``constant`` (after the warm-up).
        warmup: the share of all steps in which the rate rises.
        clip: the largest gradient norm; 0 for any.
        precision: ``auto`` (bfloat16 on CUDA where it is fast, float16 on older devices, float32 on a CPU),
            ``float32``, ``bfloat16`` or ``float16``.
        device: ``auto`` (CUDA if there is one), or what torch calls it.
        quit: ``early`` stops after ``lag`` epochs without a better model, ``fixed`` runs all epochs.
        lag: epochs without improvement that end the training.
        seed: of weights, order, split and drawing.
        workers: processes that load images; -1 for one a core, 0 for none.
    """

    epochs: int = 30
    minutes: float = 0.0
    batch_size: int = 32
    optimizer: str = "adamw"
    lrate: float = 0.001
    weight_decay: float = 0.01
    schedule: str = "cosine"
    warmup: float = 0.03
    clip: float = 5.0
    precision: str = "auto"
    device: str = "auto"
    quit: str = "early"
    lag: int = 8
    seed: int = 0
    workers: int = -1

    def __post_init__(self) -> None:
        _one_of("training.optimizer", self.optimizer, OPTIMIZERS)
        _one_of("training.schedule", self.schedule, SCHEDULES)
        _one_of("training.precision", self.precision, PRECISIONS)
        _one_of("training.quit", self.quit, STOPPING)
        _within("training.epochs", self.epochs, 1)
        _within("training.batch_size", self.batch_size, 1)
        _within("training.lag", self.lag, 1)
        _within("training.minutes", self.minutes, 0)
        _within("training.lrate", self.lrate, 0, exclusive=True)
        _within("training.weight_decay", self.weight_decay, 0)
        _within("training.warmup", self.warmup, 0, 1)
        _within("training.clip", self.clip, 0)
        _within("training.seed", self.seed, 0)
        _within("training.workers", self.workers, -1)


@dataclass(frozen=True, slots=True)
class BackboneChoice:
    """Which backbone, and its own options."""

    name: str = "vgg"
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All of ``config.toml``.

    Attributes:
        charset: a name, a union such as ``malayalam+english``, a file, or ``from-data``.
        load: a model to start from: a file or a run's folder.
        resize: what becomes of that model's charset when it is not ``charset``: ``fail``, ``union`` or ``new``.
        backbone: the convolutional part.
        head: the recurrent part.
        preprocessing: how images become inputs.
        data: where the lines come from.
        synthetic: settings of the ``synthetic`` source.
        augmentation: the strength, 0 to 1, of each degradation that training images meet afresh in each epoch.
        training: how the network is trained.
    """

    charset: str = "malayalam"
    load: str = ""
    resize: str = "fail"
    backbone: BackboneChoice = field(default_factory=BackboneChoice)
    head: HeadOptions = field(default_factory=HeadOptions)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    data: DataSettings = field(default_factory=DataSettings)
    synthetic: Mapping[str, object] = field(default_factory=dict)
    augmentation: Mapping[str, float] = field(default_factory=dict)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        _one_of("resize", self.resize, RESIZINGS)
        for name, strength in self.augmentation.items():
            _within(f"augmentation.{name}", strength, 0, 1)

    @property
    def draws_lines(self) -> bool:
        """Whether the training lines are drawn, not read from anywhere."""
        return not self.data.training

    def worker_count(self) -> int:
        """The processes that load images."""
        return (os.cpu_count() or 1) if self.training.workers < 0 else self.training.workers


def _one_of(key: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        guess = nearest(value, choices)
        hint = f"; did you mean {guess!r}?" if guess else ";"
        raise OptionError(f"{key} is {value!r}{hint} known: {', '.join(choices)}")


def _within(key: str, value: float, low: float, high: float = float("inf"), *, exclusive: bool = False) -> None:
    if not (low < value if exclusive else low <= value) or not value <= high:
        above = f"above {low:g}" if exclusive else f"at least {low:g}"
        raise OptionError(f"{key} is {value!r}; expected {above}" + (f" and at most {high:g}" if high < 1e9 else ""))
