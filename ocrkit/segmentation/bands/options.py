"""What may be set of the segmenter ``bands``."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BandsOptions"]


@dataclass(frozen=True, slots=True)
class BandsOptions:
    """``bands`` has no options."""
