"""Training that gives the same numbers whenever it is run on the same machine, and what that costs."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cost_of", "lacks_a_fixed_order", "reproducible"]

_WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
_SEPARATE = ":4096:8"  # one of the two values with which cuBLAS fixes its order, at 24 MiB of the device's memory


@contextmanager
def reproducible(device: torch.device, *, wanted: bool) -> Iterator[None]:
    """Let torch take every sum in a fixed order while the block runs; its own settings come back afterwards.

    The loss and the LSTMs look at torch's setting themselves (``line_losses``, ``Blstm``).
    """
    if not wanted:
        yield
        return
    algorithms = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    cudnn = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    # A property of torch's module, which types do not know.
    filling = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    workspace = os.environ.get(_WORKSPACE)
    torch.use_deterministic_algorithms(True)
    # Nothing here reads what was never written, and filling it costs a pass over each new tensor.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    if device.type == "cuda" and workspace is None:
        os.environ[_WORKSPACE] = _SEPARATE
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(algorithms[0], warn_only=algorithms[1])
        torch.utils.deterministic.fill_uninitialized_memory = filling  # type: ignore[attr-defined]
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = cudnn
        if device.type == "cuda" and workspace is None:
            os.environ.pop(_WORKSPACE, None)


def cost_of(device: torch.device) -> str:
    """What ``training.deterministic`` costs on a device, in a sentence."""
    if device.type == "cuda":
        return (
            "deterministic: the CTC loss is taken on the CPU, the two directions of an LSTM run one after the other, "
            "and cuDNN has fewer algorithms to choose from, so that steps take longer"
        )
    return "deterministic: the threads of the network are not measured first; nothing else is lost"


def lacks_a_fixed_order(error: RuntimeError) -> bool:
    """Whether torch has refused an operation that it has in no fixed order."""
    return "does not have a deterministic implementation" in str(error)
