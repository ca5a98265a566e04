"""A run from its configuration to its folder: lines, model, loop, and what is left on disk."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.config import from_table, merge, read_toml, to_table
from ocrkit.data.loading import LineLoader
from ocrkit.errors import ConfigError, MissingFileError
from ocrkit.model import Architecture, Model
from ocrkit.nets.device import resolve_device
from ocrkit.plugin.registry import Registry, default_registry
from ocrkit.training.batches import Augmenter
from ocrkit.training.interruption import Interruption
from ocrkit.training.lines import Lines, check_share_of_bad, encode_labels, prepare_lines
from ocrkit.training.loop import Trainer
from ocrkit.training.observer import Observer, Outcome
from ocrkit.training.record import RunRecord
from ocrkit.training.sets import open_sets
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from ocrkit.data.records import Sample
    from ocrkit.text.charset import Charset

__all__ = ["CONFIG_FILE", "MODEL_FILE", "resume", "train"]

CONFIG_FILE = "config.toml"
MODEL_FILE = "model.safetensors"
_MIB = 1 << 20
_NAMED = 5  # bad lines in a note


def train(
    config: RunConfig,
    *,
    output: str | os.PathLike[str] | None = None,
    observer: Observer | None = None,
    registry: Registry | None = None,
) -> Outcome:
    """Train a model, and leave it with its log and pictures in a folder of its own.

    Args:
        config: everything about the run.
        output: the run's folder, new or empty; None for the next free ``runs/<charset>-<n>``.
        observer: whom to tell of progress.
        registry: None for the default one.

    Raises:
        ConfigError: the folder holds a run already.
        OcrkitError: whatever is wrong with data, charset, options or device, before training begins.
    """
    folder = _new_folder(output, config.charset)
    return _run(config, folder, observer or Observer(), registry or default_registry(), resuming=False)


def resume(
    folder: str | os.PathLike[str],
    *,
    changes: dict[str, object] | None = None,
    observer: Observer | None = None,
    registry: Registry | None = None,
) -> Outcome:
    """Go on with an interrupted run from its last saved step, to the weights that it would have had without a break.

    Args:
        folder: the run's folder.
        changes: a table laid over the run's configuration, such as more epochs.
        observer: whom to tell of progress.
        registry: None for the default one.

    Raises:
        MissingFileError: the folder holds no run.
        DataError: the training lines have changed since.
    """
    path = Path(folder)
    if not (path / CONFIG_FILE).is_file():
        raise MissingFileError(f"{str(path)!r} holds no run to resume: there is no {CONFIG_FILE} in it")
    config = from_table(RunConfig, merge(read_toml(path / CONFIG_FILE), changes or {}), where=str(path / CONFIG_FILE))
    return _run(config, path, observer or Observer(), registry or default_registry(), resuming=True)


def _run(config: RunConfig, folder: Path, observer: Observer, registry: Registry, *, resuming: bool) -> Outcome:
    torch.manual_seed(config.training.seed)
    device = resolve_device(config.training.device)
    base = Model.load(_model_file(config.load), registry=registry) if config.load else None
    sets = open_sets(config, base=base, registry=registry)
    model = _initial_model(config, sets.charset, base, registry)
    augmenter = Augmenter.named(config.augmentation, seed=config.training.seed, registry=registry)
    with LineLoader.opened(model.architecture.preprocessing, workers=config.training.workers) as loader:
        training = _prepared("training", sets.training, config, model, loader, observer)
        validation = _prepared("validation", sets.validation, config, model, loader, observer)
        model.network.to(device)
        record = RunRecord(folder, config, model, validation, provenance=_provenance(config, sets.digest(), device))
        trainer = Trainer(
            model,
            training,
            validation,
            config.training,
            augmenter,
            folder,
            device,
            record.watching(observer),
            keep_best=record.keep_best,
        )
        trainer.position.data = sets.digest()
        if resuming:
            trainer.restore()
        record.begin(resuming=resuming, training=training, device=str(device))
        return _finish(trainer, record, folder)


def _finish(trainer: Trainer, record: RunRecord, folder: Path) -> Outcome:
    with Interruption() as interruption:
        reason = trainer.run(interruption)
    model_file = folder / MODEL_FILE
    if not model_file.exists():
        record.keep_unjudged()
    record.end(reason, trainer.position.step)
    position = trainer.position
    return Outcome(folder, model_file, trainer.last_best, reason, position.epoch, position.step)


def _initial_model(config: RunConfig, charset: Charset, base: Model | None, registry: Registry) -> Model:
    if base is None:
        parts = Architecture(config.backbone.name, config.backbone.options, config.head, config.preprocessing)
        return Model.build(charset, parts, registry=registry)
    return base if charset == base.charset else base.with_charset(charset, registry=registry)


def _prepared(
    what: str, samples: Sequence[Sample], config: RunConfig, model: Model, loader: LineLoader, observer: Observer
) -> Lines:
    """The usable lines of a set; what is left out is told, and too much of it ends the run."""
    if not samples:
        return prepare_lines([], [], loader=loader, frames=model.frames, cache=0, progress=_unseen)
    kept, labels, lacking = encode_labels(samples, model.charset, unencodable=config.data.unencodable)
    if len(kept) < len(samples):
        left_out = len(samples) - len(kept)
        characters = "".join(character for character, _ in lacking.most_common(20))
        observer.note(f"left out {left_out} of {len(samples)} {what} lines, which need characters like {characters}")
    lines = prepare_lines(
        kept,
        labels,
        loader=loader,
        frames=model.frames,
        cache=config.data.cache * _MIB,
        progress=lambda done, total: observer.preparing(f"reading {what} lines", done, total),
        lengths_matter=what == "training",
    )
    for bad in lines.bad[:_NAMED]:
        observer.note(f"left out {bad.name}: {bad.reason}")
    if len(lines.bad) > _NAMED:
        observer.note(f"left out {len(lines.bad)} of {len(kept)} {what} lines in all; log.jsonl names each")
    check_share_of_bad(lines, max_bad=config.data.max_bad, what=what)
    return lines


def _unseen(_done: int, _total: int) -> None:
    """Nothing is shown of what takes no time."""


def _new_folder(output: str | os.PathLike[str] | None, charset: str) -> Path:
    if output is not None:
        folder = Path(output)
        if (folder / CONFIG_FILE).exists():
            raise ConfigError(
                f"{str(folder)!r} holds a run already; --resume {folder} goes on with it, -o names another"
            )
        return folder
    stem = re.sub(r"[^\w.+-]", "_", Path(charset).stem if charset.endswith(".toml") else charset)
    taken = (int(m[1]) for p in Path("runs").glob("*") if (m := re.fullmatch(re.escape(stem) + r"-(\d+)", p.name)))
    return Path("runs") / f"{stem}-{max(taken, default=0) + 1}"


def _model_file(load: str) -> Path:
    path = Path(load)
    return path / MODEL_FILE if path.is_dir() else path


def _provenance(config: RunConfig, data: str, device: torch.device) -> dict[str, object]:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "config": to_table(config),
        "data": data,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "device": f"{device.type} ({name})",
        "versions": {
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in ("ocrkit", "torch", "numpy", "pillow")},
        },
    }
