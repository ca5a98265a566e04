"""What a command and all processes that it starts take, those that outlive their parents too."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["cpu_of_all", "cpu_so_far", "descendants", "megabytes"]

# Who starts a process is told its CPU time only by waiting for it; orphans are waited for by a subreaper.
_WAITS_FOR_ALL = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
code, cpu = subprocess.call(sys.argv[1:], stderr=subprocess.DEVNULL), 0.0
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
times = os.times()
print(code, times.children_user + times.children_system)
"""


def cpu_of_all(command: list[str]) -> float:
    """CPU seconds of a command with all that it started.

    Raises:
        ValueError: it failed.
    """
    told = subprocess.run([sys.executable, "-c", _WAITS_FOR_ALL, *command], capture_output=True, text=True, check=True)
    code, seconds = told.stdout.split()[-2:]
    if int(code):
        raise ValueError(f"{' '.join(command)} ended with exit code {code}")
    return float(seconds)


def descendants(pid: int) -> list[int]:
    """The processes that one has started, and those that they have."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def megabytes(pid: int) -> float:
    """What a process has in memory; 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def cpu_so_far(pid: int) -> float:
    """CPU seconds of a process, and of those that it has waited for."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0
