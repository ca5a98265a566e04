"""What ``torchrun`` tells each of the processes that it starts, in its environment; torch is not needed here."""

from __future__ import annotations

import os

__all__ = ["VARIABLES", "local_count", "local_rank", "rank", "together"]

VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def together() -> bool:
    """Whether this process was started as one of several, or might have been."""
    return all(os.environ.get(name) for name in VARIABLES)


def rank() -> int:
    """The number of this process among all, from 0; 0 for a process that was started alone."""
    return _number("RANK", 0)


def local_rank() -> int:
    """The number of this process among those of its machine, from 0."""
    return _number("LOCAL_RANK", 0)


def local_count() -> int:
    """The processes of this machine, at least 1."""
    return max(1, _number("LOCAL_WORLD_SIZE", 1))


def _number(name: str, otherwise: int) -> int:
    value = os.environ.get(name, "")
    return int(value) if together() and value.isdecimal() else otherwise
