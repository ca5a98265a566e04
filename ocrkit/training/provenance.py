"""How a model came to be, for whoever gets it: names and hashes, and no path of the machine that trained it."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ocrkit.checkpoint import read_metadata
from ocrkit.config import to_table
from ocrkit.model_files import find_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrkit.training.settings import RunConfig

__all__ = ["base_of", "circumstances", "provenance_of", "sha256_of", "without_folders"]

_SEPARATOR = re.compile(r"[/\\]")
_KEPT = ("base", "files")  # of a run that goes on: what it began with may be gone, or be another by then


def provenance_of(
    config: RunConfig, data: str, device: torch.device, *, before: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The record that a model carries of its training.

    Args:
        config: of the run; of each path in it, its last part stays.
        data: the hash of the training lines.
        device: where the network is.
        before: the record of a run that goes on, which keeps the hashes of what it began with.
    """
    begun = _begun_with(config) if before is None else {key: before[key] for key in _KEPT if key in before}
    return {
        "config": without_folders(to_table(replace(config, load=_model_name(config.load)))),
        **begun,
        "data": data,
        **circumstances(device),
    }


def circumstances(device: torch.device) -> dict[str, object]:
    """When, on what and by which versions a model is trained."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "device": f"{device.type} ({name})",
        "versions": {
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in ("ocrkit", "torch", "numpy", "pillow")},
        },
    }


def _begun_with(config: RunConfig) -> dict[str, object]:
    """The model that training starts from and the files that its configuration names, each with its SHA-256."""
    begun: dict[str, object] = {}
    if config.load:
        begun["base"] = base_of(config.load)
    files = [Path(path) for path in _paths(config) if os.path.isfile(path)]
    if files:
        begun["files"] = [{"name": path.name, "sha256": sha256_of(path)} for path in files]
    return begun


def base_of(load: str) -> dict[str, object]:
    """The name and SHA-256 of a base model, with those of the model that it began with itself, and so on."""
    path = find_model(load, runtime="torch").path
    provenance = read_metadata(path).get("provenance")
    before = provenance.get("base") if isinstance(provenance, Mapping) else None
    chain = {"base": dict(before)} if isinstance(before, Mapping) else {}
    return {"name": _model_name(load), "sha256": sha256_of(path), **chain}


def _paths(config: RunConfig) -> Iterator[str]:
    """Where words, running text and charset may lie; the data's hash is that of its lines."""
    yield from (value for value in config.synthetic.values() if isinstance(value, str) and value)
    yield from config.charset.split("+") if not Path(config.charset).is_file() else (config.charset,)


def _model_name(load: str) -> str:
    """What a base model is called, by its file or by the folder of the run that left it; empty without one."""
    path = Path(load).resolve()
    if not load or path.suffix != ".safetensors":
        return path.name if load else ""
    return path.parent.name if path.stem == "model" else path.stem


def without_folders(value: object) -> object:
    """The value with the last part of each path in it, wherever it stands, so that it names no folder of a machine."""
    if isinstance(value, Mapping):
        return {key: without_folders(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_folders(inner) for inner in value]
    if isinstance(value, str) and _SEPARATOR.search(value):
        return "+".join(_last_part(part) for part in value.split("+"))
    return value


def _last_part(path: str) -> str:
    return next((part for part in reversed(_SEPARATOR.split(path)) if part), "")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
