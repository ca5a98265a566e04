"""Optimisers, the learning rate's course, and the precision that a device does well."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import OptionError
from ocrkit.nets.device import multiplies_bfloat16
from ocrkit.training.groups import parameter_groups

if TYPE_CHECKING:
    from torch import nn

    from ocrkit.training.settings import TrainingSettings

__all__ = ["autocast_dtype", "make_optimizer", "rate_factor"]

_FUSED = ("cpu", "cuda")
_FLOOR = 0.01  # of the highest rate, where a schedule ends


def make_optimizer(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """The optimiser of the settings, for what is to be trained of a network that is on its device.

    Biases and norms do not decay. Adam and AdamW are fused where the device has kernels for that, which leave out a
    step by a number on the device.
    """
    groups = parameter_groups(network, settings)
    fused = all(parameter.device.type in _FUSED for parameter in network.parameters())
    if settings.optimizer == "adadelta":
        return torch.optim.Adadelta(groups, lr=settings.lrate)
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.lrate, fused=fused)
    return torch.optim.AdamW(groups, lr=settings.lrate, fused=fused)


def rate_factor(progress: float, settings: TrainingSettings) -> float:
    """What the highest learning rate is multiplied by when a share ``progress``, 0 to 1, of the training is done.

    Source: cosine: Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts; one-cycle: Smith and Topin 2018,
    arXiv:1708.07120, both phases as cosines.
    """
    rise = 0.3 if settings.schedule == "one-cycle" else settings.warmup
    if progress < rise:
        climbed = progress / rise
        if settings.schedule == "one-cycle":
            return 0.04 + 0.96 * (1 - math.cos(math.pi * climbed)) / 2
        return max(climbed, 1e-3)
    if settings.schedule == "constant":
        return 1.0
    fallen = min(1.0, (progress - rise) / max(1e-9, 1 - rise))
    if settings.schedule == "linear":
        return 1.0 - fallen
    return _FLOOR + (1 - _FLOOR) * (1 + math.cos(math.pi * fallen)) / 2


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """The dtype of matrix products under autocast, or None for float32 throughout.

    Raises:
        OptionError: float16 on a CPU, where its gradients underflow and nothing scales them.
    """
    if precision == "float16" and device.type != "cuda":
        raise OptionError(f"precision 'float16' needs a CUDA device, not {device.type!r}; try bfloat16 or float32")
    named = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": None}
    return named[precision] if precision in named else _best_dtype(device)


def _best_dtype(device: torch.device) -> torch.dtype | None:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
    return torch.bfloat16 if device.type == "cpu" and multiplies_bfloat16() else None
