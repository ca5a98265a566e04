"""What the confidences of a run's best model are worth, learnt from its validation lines and kept in its file."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch

from ocrkit.checkpoint import read_checkpoint
from ocrkit.text.calibration import Calibration, calibrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.model import Model
    from ocrkit.training.validation import Validation

__all__ = ["calibrate_file"]


def calibrate_file(
    path: Path, like: Model, validated: Callable[[Model], Validation | None], *, data: str, write: bool = True
) -> Calibration | None:
    """Read the validation lines once more with the weights of a model file, and keep in it what came of it.

    Args:
        path: a model file that the run has written.
        like: the run's model; the file's differs from it in its weights, and in what it says of them.
        validated: gives a model's ``Validation``, scored; None where there are no lines, and then nothing is done.
        data: what the calibration says that it was learnt from.
        write: whether to keep it in the file, which of several processes one does.

    Raises:
        CheckpointError: the file cannot be written, or is damaged.
    """
    checkpoint = read_checkpoint(path)
    model = copy.deepcopy(like)
    model.network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in checkpoint.tensors.items()})
    provenance = checkpoint.metadata.get("provenance")
    model.provenance = provenance if isinstance(provenance, dict) else {}
    found = validated(model)
    if found is None or found.scored is None:
        return None
    model.calibration = calibrate(found.scored.confidences, found.scored.right, data=data)
    if write:
        model.save(path)
    return model.calibration
