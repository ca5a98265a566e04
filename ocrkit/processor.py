"""What this machine computes with, as far as Linux tells it by files, which cost no import of torch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["is_widest_in_float32", "may_have_gpu"]

_CPUINFO = Path("/proc/cpuinfo")
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}
_GPUS = (Path("/dev/nvidiactl"), Path("/dev/kfd"), Path("/dev/dxg"))  # NVIDIA's, AMD's, and either's under Windows


def is_widest_in_float32() -> bool:
    """Whether the CPU has AVX-512 and no instructions for bfloat16, as Intel's from Skylake-SP to Ice Lake.

    Plain float32 convolutions are at their fastest there, beside Winograd's by 256 bits and LSTMs in bfloat16.
    False where the system does not tell.
    """
    known = _instructions()
    return "avx512f" in known and not known & _BFLOAT16


def may_have_gpu() -> bool:
    """Whether there is a device by which programs reach a GPU."""
    return any(device.exists() for device in _GPUS)


@cache
def _instructions() -> frozenset[str]:
    """The extensions that the CPU has, by Linux's names for x86; empty where the system does not tell."""
    try:
        lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), frozenset())
