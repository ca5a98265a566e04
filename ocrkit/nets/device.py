"""The device that networks run on, and what it does well."""

from __future__ import annotations

import torch

from ocrkit.errors import OptionError

__all__ = ["multiplies_bfloat16", "resolve_device"]


def resolve_device(name: str) -> torch.device:
    """The torch device of a name; ``auto`` takes CUDA where there is one.

    Raises:
        OptionError: torch knows no such device, or it is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise OptionError(
            f"no device {name!r}; expected auto, cpu, cuda, cuda:N or another that torch knows"
        ) from error
    if device.type == "cuda" and (not torch.cuda.is_available() or (device.index or 0) >= torch.cuda.device_count()):
        raise OptionError(f"device {name!r} is not there: torch sees {torch.cuda.device_count()} CUDA devices; try cpu")
    if device.type == "meta":
        raise OptionError("device 'meta' holds no values and computes none; try cpu")
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise OptionError(f"device {name!r} does not work here: {str(error).splitlines()[0]}; try cpu") from error
    return device


def multiplies_bfloat16() -> bool:
    """Whether the CPU has instructions for it; without them it is slower than float32."""
    # torch tells by private names alone; where one is missing, float32 is never wrong.
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        has = getattr(torch.cpu, name, None)
        if has is not None and has():
            return True
    return False
