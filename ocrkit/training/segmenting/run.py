"""A training of what finds lines, from its configuration to its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.config import from_table, merge, read_toml, to_table
from ocrkit.errors import ConfigError, DataError
from ocrkit.model_files import find_model
from ocrkit.nets.device import resolve_device
from ocrkit.nets.segmentation.labeller import Labeller, LabellerOptions
from ocrkit.segmentation.net import read_net
from ocrkit.training.folder import CONFIG_FILE, check_free, check_resumable, claimed, has_begun, held
from ocrkit.training.interruption import Interruption
from ocrkit.training.observer import Observer
from ocrkit.training.optimisation import autocast_dtype
from ocrkit.training.provenance import base_of, circumstances, sha256_of, without_folders
from ocrkit.training.segmenting.course import Course
from ocrkit.training.segmenting.feed import batches
from ocrkit.training.segmenting.learner import Learner
from ocrkit.training.segmenting.measuring import evaluation_crops
from ocrkit.training.segmenting.pages import PageDrawer, PageMaker, page_files
from ocrkit.training.segmenting.settings import SegmentingConfig
from ocrkit.training.threads import on_threads

if TYPE_CHECKING:
    import os
    from contextlib import AbstractContextManager

    from ocrkit.config import Table

__all__ = ["SegmentingOutcome", "resume_segmenter", "train_segmenter"]

# These only shape what is still to come.
_MAY_CHANGE = (
    "averaging", "clip", "device", "lrate", "precision", "save_every", "steps", "threads", "warmup", "weight_decay",
    "workers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SegmentingOutcome:
    """How a run ended.

    Attributes:
        folder: the run's.
        model: the file of its weights.
        reason: ``steps`` or ``interrupted``.
        steps: that were taken.
        measured: the losses on the evaluation pages at last; empty without such.
        signal: the number of the signal that interrupted it; 0 where none did.
    """

    folder: Path
    model: Path
    reason: str
    steps: int
    measured: Mapping[str, float]
    signal: int = 0


def train_segmenter(
    config: SegmentingConfig, *, output: str | os.PathLike[str] | None = None, observer: Observer | None = None
) -> SegmentingOutcome:
    """Train what finds lines, and leave it with its log in a folder of its own.

    Nothing is written before the first pages are there. Torch's global generators are seeded.

    Args:
        config: everything about the run.
        output: the run's folder, made where it does not exist; None for the next free ``runs/segmenter-<n>``.
        observer: whom to tell of progress.

    Raises:
        ConfigError: the folder holds a run already, or cannot be written.
        ModelError: the loss was not finite in many steps in a row, or a batch does not fit the device's memory.
        OcrkitError: whatever is wrong with pages, options or device.
    """
    check_free(output)
    return _begun(config, observer or Observer(), claimed(output, "segmenter"))


def resume_segmenter(
    folder: str | os.PathLike[str], *, changes: Table | None = None, observer: Observer | None = None
) -> SegmentingOutcome:
    """Go on with a run from its last resume point, to the weights that it would have had without a break.

    They are the same to the bit on a CPU with as many threads. CUDA takes some sums in no fixed order.

    Args:
        folder: the run's.
        changes: a table laid over its configuration, such as more steps.
        observer: whom to tell of progress.

    Raises:
        MissingFileError: the folder holds no run.
        ConfigError: another run is under way in it, the run has come to its end, or a change is none that a run can go
            on with.
        CheckpointError: the run's state is damaged.
        DataError: the training pages are others than they were.
    """
    path, watching = Path(folder), observer or Observer()
    check_resumable(path)
    with held(path):
        config = _changed(path, changes or {})
        if not has_begun(path):
            watching.note(f"the run in {str(path)!r} was ended before its first step; it begins from there")
            return _begun(config, watching, nullcontext(path))
        return _run(config, watching, nullcontext(path), resuming=path)


def _begun(config: SegmentingConfig, observer: Observer, place: AbstractContextManager[Path]) -> SegmentingOutcome:
    return _run(config, observer, place, resuming=None)


def _run(
    config: SegmentingConfig, observer: Observer, place: AbstractContextManager[Path], *, resuming: Path | None
) -> SegmentingOutcome:
    settings, data = config.training, config.data
    device = resolve_device(settings.device)
    autocast_dtype(settings.precision, device)
    torch.manual_seed(settings.seed)
    files = page_files(data.training)
    drawn = PageDrawer(data.page_options(), settings.seed) if data.real_share < 1 else None
    maker = PageMaker(files, drawn, data.real_share, settings.seed)
    apart = evaluation_crops(page_files(data.evaluation), settings, observer)
    config, network = _network(config, resuming)
    learner = Learner(network, settings, device)
    before: Mapping[str, object] = {} if resuming is None else learner.restore(resuming)
    digest = _digest(files)
    if resuming is not None:
        _check_unfinished(learner.step, settings.steps, resuming)
        if before.get("data") != digest:
            raise DataError(f"the pages are not those that {str(resuming)!r} was begun with; start a run anew")
    provenance = _provenance(config, files, digest, device, before)
    with (
        on_threads(settings.threads if device.type == "cpu" else 0),
        batches(maker, settings, start=learner.step, note=observer.note) as stream,
    ):
        observer.preparing("drawing the first pages", 0, 1)
        first = next(stream)
        observer.preparing("drawing the first pages", 1, 1)
        with place as folder, Interruption() as interruption:
            course = Course(
                folder, config, learner, apart, observer=observer, provenance=provenance, data=digest, device=device
            )
            course.begin(resuming=resuming is not None, parameters=sum(each.numel() for each in network.parameters()))
            reason = course.run(first, stream, interruption)
    return SegmentingOutcome(folder, course.model, reason, learner.step, course.measured, interruption.signal)


def _network(config: SegmentingConfig, resuming: Path | None) -> tuple[SegmentingConfig, Labeller]:
    """The network to begin with, and the configuration with its size spelled out."""
    if config.load and resuming is None:
        network = read_net(find_model(config.load, runtime="torch").path).network
        size = network.options
        return replace(config, channels=size.channels, dilations=size.dilations), network
    return config, Labeller(LabellerOptions(channels=config.channels, dilations=config.dilations))


def _provenance(
    config: SegmentingConfig,
    files: tuple[Path, ...],
    digest: str,
    device: torch.device,
    before: Mapping[str, object],
) -> dict[str, object]:
    """What the model file says of how it came to be; what a resumed run began with is what it said then."""
    earlier = before.get("provenance")
    kept = earlier.get("base") if isinstance(earlier, Mapping) else None
    base = kept if before else base_of(config.load) if config.load else None
    return {
        "config": without_folders(to_table(config)),
        **({"base": base} if base else {}),
        "data": {"pages": len(files), "sha256": digest},
        **circumstances(device),
    }


def _digest(files: tuple[Path, ...]) -> str:
    """The hash of the real pages' files, which decide what each number's page is; empty without such."""
    if not files:
        return ""
    return hashlib.sha256("".join(f"{path.name} {sha256_of(path)}\n" for path in files).encode()).hexdigest()


def _changed(folder: Path, changes: Table) -> SegmentingConfig:
    """The configuration of the run in a folder, with a table laid over it."""
    path = folder / CONFIG_FILE
    before = read_toml(path)
    stood = to_table(from_table(SegmentingConfig, before, where=str(path)))
    config = from_table(SegmentingConfig, merge(before, changes), where=str(path))
    for section, value in to_table(config).items():
        wrong = [key for key in _differing(stood[section], value) if section != "training" or key not in _MAY_CHANGE]
        if wrong:
            name = ".".join(filter(None, (section, wrong[0])))
            raise ConfigError(
                f"{name} cannot change in the middle of a run, whose pages and weights follow from it; what can: "
                f"{', '.join(_MAY_CHANGE)}; `load={str(folder)!r}` begins another run with this one's weights"
            )
    return config


def _differing(before: object, after: object) -> list[str]:
    """The keys whose values differ; the empty string where the two are no tables."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return [] if before == after else [""]


def _check_unfinished(step: int, steps: int, folder: Path) -> None:
    if step >= steps:
        raise ConfigError(
            f"the run in {str(folder)!r} has come to its end, all {step} steps; give more `training.steps`, or begin "
            f"another with its weights: `load={str(folder)!r}`"
        )
