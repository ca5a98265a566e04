"""A run from its configuration to its folder: lines, model, loop, and what is left on disk."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import CheckpointError, ConfigError, LostProcess, ModelError, WorkerLostError
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.training import started
from ocrkit.training.augmenter import Augmenter
from ocrkit.training.batch_augmenter import BatchAugmenter
from ocrkit.training.determinism import cost_of, reproducible
from ocrkit.training.evaluation_sets import judging_set
from ocrkit.training.feeding.feed import Feed
from ocrkit.training.folder import LAST_FILE, MODEL_FILE, check_free, check_resumable, claimed, has_begun, held
from ocrkit.training.groups import check_trainable
from ocrkit.training.initial_model import charset_name, initial_model, load_base
from ocrkit.training.interruption import Interruption
from ocrkit.training.left_out import LeftOut
from ocrkit.training.loop import Trainer
from ocrkit.training.memory import is_out_of_memory
from ocrkit.training.observer import EpochReport, Observer, Outcome
from ocrkit.training.optimisation import autocast_dtype
from ocrkit.training.overlap import shared_samples
from ocrkit.training.provenance import provenance_of
from ocrkit.training.resume_config import changed_config
from ocrkit.training.run_writer import RunWriter
from ocrkit.training.sets import Sets, open_sets
from ocrkit.training.settings import BackboneChoice, RunConfig
from ocrkit.training.state import read_model, read_position
from ocrkit.training.stopping import check_unfinished
from ocrkit.training.team import joined_team, team_device
from ocrkit.training.team_lines import check_same_lines, share_of, workers_of
from ocrkit.training.tensorboard_events import check_tensorboard
from ocrkit.training.usable_lines import usable_lines

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from ocrkit.config import Table
    from ocrkit.data.records import Sample
    from ocrkit.model import Model
    from ocrkit.training.lines import Lines
    from ocrkit.training.team import Team
    from ocrkit.training.validation import Validation

__all__ = ["resume", "train"]

_MIB = 1 << 20


def train(
    config: RunConfig,
    *,
    output: str | os.PathLike[str] | None = None,
    observer: Observer | None = None,
    registry: Registry | None = None,
) -> Outcome:
    """Train a model, and leave it with its log and pictures in a folder of its own.

    Nothing is written before data, charset and options have all proved right. Torch's global generators are seeded.
    In processes that ``torchrun`` started, all of them train one model, and the first one writes and tells.

    Args:
        config: everything about the run.
        output: the run's folder, made where it does not exist; None for the next free ``runs/<charset>-<n>``.
        observer: whom to tell of progress.
        registry: None for the default one.

    Raises:
        ConfigError: the folder holds a run already, one under way perhaps, or cannot be written.
        ModelError: the loss was not finite in many steps in a row, or a batch does not fit the device's memory.
        OcrkitError: whatever is wrong with data, charset, options or device.
    """
    observer, registry = observer or Observer(), registry or default_registry()
    started.check_numbers()
    if started.rank():
        return _begun(config, observer, registry, place=nullcontext())
    check_free(output)
    return _begun(config, observer, registry, place=claimed(output, charset_name(config)))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a run goes out from, all of which has proved right.

    Attributes:
        config: with every option of the model's parts spelled out.
        device: of this process.
        augmenter: what training lines go through one by one.
        batch_augmenter: what they go through after that, in batches.
        model: with the weights that it begins with, or, of a run that goes on, with any.
        sets: where the lines come from.
        resuming: whether the run goes on.
    """

    config: RunConfig
    device: torch.device
    augmenter: Augmenter
    batch_augmenter: BatchAugmenter
    model: Model
    sets: Sets
    resuming: bool


def _begun(
    config: RunConfig, observer: Observer, registry: Registry, *, place: AbstractContextManager[Path | None]
) -> Outcome:
    """A run from its beginning."""
    device, augmenters = _checked_device(config), _augmenters(config, registry)
    torch.manual_seed(config.training.seed)
    base = load_base(config, registry=registry)
    sets = open_sets(config, base=base, registry=registry)
    model = initial_model(config, sets.charset, base, registry)
    check_trainable(model.network, config.training)
    setting = _Setting(_resolved(config, model), device, *augmenters, model, sets, resuming=False)
    return _run(setting, observer, place)


