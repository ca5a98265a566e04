"""Batches on their way to the device: copied by a stream of their own while the step before runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Staged", "Stager"]


@dataclass(frozen=True, slots=True)
class Staged:
    """A tensor that is there, or on its way.

    Attributes:
        tensor: of it.
        arrived: when it is there; None where it is.
    """

    tensor: Tensor
    arrived: torch.cuda.Event | None = None

    def taken(self) -> Tensor:
        """The tensor, for the current stream, which waits for it; the CPU does not."""
        if self.arrived is not None:
            stream = torch.cuda.current_stream(self.tensor.device)
            stream.wait_event(self.arrived)
            self.tensor.record_stream(stream)
        return self.tensor


class Stager:
    """Copies arrays to a device.

    Shared memory itself is not pinned: a slot that is mostly empty would be taken from the system whole. So an array
    goes through pinned memory that torch keeps for such copies.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]

    def stage(self, array: NDArray[np.uint8]) -> Staged:
        """A copy of an array that may be overwritten when this returns."""
        if self._stream is None:
            return Staged(torch.from_numpy(array.copy()).to(self._device))
        pinned = torch.empty(array.shape, dtype=torch.uint8, pin_memory=True)
        pinned.copy_(torch.from_numpy(array))
        with torch.cuda.stream(self._stream):
            tensor = pinned.to(self._device, non_blocking=True)
            arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            arrived.record(self._stream)
        return Staged(tensor, arrived)
