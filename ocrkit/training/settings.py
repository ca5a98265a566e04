"""What a training run is told: the tables of ``config.toml``, and the checks of their values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ocrkit.data.image import Preprocessing
from ocrkit.errors import OptionError, did_you_mean
from ocrkit.nets.options import HeadOptions

__all__ = ["BackboneChoice", "DataSettings", "RunConfig", "TrainingSettings"]

OPTIMIZERS = ("adamw", "adam", "adadelta")
SCHEDULES = ("cosine", "linear", "one-cycle", "constant")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")
STOPPING = ("early", "fixed")
_USUAL_CHARSET = "malayalam"
RESIZINGS = ("fail", "union", "new")
UNENCODABLE = ("error", "skip")
PARTS = ("backbone", "head", "output")
_KNOWN_PARTS = f"known: {', '.join(PARTS)}"
_MOST_THREADS = 1024
_HIGHEST_SEED = 2**62  # torch takes 64 bits with a sign


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Where the lines come from, and what becomes of those that cannot be used.

    Attributes:
        training: locations; none for drawn lines.
        evaluation: locations of validation lines, each a set of its own, which may be named as in ``hand=letters/``;
            or a table of names and their locations. None takes a seeded share of the training lines, or draws others.
        format: the name of a source; empty to guess.
        pattern: which part of file names is the text, for format ``filename``; empty for the whole name.
        validation_fraction: the share of the lines that validates, where ``evaluation`` names none.
        validation_count: the lines drawn for validation, where lines are drawn.
        unencodable: ``error``, or ``skip`` to leave out and count the labels that the charset cannot spell.
        max_bad: the share of bad lines, of all sets together, above which training stops.
        cache: MiB of fitted lines kept in memory, as far as there is some to spare; the rest is loaded again in each
            epoch.
    """

    training: tuple[str, ...] = ()
    evaluation: tuple[str, ...] | Mapping[str, str | tuple[str, ...]] = ()
    format: str = ""
    pattern: str = ""
    validation_fraction: float = 0.1
    validation_count: int = 1000
    unencodable: str = "error"
    max_bad: float = 0.01
    cache: int = 4096

    def __post_init__(self) -> None:
        _one_of("unencodable", self.unencodable, UNENCODABLE)
        _within("validation_fraction", self.validation_fraction, 0, 0.9)
        _within("validation_count", self.validation_count, 1)
        _within("max_bad", self.max_bad, 0, 1)
        _within("cache", self.cache, 0)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is trained.

    Attributes:
        epochs: passes over the training lines, at most; where ``steps`` are given they alone say how long it is.
        steps: optimiser steps, after which training ends with a last validation, the schedule having run out; 0 for as
            many as the epochs have.
        minutes: wall-clock limit of training and validation; the schedule runs out by then, and training ends, after
            a last validation. 0 for none.
        batch_size: lines a step, which takes them in parts where they are very long.
        optimizer: ``adamw``, ``adam`` or ``adadelta``.
        lrate: the highest learning rate.
        rates: what it is multiplied by for a part of the network: ``backbone``, ``head`` (what stands between) or
            ``output`` (the last layer); 1 for one that is not named.
        freeze: parts of the network that stay as the loaded model has them, the statistics of batch norms included.
        freeze_epochs: epochs after which they are trained like the rest; 0 for never.
        weight_decay: of AdamW.
        schedule: ``cosine`` (warm-up, then a cosine down to a hundredth), ``linear`` (warm-up, then straight down to
            nothing), ``one-cycle`` (up for three tenths of the training, then down) or ``constant`` (after the
            warm-up).
        warmup: the share of the training in which the rate rises; ``one-cycle`` has its own.
        clip: the largest gradient norm; 0 for any.
        precision: of matrix products, in training and validation; weights are float32 always. ``auto`` takes bfloat16
            where the device has instructions for it (CUDA of compute capability 8.0, CPUs with AVX512-BF16 or
            AMX-BF16), float16 with loss scaling on older CUDA devices, and float32 on older CPUs. ``float32``,
            ``bfloat16`` and ``float16`` say which.
        device: ``auto`` (CUDA if there is one), or what torch calls it.
        judge: the name of the validation set by which the best model is chosen; empty for the first.
        quit: ``early`` stops after ``lag`` epochs without a better model, ``fixed`` runs all epochs.
        lag: epochs without improvement that end the training.
        seed: of weights, order, split and drawing.
        workers: processes that load images and make batches; -1 for one a core once there are some hundred lines,
            0 for a thread.
        save_every: seconds of training between two resume points, and so what a kill -9 can cost.
        tensorboard: whether curves and readings are written for TensorBoard too, beside the log.
        threads: that the network takes on a CPU; 0 for all, or fewer where all prove much slower as a long run starts.
        deterministic: whether the same run on the same machine gives the same weights to the bit, on CUDA too, where
            that takes longer.
    """

    epochs: int = 30
    steps: int = 0
    minutes: float = 0.0
    batch_size: int = 32
    optimizer: str = "adamw"
    lrate: float = 0.001
    rates: Mapping[str, float] = field(default_factory=dict)
    freeze: tuple[str, ...] = ()
    freeze_epochs: int = 0
    weight_decay: float = 0.01
    schedule: str = "cosine"
    warmup: float = 0.03
    clip: float = 5.0
    precision: str = "auto"
    device: str = "auto"
    judge: str = ""
    quit: str = "early"
    lag: int = 8
    seed: int = 0
    workers: int = -1
    save_every: float = 120.0
    tensorboard: bool = False
    threads: int = 0
    deterministic: bool = False

    def __post_init__(self) -> None:
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("precision", self.precision, PRECISIONS)
        _one_of("quit", self.quit, STOPPING)
        _within("epochs", self.epochs, 1)
        _within("steps", self.steps, 0)
        _within("batch_size", self.batch_size, 1)
        _within("lag", self.lag, 1)
        _within("minutes", self.minutes, 0)
        _above_zero("lrate", self.lrate)
        _check_parts(self)
        _within("weight_decay", self.weight_decay, 0)
        _within("warmup", self.warmup, 0, 1)
        _within("clip", self.clip, 0)
        _within("seed", self.seed, 0, _HIGHEST_SEED)
        _within("workers", self.workers, -1)
        _within("save_every", self.save_every, 0)
        _within("threads", self.threads, 0, _MOST_THREADS)


@dataclass(frozen=True, slots=True)
class BackboneChoice:
    """Which backbone, and its own options."""

    name: str = "vgg"
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """All of ``config.toml``.

    Attributes:
        charset: a name, a union such as ``malayalam+english``, a file, ``from-data``, or a union with that. Where it is
            empty, ``malayalam``; or with ``load`` that model's own, unless ``resize`` asks for another.
        load: a model to start from: a file, a run's folder or an installed model's name. Its network is taken as it
            is, so ``backbone``, ``head`` and ``preprocessing`` may only say what it says, but for what has no weights:
            dropout, ``skip_frames``, and the width, fit, contrast, rows and foot of lines.
        resize: what becomes of that model's charset when it is not ``charset``: ``fail``, ``union`` or ``new``.
        backbone: the convolutional part.
        head: what reads the backbone's frames, mostly recurrent.
        preprocessing: how images become inputs.
        data: where the lines come from.
        synthetic: settings of the ``synthetic`` source.
        augmentation: the strength, 0 to 1, of each degradation that training images meet afresh in each epoch.
        training: how the network is trained.
        said: the settings of the network, such as ``head.rnn``, that were said in so many words, be they what stands
            anyway; see ``ocrkit.training.layering.configured``.
    """

    charset: str = ""
    load: str = ""
    resize: str = "fail"
    backbone: BackboneChoice = field(default_factory=BackboneChoice)
    head: HeadOptions = field(default_factory=HeadOptions)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    data: DataSettings = field(default_factory=DataSettings)
    synthetic: Mapping[str, object] = field(default_factory=dict)
    augmentation: Mapping[str, float] = field(default_factory=dict)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    said: frozenset[str] = field(default_factory=frozenset, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _one_of("resize", self.resize, RESIZINGS)
        if not self.charset and not self.keeps_charset:
            object.__setattr__(self, "charset", _USUAL_CHARSET)
        for name, strength in self.augmentation.items():
            _within(f"augmentation.{name}", strength, 0, 1)

    @property
    def keeps_charset(self) -> bool:
        """Whether the labels are those of the model that is loaded, whatever its charset is called."""
        return not self.charset and bool(self.load) and self.resize == "fail"

    @property
    def draws_lines(self) -> bool:
        """Whether the training lines are drawn, not read from anywhere."""
        return not self.data.training


def _check_parts(settings: TrainingSettings) -> None:
    for part in settings.freeze:
        if part not in PARTS:
            raise OptionError(f"freeze holds {part!r}; {did_you_mean(part, PARTS, then=_KNOWN_PARTS)}")
    if set(settings.freeze) == set(PARTS):
        raise OptionError(f"freeze is {list(settings.freeze)!r}: nothing is left to train; leave a part out of it")
    _within("freeze_epochs", settings.freeze_epochs, 0)
    if settings.freeze_epochs and not settings.freeze:
        raise OptionError(
            f"freeze_epochs is {settings.freeze_epochs}, and no part is frozen; name one with `training.freeze`"
        )
    for part, rate in settings.rates.items():
        if part not in PARTS:
            raise OptionError(f"rates has {part!r}; {did_you_mean(part, PARTS, then=_KNOWN_PARTS)}")
        if not (rate > 0 and math.isfinite(rate)):
            raise OptionError(
                f"rates.{part} is {rate!r}; expected a number above 0, by which lrate is multiplied; "
                f"`training.freeze` keeps a part as it is"
            )


def _one_of(key: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        hint = did_you_mean(value, choices, then=f"known: {', '.join(choices)}")
        raise OptionError(f"{key} is {value!r}; {hint}")


def _within(key: str, value: float, low: float, high: float = math.inf) -> None:
    if not (low <= value <= high and math.isfinite(value)):
        bound = f" and at most {high}" if math.isfinite(high) else ""
        raise OptionError(f"{key} is {value!r}; expected at least {low}{bound}")


def _above_zero(key: str, value: float) -> None:
    if not (value > 0 and math.isfinite(value)):
        raise OptionError(f"{key} is {value!r}; expected a number above 0")
