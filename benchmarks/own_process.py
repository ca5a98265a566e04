"""A command in a process of its own, on one thread or some, and what it took: shared by the contests."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True)
class Ran:
    """What a process took, in seconds and in bytes at the most, and printed."""

    cpu: float
    wall: float
    output: str
    memory: int


def run_on(images: Sequence[str], command: Sequence[str], *, threads: int = 1) -> Ran:
    """Run a command on a list of images; CPU seconds are the system's count of it.

    Args:
        images: their names.
        command: ``{list}`` stands for the list's file, which comes on stdin as well.
        threads: of computing, at the most.

    Raises:
        RuntimeError: the process failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed, out = Path(folder, "list.txt"), Path(folder, "out.txt")
        listed.write_text("".join(f"{image}\n" for image in images), "utf-8")
        words = [part.replace("{list}", str(listed)) for part in command]
        begun = time.monotonic()
        with listed.open("rb") as given, out.open("wb") as taken:
            process = subprocess.Popen(
                words,
                stdin=given,
                stdout=taken,
                stderr=subprocess.DEVNULL,
                env=os.environ | dict.fromkeys(_THREADS, str(threads)),
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begun
        if process.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with exit code {process.returncode}")
        return Ran(usage.ru_utime + usage.ru_stime, wall, out.read_text("utf-8"), usage.ru_maxrss * 1024)
