"""When a run is over, and what to say to somebody who would go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.training.settings import TrainingSettings
    from ocrkit.training.state import Position

__all__ = ["check_unfinished", "ended", "is_used_up"]


def ended(position: Position, settings: TrainingSettings) -> str:
    """Why there is nothing left to do: ``epochs``, ``steps``, ``time`` or ``early``; empty as long as there is."""
    if settings.steps:
        if position.step >= settings.steps:
            return "steps"
    elif position.epoch >= settings.epochs:
        return "epochs"
    if _time_is_up(position, settings):
        return "time"
    best_epoch = position.best.epoch if position.best else -1
    # An epoch that has just become the best is one behind the epochs finished.
    if settings.quit == "early" and position.epoch - best_epoch > settings.lag:
        return "early"
    return ""


def is_used_up(position: Position, settings: TrainingSettings) -> bool:
    """Whether the minutes or the steps that the settings give are used up, be it in the middle of an epoch."""
    return (bool(settings.steps) and position.step >= settings.steps) or _time_is_up(position, settings)


def check_unfinished(position: Position, settings: TrainingSettings, folder: Path) -> None:
    """Refuse to go on with a run that has come to its end.

    Raises:
        ConfigError: says why it ended, and what would let it go on.
    """
    ways = {
        "epochs": f"has done all its {settings.epochs} epochs; with more of them (`training.epochs`) it goes on",
        "steps": f"has done all its {settings.steps} steps; with more of them (`training.steps`) it goes on",
        "time": f"has used up its {settings.minutes:g} minutes; with more of them (`training.minutes`) it goes on",
        "early": f"ended since nothing improved in {settings.lag} epochs; with a higher `training.lag`, or "
        "`training.quit='fixed'`, it goes on",
    }
    reason = ended(position, settings)
    if reason:
        raise ConfigError(f"the run in {str(folder)!r} {ways[reason]}")


def _time_is_up(position: Position, settings: TrainingSettings) -> bool:
    return bool(settings.minutes) and position.seconds >= 60 * settings.minutes
