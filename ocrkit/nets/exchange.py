"""Messages between the processes of one training, and what it means when one does not come."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch.distributed as dist

from ocrkit.errors import LostProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["exchanging"]


@contextmanager
def exchanging() -> Iterator[None]:
    """Tell a message that cannot pass, which torch raises as a ``RuntimeError``, from an error of the work itself.

    Raises:
        LostProcess: another process has ended, or says nothing any more.
    """
    try:
        yield
    except RuntimeError as error:
        raise LostProcess(
            f"process {dist.get_rank()} of {dist.get_world_size()} cannot reach the others any more: "
            "one of them has ended, or hangs"
        ) from error
