"""What the segmenter ``lines`` takes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LearnedOptions"]


@dataclass(frozen=True, slots=True)
class LearnedOptions:
    """What the segmenter ``lines`` takes.

    Attributes:
        weights: the file of its network.
    """

    weights: str = ""
