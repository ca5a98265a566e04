"""Memory that does not grow with the number of requests, whatever sizes they have."""

from __future__ import annotations

import ctypes
import os

__all__ = ["bound_memory", "give_back_memory"]

_M_ARENA_MAX = -8  # of malloc.h
_ARENAS = 2
_PRIMITIVES = 64


def bound_memory() -> None:
    """Have what was allocated be used again, and keep no code for sizes that will not come again.

    glibc gives threads heaps of their own, up to eight a core, each of which keeps what it once needed. oneDNN, by
    which torch computes, keeps the code that it makes for each shape, 1024 of them, and lines have any width. It reads
    its bound when torch is imported, which is not done yet where this is called first.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_PRIMITIVES))
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


def give_back_memory() -> None:
    """Give the system back what nothing stands in."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> ctypes._NamedFuncPointer | None:
    """A function that other C libraries lack."""
    return getattr(ctypes.CDLL(None), name, None)
