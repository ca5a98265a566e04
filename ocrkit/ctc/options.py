"""Checks of the decoders' options, which name the option in what they raise."""

from __future__ import annotations

import math
import operator

from ocrkit.errors import OptionError

__all__ = ["as_count", "as_label", "as_number"]

_LARGEST = 2**31 - 1


def as_count(name: str, value: object, *, least: int) -> int:
    """``value`` as an int in ``least``..2**31-1; ``OptionError`` says what ``name`` should be."""
    count = _as_int(name, value)
    if count < least:
        raise OptionError(f"{name} is {count}; it is at least {least}")
    return min(count, _LARGEST)


def as_label(name: str, value: object) -> int:
    """``value`` as an int32, or ``OptionError``. Whether such a label exists is the decoder's to say."""
    label = _as_int(name, value)
    if abs(label) > _LARGEST:
        raise OptionError(f"{name} is {label}; labels are 0..{_LARGEST}")
    return label


def as_number(name: str, value: object, *, least: float, most: float) -> float:
    """``value`` as a float in ``least``..``most``; ``OptionError`` says what ``name`` should be."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise OptionError(f"{name} is {value!r}; expected a number")
    try:
        number = float(value)
    except OverflowError as error:
        raise OptionError(f"{name} is a number that no float can hold; it lies in {least:g}..{most:g}") from error
    if math.isnan(number) or not least <= number <= most:
        raise OptionError(f"{name} is {value!r}; it lies in {least:g}..{most:g}")
    return number


def _as_int(name: str, value: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise OptionError(f"{name} is {value!r}; expected a whole number")
    return operator.index(value)
