"""The network while it learns: steps, the mean of its weights, and all that is needed to go on after a break."""

from __future__ import annotations

import copy
import math
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.errors import CheckpointError
from ocrkit.segmentation.maps import HEIGHTS, MAPS
from ocrkit.segmentation.net import state_of
from ocrkit.training.folder import STATE_FILE
from ocrkit.training.optimisation import autocast_dtype, rate_factor
from ocrkit.training.segmenting.crops import HEIGHT_STEP
from ocrkit.training.segmenting.loss import MapLoss, map_loss

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from ocrkit.nets.segmentation.labeller import Labeller
    from ocrkit.training.segmenting.crops import Crops
    from ocrkit.training.segmenting.settings import SegmentingSettings

__all__ = ["Learner", "StepResult", "losses"]

_NETWORK, _MEAN, _OPTIMIZER = "network.", "mean.", "optimizer."
_HIGH = [row for row, name in enumerate(MAPS) if name in HEIGHTS]


class StepResult(NamedTuple):
    """What a step gave: its loss, not finite where the step was left out, its parts by map, and the learning rate."""

    loss: float
    parts: dict[str, float]
    rate: float


class Learner:
    """Moves a network's weights, and keeps their running mean.

    Attributes:
        network: changed in place; on the device.
        mean: the mean of its weights over the last steps, which is what a run leaves.
        step: optimiser steps so far.
    """

    def __init__(self, network: Labeller, settings: SegmentingSettings, device: torch.device) -> None:
        self._settings = settings
        self._lines = settings.as_of_lines()
        self._device = device
        self._dtype = autocast_dtype(settings.precision, device)
        self.network: Labeller = network.to(device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
        self.mean: Labeller = copy.deepcopy(self.network).eval()
        self.step = 0
        fused = device.type in ("cpu", "cuda")
        self._optimizer = torch.optim.AdamW(_groups(network, settings.weight_decay), lr=settings.lrate, fused=fused)

    def autocast(self) -> AbstractContextManager[object]:
        """Where the network computes in the run's precision."""
        return nullcontext() if self._dtype is None else torch.autocast(self._device.type, dtype=self._dtype)

    def take(self, crops: Crops) -> StepResult:
        """Take a step down the loss of a batch, unless its loss or gradient is not finite."""
        rate = self._settings.lrate * rate_factor(self.step / self._settings.steps, self._lines)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(crops)
        torch.autograd.backward(loss.total)
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._settings.clip or math.inf)
        self.step += 1
        total = float(loss.total.detach())
        if math.isfinite(total) and bool(torch.isfinite(norm)):
            self._optimizer.step()
            self._average()
        else:
            total = math.nan
        return StepResult(total, _named(loss.parts), rate)

    def save(self, folder: Path, described: Mapping[str, object]) -> None:
        """Write the run's state into its folder, with what else is to be known of it."""
        tensors = {_NETWORK + name: array for name, array in state_of(self.network).items()}
        tensors |= {_MEAN + name: array for name, array in state_of(self.mean).items()}
        for index, entries in self._optimizer.state_dict()["state"].items():
            for key, value in entries.items():
                tensors[f"{_OPTIMIZER}{index}.{key}"] = np.array(torch.as_tensor(value).cpu().numpy(), order="C")
        write_checkpoint(folder / STATE_FILE, tensors, {"kind": "segmentation state", "step": self.step, **described})

    def restore(self, folder: Path) -> Mapping[str, object]:
        """Go back to where the state in the folder stands, and return what else it says.

        Raises:
            CheckpointError: the state is damaged, or is not that of this network.
        """
        path = folder / STATE_FILE
        checkpoint = read_checkpoint(path)
        step = checkpoint.metadata.get("step")
        if checkpoint.metadata.get("kind") != "segmentation state" or not isinstance(step, int):
            raise CheckpointError("is no state of a training of what finds lines", path)
        tensors = {name: torch.from_numpy(np.array(array)) for name, array in checkpoint.tensors.items()}
        try:
            self.network.load_state_dict(_under(_NETWORK, tensors))
            self.mean.load_state_dict(_under(_MEAN, tensors))
            self._fill_optimizer(_under(_OPTIMIZER, tensors))
        except (RuntimeError, ValueError, KeyError, IndexError) as error:
            raise CheckpointError(f"is not the state of this run: {error}", path) from error
        self.step = step
        return checkpoint.metadata

    def _fill_optimizer(self, tensors: Mapping[str, Tensor]) -> None:
        own = [parameter for group in self._optimizer.param_groups for parameter in group["params"]]
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            number, _, key = name.partition(".")
            like = own[int(number)]
            # The fused kernel pairs numbers as they lie in memory, where those of the weights lie channels last.
            laid = torch.empty_like(like, device="cpu").copy_(tensor) if tensor.shape == like.shape else tensor
            state.setdefault(int(number), {})[key] = laid
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": state, "param_groups": groups})

    def _loss(self, crops: Crops) -> MapLoss:
        with self.autocast():
            ink, maps, weights = unpacked(crops, self._device)
            logits = self.network(ink)
        return map_loss(logits.float(), maps, weights)

    @torch.no_grad()
    def _average(self) -> None:
        # Of the first steps less is kept, or the mean would long remember the weights that nothing had taught.
        keep = min(self._settings.averaging, (1 + self.step) / (10 + self.step))
        for mean, own in zip(self.mean.state_dict().values(), self.network.state_dict().values(), strict=True):
            if mean.is_floating_point():
                mean.lerp_(own, 1 - keep)
            else:
                mean.copy_(own)


def losses(network: Labeller, crops: Crops, device: torch.device, batch_size: int) -> dict[str, float]:
    """The loss of a network on crops, and its parts by map, without learning."""
    totals: dict[str, float] = {}
    network.eval()
    with torch.inference_mode():
        for begin in range(0, len(crops), batch_size):
            part = crops.chosen(np.arange(begin, min(begin + batch_size, len(crops))))
            ink, maps, weights = unpacked(part, device)
            found = map_loss(network(ink).float(), maps, weights)
            for name, value in {"loss": float(found.total), **_named(found.parts)}.items():
                totals[name] = totals.get(name, 0.0) + value * len(part) / len(crops)
    return totals


def unpacked(crops: Crops, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Ink (B, 1, S, S), maps and weights (B, 7, S / 2, S / 2) of crops, as numbers on the device."""
    ink = torch.from_numpy(crops.ink).to(device, non_blocking=True).unsqueeze(1).float() / 255
    maps = torch.from_numpy(crops.maps).to(device, non_blocking=True).float() / 255
    maps[:, _HIGH] *= 255 * HEIGHT_STEP
    bits = np.unpackbits(crops.weights, axis=3)
    weights = torch.from_numpy(bits).to(device, non_blocking=True).float()
    return ink.contiguous(memory_format=torch.channels_last), maps, weights


def _groups(network: nn.Module, decay: float) -> list[dict[str, object]]:
    """Weights that decay, and biases and norms, which do not."""
    parameters = list(network.parameters())
    return [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": decay},
        {"params": [each for each in parameters if each.ndim <= 1], "weight_decay": 0.0},
    ]


def _named(parts: Tensor) -> dict[str, float]:
    return dict(zip(MAPS, (round(value, 5) for value in parts.tolist()), strict=True))


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
