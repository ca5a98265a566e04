"""Where a run stands, to the step: written beside the model, read by ``--resume``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from ocrkit.checkpoint import read_checkpoint, read_metadata, read_shapes, write_checkpoint
from ocrkit.config import from_table, to_table
from ocrkit.errors import CheckpointError, ConfigError, OptionError
from ocrkit.model import Model, to_array
from ocrkit.training.folder import STATE_FILE
from ocrkit.training.observer import EpochReport

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.plugin.registry import Registry

__all__ = ["ORDERING", "Position", "read_model", "read_position", "read_state", "write_state"]

ORDERING = 2
"""The way in which lines are ordered: a position in an epoch means nothing in another."""

_T = TypeVar("_T")
_NETWORK, _OPTIMIZER, _RANDOM = "network.", "optimizer.", "random."


@dataclass(slots=True)
class Position:
    """How far a run has come.

    Attributes:
        epoch: epochs finished.
        batch: batches done in the epoch under way.
        step: optimiser steps in all.
        seconds: of training and validation so far.
        loss_sum: nats of the batches done in the epoch under way.
        label_sum: labels in those batches.
        failed: the last steps that were left out, without one between them that was not.
        best: the epoch whose model is the best so far.
        data: the hash of the training lines, which a resumed run must meet again.
        scaler: the state of the gradient scaler; empty without one.
        ordering: of the lines that the position counts in; 1 in states of before there were two.
        threads: that the network takes on a CPU, since sums over other parts differ in their last bits; 0 before any.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    label_sum: int = 0
    failed: int = 0
    best: EpochReport | None = None
    data: str = ""
    scaler: Mapping[str, int | float] = field(default_factory=dict)
    ordering: int = 1
    threads: int = 0


def write_state(folder: Path, position: Position, model: Model, optimizer: torch.optim.Optimizer) -> None:
    """Write position, model, the optimiser's memory and torch's generators into the run's folder."""
    tensors = {_NETWORK + name: to_array(tensor) for name, tensor in model.network.state_dict().items()}
    for index, entries in optimizer.state_dict()["state"].items():
        for key, value in entries.items():
            tensors[f"{_OPTIMIZER}{index}.{key}"] = to_array(torch.as_tensor(value))
    tensors[_RANDOM + "cpu"] = to_array(torch.get_rng_state())
    device = _device(model)
    if device.type == "cuda":
        tensors[_RANDOM + "cuda"] = to_array(torch.cuda.get_rng_state(device))
    metadata = {"kind": "state", "model": model.description(), "position": to_table(position)}
    write_checkpoint(folder / STATE_FILE, tensors, metadata)


def read_model(folder: Path, *, registry: Registry | None = None) -> Model:
    """The run's model with fresh weights: what ``read_state`` fills.

    Raises:
        CheckpointError: the state is damaged.
        PluginError: a plugin that the model was made with is missing.
    """
    path = folder / STATE_FILE
    description = _part(read_metadata(path), "model", path)
    shapes = _under(_NETWORK, read_shapes(path))
    return Model.from_description(description, shapes, where=str(path), registry=registry)


def read_position(folder: Path) -> Position:
    """Where the run stands, without its tensors; raises ``CheckpointError`` as ``read_state`` does."""
    path = folder / STATE_FILE
    return _position(read_metadata(path), path)


def read_state(folder: Path, model: Model, optimizer: torch.optim.Optimizer) -> Position:
    """Read a run's state into its network and optimiser, and set torch's generators.

    Raises:
        MissingFileError: the folder holds no state.
        CheckpointError: the state is damaged, or is not that of this network.
    """
    path = folder / STATE_FILE
    checkpoint = read_checkpoint(path)
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in checkpoint.tensors.items()}
    try:
        model.network.load_state_dict(_under(_NETWORK, tensors))
        _fill_optimizer(optimizer, _under(_OPTIMIZER, tensors))
        torch.set_rng_state(tensors[_RANDOM + "cpu"])
    except (RuntimeError, ValueError, KeyError) as error:
        raise CheckpointError(f"is not the state of this run: {error}", path) from error
    device = _device(model)
    if _RANDOM + "cuda" in tensors and device.type == "cuda":
        torch.cuda.set_rng_state(tensors[_RANDOM + "cuda"], device)
    return _position(checkpoint.metadata, path)


def _position(metadata: Mapping[str, object], path: Path) -> Position:
    try:
        return from_table(Position, _part(metadata, "position", path))
    except (ConfigError, OptionError) as error:
        raise CheckpointError(f"its metadata is damaged: {error}", path) from error


def _part(metadata: Mapping[str, object], key: str, path: Path) -> Mapping[str, object]:
    part = metadata.get(key)
    if metadata.get("kind") != "state" or not isinstance(part, Mapping):
        raise CheckpointError("holds no training state", path)
    return part


def _device(model: Model) -> torch.device:
    return model.network.output.weight.device


def _under(prefix: str, tensors: Mapping[str, _T]) -> dict[str, _T]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _fill_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
