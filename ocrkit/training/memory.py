"""A batch that the device's memory does not hold, and the size that it would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch

from ocrkit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.training.batches import Batch

__all__ = ["MemoryGauge", "halvings", "is_out_of_memory"]

_SPARE = 0.9  # of the memory; the rest is the allocator's gaps and what others take
_OF_A_CPU = re.compile("DefaultCPUAllocator|not enough memory|can't allocate memory")


class MemoryGauge:
    """Measures what a column of a batch takes on a device, to say how many lines fit when a batch does not."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._most_columns = 0

    def fitted(self, parts: Sequence[Batch]) -> None:
        """A step on a batch of these parts has gone well."""
        self._most_columns = max(self._most_columns, *map(_columns, parts))

    def error(self, parts: Sequence[Batch], batch_size: int) -> ModelError:
        """What to raise when a step on a batch of these parts has not, by the largest of them."""
        batch = max(parts, key=_columns)
        times = halvings(_columns(batch), self._columns_that_fit(), at_most=max(0, batch_size.bit_length() - 1))
        size = f"{len(batch)} lines, the widest of {int(batch.widths.max())} px,"
        room = "the device's memory" if self._device.type == "cuda" else "memory"
        if not times:
            return ModelError(f"a batch of {size} does not fit {room}; take a smaller network, or leave out wide lines")
        return ModelError(
            f"a batch of {size} does not fit {room}; begin anew with `training.batch_size={batch_size >> times}`"
        )

    def _columns_that_fit(self) -> float:
        """Columns of px, of all lines together, for which the memory suffices; 0 where nothing tells."""
        if self._device.type != "cuda" or not self._most_columns:
            return 0
        free, _ = torch.cuda.mem_get_info(self._device)
        room = free + torch.cuda.memory_reserved(self._device)
        # The failed batch may have held more than the largest that fitted: a cautious price.
        return _SPARE * room / (torch.cuda.max_memory_allocated(self._device) / self._most_columns)


def halvings(columns: int, fitting: float, *, at_most: int) -> int:
    """How often a batch of some columns has to be halved, once at least, until it fits; 0 where it cannot be."""
    times = 1
    while fitting and columns / 2**times > fitting:
        times += 1
    return min(times, at_most)


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch had no memory left, on CUDA or on a CPU, where it has no error of its own for that."""
    return isinstance(error, torch.cuda.OutOfMemoryError) or _OF_A_CPU.search(str(error)) is not None


def _columns(batch: Batch) -> int:
    return len(batch) * int(batch.images.shape[-1])
