"""How much memory may still be taken, by what the system and the process's own bounds say."""

from __future__ import annotations

import math
from pathlib import Path

__all__ = ["free_memory"]

_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
# Where a container's bound and use stand, in the second version of control groups and in the first.
_BOUNDS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))
_STATISTICS = ("memory.stat", "memory/memory.stat")


def free_memory() -> float:
    """Bytes that can be taken without swapping or ending the process; infinity where the system does not tell."""
    return min(_of_the_machine(), _of_the_container())


def _of_the_machine() -> float:
    for line in _text(_MEMINFO).splitlines():
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) * 1024
    return math.inf


def _of_the_container() -> float:
    for bound, used in _BOUNDS:
        limit, taken = _text(_CGROUPS / bound).strip(), _text(_CGROUPS / used).strip()
        if limit.isdecimal() and taken.isdecimal():
            return float(limit) - float(taken) + _reclaimable()
    return math.inf


def _reclaimable() -> float:
    """Pages of files that the container counts as its use, and that the system drops when memory is short."""
    for name in _STATISTICS:
        for line in _text(_CGROUPS / name).splitlines():
            if line.startswith("inactive_file "):
                return float(line.split()[1])
    return 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
