"""How whoever works tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "StageProgress"]

Progress = Callable[[int, int], None]
"""Called now and then with how many are done, and of how many."""

StageProgress = Callable[[str], Progress]
"""Gives the progress of a stage by the stage's name, for work that has several."""
