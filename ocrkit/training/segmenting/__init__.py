"""Training of the network that finds lines on pages."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ocrkit.torch_extra import need_torch
from ocrkit.training.segmenting.settings import PageData, SegmentingConfig, SegmentingSettings

if TYPE_CHECKING:
    from ocrkit.training.segmenting.run import resume_segmenter, train_segmenter

__all__ = ["PageData", "SegmentingConfig", "SegmentingSettings", "resume_segmenter", "train_segmenter"]


def __getattr__(name: str) -> object:
    # Those two need torch, which takes seconds to load.
    if name in ("resume_segmenter", "train_segmenter"):
        need_torch("training")
        return getattr(import_module("ocrkit.training.segmenting.run"), name)
    raise AttributeError(f"module 'ocrkit.training.segmenting' has no attribute {name!r}")
