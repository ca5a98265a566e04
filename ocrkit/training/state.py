"""Where a run stands, to the step: written beside the model, read by ``--resume``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.config import from_table, to_table
from ocrkit.errors import CheckpointError, MissingFileError
from ocrkit.model import to_array

if TYPE_CHECKING:
    from torch import nn

__all__ = ["STATE_FILE", "Position", "read_state", "write_state"]

STATE_FILE = Path("state") / "latest.safetensors"
_NETWORK, _OPTIMIZER, _RANDOM = "network.", "optimizer.", "random."


@dataclass(slots=True)
class Position:
    """How far a run has come.

    Attributes:
        epoch: epochs finished.
        batch: batches done in the epoch under way.
        step: optimiser steps in all.
        seconds: of training so far.
        loss_sum: nats of the batches done in the epoch under way.
        label_sum: labels in those batches.
        best_cer: the lowest validation CER so far; above 1 before there is one.
        best_loss: the validation loss that went with it.
        best_epoch: the epoch that it was reached in.
        data: the hash of the training lines, which a resumed run must meet again.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    label_sum: int = 0
    best_cer: float = 1e9
    best_loss: float = 1e9
    best_epoch: int = -1
    data: str = ""
    scaler: Mapping[str, float] = field(default_factory=dict)


def write_state(
    folder: str | os.PathLike[str], position: Position, network: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Write position, weights, the optimiser's memory and torch's generators into the run's folder."""
    tensors = {_NETWORK + name: to_array(tensor) for name, tensor in network.state_dict().items()}
    memory = optimizer.state_dict()["state"]
    for index, entries in memory.items():
        for key, value in entries.items():
            tensors[f"{_OPTIMIZER}{index}.{key}"] = to_array(torch.as_tensor(value))
    tensors[_RANDOM + "cpu"] = to_array(torch.get_rng_state())
    if torch.cuda.is_available():
        tensors[_RANDOM + "cuda"] = to_array(torch.cuda.get_rng_state())
    write_checkpoint(Path(folder) / STATE_FILE, tensors, {"kind": "state", "position": to_table(position)})


def read_state(folder: str | os.PathLike[str], network: nn.Module, optimizer: torch.optim.Optimizer) -> Position:
    """Read a run's state into its network and optimiser, and set torch's generators.

    Raises:
        MissingFileError: the folder holds no state.
        CheckpointError: the state is damaged, or is not that of this network.
    """
    path = Path(folder) / STATE_FILE
    if not path.exists():
        raise MissingFileError(f"{os.fspath(folder)!r} holds no run to resume: there is no {STATE_FILE} in it")
    checkpoint = read_checkpoint(path)
    position = checkpoint.metadata.get("position")
    if checkpoint.metadata.get("kind") != "state" or not isinstance(position, Mapping):
        raise CheckpointError(f"{path}: holds no training state")
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in checkpoint.tensors.items()}
    try:
        network.load_state_dict(_under(_NETWORK, tensors))
        _fill_optimizer(optimizer, _under(_OPTIMIZER, tensors))
    except (RuntimeError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path}: is not the state of this network: {error}") from error
    _set_generators(tensors)
    return from_table(Position, position, where=str(path))


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _fill_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _set_generators(tensors: Mapping[str, torch.Tensor]) -> None:
    torch.set_rng_state(tensors[_RANDOM + "cpu"])
    if _RANDOM + "cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors[_RANDOM + "cuda"])
