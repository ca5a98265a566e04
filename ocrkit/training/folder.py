"""A run's folder: whether it may be taken, which is the next free one, what lies in it, and whose it is meanwhile."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import ConfigError, MissingFileError
from ocrkit.files import FolderInUse, clear_leftovers, holding

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CONFIG_FILE",
    "EVENT_FILES",
    "LAST_FILE",
    "LOG_FILE",
    "METRICS_FILE",
    "MODEL_FILE",
    "SAMPLES_FILE",
    "STATE_FILE",
    "TROUBLE_FOLDER",
    "abandon",
    "check_free",
    "check_resumable",
    "claimed",
    "has_begun",
    "held",
    "remove_events",
]

CONFIG_FILE = "config.toml"
LAST_FILE = "last.safetensors"
LOG_FILE = "log.jsonl"
METRICS_FILE = "metrics.png"
MODEL_FILE = "model.safetensors"
SAMPLES_FILE = "samples.png"
STATE_FILE = "state/latest.safetensors"
TROUBLE_FOLDER = "trouble"

EVENT_FILES = "events.out.tfevents.*.ocrkit"

_RUNS = Path("runs")
_OWN = (CONFIG_FILE, MODEL_FILE, LAST_FILE, LOG_FILE, STATE_FILE, METRICS_FILE, SAMPLES_FILE)


def check_free(output: str | os.PathLike[str] | None) -> None:
    """Refuse a folder that a run could not be written to, before any work is done for it.

    Args:
        output: where the run should go; it need not exist. None for the next free folder below ``runs``.

    Raises:
        ConfigError: it is a file, cannot be written, or holds something that the run would write.
    """
    folder = _RUNS if output is None else Path(output)
    existing = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not existing.is_dir():
        raise ConfigError(f"{str(existing)!r} is no folder; a run needs one of its own: name one with `output`")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise ConfigError(f"the folder {str(existing)!r} cannot be written; name another with `output`")
    found = [name for name in _OWN if output is not None and (folder / name).exists()]
    if CONFIG_FILE in found:
        raise ConfigError(
            f"{str(folder)!r} holds a run already; `resume={str(folder)!r}` goes on with it, `output` names another"
        )
    if found:
        raise ConfigError(
            f"{str(folder)!r} holds {', '.join(found)}, which a run would overwrite; `output` names another"
        )


@contextmanager
def claimed(output: str | os.PathLike[str] | None, charset: str) -> Iterator[Path]:
    """Make the run's folder, the one named or the next free ``runs/<charset>-<n>``, and keep it while the block runs.

    It is free again where the block ends by an error before the run has begun.

    Raises:
        ConfigError: it cannot be made, or another run was quicker.
    """
    with held(_made(output, charset)) as folder:
        if output is not None:
            check_free(output)  # another run may have come and gone since it was looked at
        try:
            yield folder
        except BaseException:
            if not has_begun(folder):
                abandon(folder)
            raise


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Keep other runs out of a folder while the block runs, and remove what a run that was killed left half written.

    However the process ends, the folder is free afterwards.

    Raises:
        ConfigError: another run is under way in it.
    """
    try:
        with holding(folder):
            for name in _OWN:
                clear_leftovers(folder / name)
            yield folder
    except FolderInUse as error:
        raise ConfigError(
            f"another run is under way in {str(folder)!r}; wait until it has ended, or name another with `output`"
        ) from error


def abandon(folder: Path) -> None:
    """Remove what a run has written that could not begin, so that the folder is free again."""
    for name in _OWN:
        (folder / name).unlink(missing_ok=True)
    remove_events(folder)
    with suppress(OSError):
        (folder / STATE_FILE).parent.rmdir()


def remove_events(folder: Path) -> None:
    """Remove the events for TensorBoard that a run has written into its folder."""
    for path in folder.glob(EVENT_FILES):
        path.unlink(missing_ok=True)


def has_begun(folder: Path) -> bool:
    """Whether a run has come to its first step: the state is the last of the files that are there before it."""
    return any((folder / name).exists() for name in (STATE_FILE, MODEL_FILE, LAST_FILE))


def check_resumable(folder: Path) -> None:
    """Refuse a folder that holds no run.

    Raises:
        MissingFileError: the folder, its configuration or its state is not there, other than of a run that was ended
            before its first step.
        ConfigError: it cannot be written.
    """
    for name in (CONFIG_FILE, STATE_FILE) if has_begun(folder) else (CONFIG_FILE,):
        if not (folder / name).is_file():
            raise MissingFileError(f"{str(folder)!r} holds no run to resume: there is no {name} in it")
    for place in (folder, (folder / STATE_FILE).parent):
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            raise ConfigError(f"the folder {str(place)!r} cannot be written, so its run cannot go on; copy it")


def _made(output: str | os.PathLike[str] | None, charset: str) -> Path:
    try:
        if output is None:
            return _next_folder(charset)
        Path(output).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"no folder {str(output or _RUNS)!r} can be made: {error.strerror or error}") from error
    return Path(output)


def _next_folder(charset: str) -> Path:
    stem = re.sub(r"[^\w.+-]", "_", Path(charset).stem if charset.endswith(".toml") else charset)
    pattern = re.compile(re.escape(stem) + r"-(\d+)")
    while True:
        taken = (int(match[1]) for path in _RUNS.glob("*") if (match := pattern.fullmatch(path.name)))
        folder = _RUNS / f"{stem}-{max(taken, default=0) + 1}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:  # another run was quicker
            continue
        return folder
