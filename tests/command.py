"""What a run of the command line left: the type that the fixture ``run_ocrkit`` gives, for annotations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Ran", "RunOcrkit"]


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


RunOcrkit = Callable[..., Ran]