def resume(
    folder: str | os.PathLike[str],
    *,
    changes: Table | None = None,
    observer: Observer | None = None,
    registry: Registry | None = None,
) -> Outcome:
    """Go on with an interrupted run from its last saved step, to the weights that it would have had without a break.

    They are the same to the bit on a CPU with as many threads, unless ``training.minutes`` sets the pace. CUDA takes
    some sums in no fixed order.

    Args:
        folder: the run's folder.
        changes: a table laid over the run's configuration, such as more epochs.
        observer: whom to tell of progress.
        registry: None for the default one.

    Raises:
        MissingFileError: the folder holds no run.
        ConfigError: another run is under way in it, the run has come to its end, or a change is none that a run can go
            on with.
        CheckpointError: the run's state is damaged.
        DataError: the training lines are others than they were.
    """
    path = Path(folder)
    started.check_numbers()
    check_resumable(path)
    with nullcontext() if started.rank() else held(path):
        observer, registry = observer or Observer(), registry or default_registry()
        config = changed_config(path, changes or {})
        if not has_begun(path):
            observer.note(f"the run in {str(path)!r} was ended before its first step; it begins from there")
            return _begun(config, observer, registry, place=nullcontext(path))
        position = read_position(path)
        if (path / LAST_FILE).exists():  # or its end was cut short, and is made up for
            check_unfinished(position, config.training, path)
        device, augmenters = _checked_device(config), _augmenters(config, registry)
        model = read_model(path, registry=registry)
        sets = open_sets(config, base=model, registry=registry, resuming=True)
        setting = _Setting(config, device, *augmenters, model, sets, resuming=True)
        return _run(setting, observer, nullcontext(path))


def _run(setting: _Setting, observer: Observer, place: AbstractContextManager[Path | None]) -> Outcome:
    """Train in a place that the first of the processes has."""
    config, model, device = setting.config, setting.model, setting.device
    with joined_team(device, observer.note) as team:
        observer = observer if team.leads else Observer()
        if team.count > 1:
            observer.note(f"{team.count} processes train together, each on its share of every batch")
        training, validation = _lines_of(setting, team, observer)
        if not setting.resuming:
            _tell_shared(setting.sets, config, observer)
        check_same_lines(team, training)
        left_out = LeftOut(observer)
        with _feed_of(setting, team, (training, *validation.values()), observer, left_out) as feed:
            feed.try_first()
            model.network.to(device)
            model.calibration = None  # that of the weights it was loaded with
            with reproducible(device, wanted=config.training.deterministic), place as own_folder:
                folder = _agreed(team, own_folder)
                provenance = _provenance(setting, training)
                record = RunWriter(folder, config, model, validation, image_of=feed.image, provenance=provenance)
                trainer = Trainer(
                    model=model,
                    training=training,
                    validation=validation,
                    settings=config.training,
                    feed=feed,
                    folder=folder,
                    device=device,
                    observer=record.watching(observer) if team.leads else observer,
                    keep_best=record.keep_best if team.leads else _keep_nothing,
                    team=team,
                )
                if setting.resuming:
                    trainer.restore()
                if team.leads:
                    _begin(trainer, record, resuming=setting.resuming)
                    left_out.record = record
                return _finish(trainer, record)


def _feed_of(setting: _Setting, team: Team, sets: Sequence[Lines], observer: Observer, left_out: LeftOut) -> Feed:
    config = setting.config
    return Feed(
        sets,
        setting.model.architecture.preprocessing,
        device=setting.device,
        batch_size=config.training.batch_size,
        workers=workers_of(team, config.training.workers),
        cache=config.data.cache * _MIB,
        augmenter=setting.augmenter,
        batch_augmenter=setting.batch_augmenter,
        max_bad=config.data.max_bad,
        left_out=left_out,
        progress=lambda done, total: observer.preparing("loading the first lines", done, total),
        share=share_of(team),
    )


def _agreed(team: Team, own: Path | None) -> Path:
    """The run's folder, which is the first process' own."""
    folder = team.told(own)
    if folder is None:
        raise AssertionError("the first of the processes has no folder")
    return folder


def _provenance(setting: _Setting, training: Lines) -> dict[str, object]:
    """What model files say of the run; one that it begins with says it too, at once."""
    config, device, model = setting.config, setting.device, setting.model
    if setting.resuming:
        return provenance_of(config, training.digest, device, before=model.provenance)
    model.provenance = provenance_of(config, training.digest, device)
    return model.provenance


