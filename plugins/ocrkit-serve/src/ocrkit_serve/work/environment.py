"""What the processes that look at strangers' files are told of the service's environment."""

from __future__ import annotations

import os
import sys

__all__ = ["environment_of_process"]

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_ONE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX")


def environment_of_process(*others: str) -> dict[str, str]:
    """The way to the code, and to take one thread; no more of ours than a few names, since the rest may hold secrets.

    Args:
        others: further names that are handed over where they are set.
    """
    kept = {name: os.environ[name] for name in (*_KEPT, *others) if name in os.environ}
    path = os.pathsep.join(place for place in sys.path if place)  # with what PYTHONPATH says
    return {**kept, **dict.fromkeys(_ONE, "1"), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
