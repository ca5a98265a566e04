"""What ``torchrun`` tells each of the processes that it starts, in its environment; torch is not needed here."""

from __future__ import annotations

import os

from ocrkit.errors import OptionError

__all__ = ["VARIABLES", "check_numbers", "local_count", "local_rank", "rank", "together"]

VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def together() -> bool:
    """Whether this process was started as one of several, or might have been."""
    return all(os.environ.get(name) for name in VARIABLES)


def check_numbers() -> None:
    """Refuse a place among the processes that there cannot be; torch would wait for others, without a word.

    Raises:
        OptionError: names the variables.
    """
    if not together():
        return
    own, count = os.environ["RANK"], os.environ["WORLD_SIZE"]
    if not (own.isdecimal() and count.isdecimal() and int(own) < int(count)):
        raise OptionError(
            f"RANK={own!r} and WORLD_SIZE={count!r} name no process: a rank is a number from 0 to below the size; "
            f"start the processes by torchrun, or one alone without {', '.join(VARIABLES)}"
        )


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
