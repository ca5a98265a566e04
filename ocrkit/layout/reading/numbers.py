"""Numbers as files spell them, where one that is none counts as not said."""

from __future__ import annotations

import math

__all__ = ["fraction_of", "number_of"]


def number_of(spelt: str | None, default: float) -> float:
    """A finite number; ``default`` where it is none."""
    try:
        number = float(spelt or "nan")
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def fraction_of(spelt: str | None) -> float | None:
    """A number from 0 to 1; None where it is none."""
    number = number_of(spelt, -1)
    return number if 0 <= number <= 1 else None
