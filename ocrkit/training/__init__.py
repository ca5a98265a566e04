"""Training: the loop, its settings, what it leaves behind, and how it goes on after a break."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ocrkit.torch_extra import need_torch
from ocrkit.training.observer import EpochReport, Observer, Outcome, SetReport, StepReport
from ocrkit.training.recipes import read_recipe, recipe_names
from ocrkit.training.settings import RunConfig

if TYPE_CHECKING:
    from ocrkit.training.run import resume, train

__all__ = [
    "EpochReport",
    "Observer",
    "Outcome",
    "RunConfig",
    "SetReport",
    "StepReport",
    "read_recipe",
    "recipe_names",
    "resume",
    "train",
]


def __getattr__(name: str) -> object:
    # Those two need torch, which takes seconds to load; settings and recipes do not.
    if name in ("resume", "train"):
        need_torch("training")
        return getattr(import_module("ocrkit.training.run"), name)
    raise AttributeError(f"module 'ocrkit.training' has no attribute {name!r}")
