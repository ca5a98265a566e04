"""Training: the loop, its settings, what it leaves behind, and how it goes on after a break."""

from __future__ import annotations

from ocrkit.training.observer import EpochReport, Observer, Outcome, StepReport
from ocrkit.training.recipes import read_recipe, recipe_names
from ocrkit.training.run import resume, train
from ocrkit.training.settings import RunConfig

__all__ = [
    "EpochReport",
    "Observer",
    "Outcome",
    "RunConfig",
    "StepReport",
    "read_recipe",
    "recipe_names",
    "resume",
    "train",
]
