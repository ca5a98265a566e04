"""When a run is over, and what to say to somebody who would go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from ocrkit.training.settings import TrainingSettings
    from ocrkit.training.state import Position

__all__ = ["check_unfinished", "ended", "time_is_up"]


def ended(position: Position, settings: TrainingSettings) -> str:
    """Why there is nothing left to do: ``epochs``, ``time`` or ``early``; empty as long as there is."""
    if position.epoch >= settings.epochs:
        return "epochs"
    if time_is_up(position, settings):
        return "time"
    best_epoch = position.best.epoch if position.best else -1
    # An epoch that has just become the best is one behind the epochs finished.
    if settings.quit == "early" and position.epoch - best_epoch > settings.lag:
        return "early"
    return ""


def time_is_up(position: Position, settings: TrainingSettings) -> bool:
    """Whether the minutes that the settings give are used up."""
    return bool(settings.minutes) and position.seconds >= 60 * settings.minutes


def check_unfinished(position: Position, settings: TrainingSettings, folder: Path) -> None:
    """Refuse to go on with a run that has come to its end.

    Raises:
        ConfigError: says why it ended, and what would let it go on.
    """
    ways = {
        "epochs": f"has done all its {settings.epochs} epochs; with more of them (`training.epochs`) it goes on",
        "time": f"has used up its {settings.minutes:g} minutes; with more of them (`training.minutes`) it goes on",
        "early": f"ended since nothing improved in {settings.lag} epochs; with a higher `training.lag`, or "
        "`training.quit='fixed'`, it goes on",
    }
    reason = ended(position, settings)
    if reason:
        raise ConfigError(f"the run in {str(folder)!r} {ways[reason]}")