def _keep_nothing(_report: EpochReport, _validation: Validation | None) -> None:
    """What a process does with the best model when another one writes."""


def _lines_of(setting: _Setting, team: Team, observer: Observer) -> tuple[Lines, dict[str, Lines]]:
    """The lines to train on, and those of each validation set."""
    config, sets = setting.config, setting.sets
    workers = workers_of(team, config.training.workers)

    def usable(what: str, samples: Sequence[Sample]) -> Lines:
        return usable_lines(what, samples, config.data, model=setting.model, workers=workers, observer=observer)

    training = usable("training", sets.training)
    called = "validation" if len(sets.validation) == 1 else "validation ({})"
    validation = {name: usable(called.format(name), samples) for name, samples in sets.validation.items()}
    if len(validation) > 1:
        judge = judging_set(validation, config.training.judge)
        counts = ", ".join(f"{name} ({len(lines)} lines)" for name, lines in validation.items())
        observer.note(f"validated on {counts}; the best model is the one that reads {judge} best")
    return training, validation


def _tell_shared(sets: Sets, config: RunConfig, observer: Observer) -> None:
    """Warn of lines that are trained on and validate too; a share that is split off, or drawn, has none."""
    if config.draws_lines or not config.data.evaluation:
        return
    for name, samples in shared_samples(sets.training, sets.validation).items():
        observer.note(
            f"{len(samples)} of the {len(sets.validation[name])} lines of {name} are trained on too, such as "
            f"{samples[0].name}; the figures of that set are better than those of lines that were never seen"
        )


def _begin(trainer: Trainer, record: RunWriter, *, resuming: bool) -> None:
    place, device = trainer.position, str(trainer.device)
    record.begin(resuming=resuming, training=trainer.training, position=place, device=device)
    # From the first step on there is a state, so that a kill at any time leaves something to go on with.
    trainer.save()
    if trainer.settings.deterministic:
        trainer.observer.note(cost_of(trainer.device))


def _finish(trainer: Trainer, record: RunWriter) -> Outcome:
    try:
        with Interruption() as interruption:
            reason = trainer.run(interruption)
        position = trainer.position
        leads, file = trainer.team.leads, trainer.folder / MODEL_FILE
        if leads and (position.best is None or not file.exists()):  # somebody may have removed it
            record.keep_unjudged(position.step)
        trainer.team.told("the file is there")
        if reason != "interrupted":
            record.calibrated(trainer.calibrate(file))
        if leads:
            record.end(reason, position.step)
        # Who starts the processes may end them all as soon as one of them is gone.
        trainer.team.told("all is written")
    except (WorkerLostError, LostProcess) as error:
        raise type(error)(f"{error}; `resume={str(trainer.folder)!r}` goes on with the run") from error
    except (CheckpointError, ConfigError) as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise type(error)(f"{error}; once it can be, `resume={str(trainer.folder)!r}` goes on") from error
    except RuntimeError as error:  # in a validation; a step tells of its own batch
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"validation in batches of {trainer.settings.batch_size} lines does not fit the memory; "
            "begin anew with a smaller `training.batch_size`"
        ) from error
    return Outcome(
        folder=trainer.folder,
        model=trainer.folder / MODEL_FILE,
        last=trainer.folder / LAST_FILE,
        best=position.best,
        reason=reason,
        epochs=position.epoch,
        steps=position.step,
        signal=interruption.signal,
    )


def _checked_device(config: RunConfig) -> torch.device:
    """The device, once it is clear that it can do what is asked of it, and that nothing else is missing."""
    if config.training.tensorboard:
        check_tensorboard()
    device = team_device(config.training.device)
    autocast_dtype(config.training.precision, device)
    return device


def _augmenters(config: RunConfig, registry: Registry) -> tuple[Augmenter, BatchAugmenter]:
    """What training lines go through one by one, and then in batches."""
    strengths, seed = config.augmentation, config.training.seed
    alone = Augmenter.named(strengths, seed=seed, registry=registry)
    return alone, BatchAugmenter.named(strengths, seed=seed, registry=registry)


def _resolved(config: RunConfig, model: Model) -> RunConfig:
    """The configuration with every option of the model's parts spelled out."""
    parts = model.architecture
    backbone = BackboneChoice(parts.backbone, parts.options)
    return replace(config, backbone=backbone, head=parts.head, preprocessing=parts.preprocessing)
