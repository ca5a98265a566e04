"""Sizes and times as people write them: ``32MB``, ``100M``, ``2m``."""

from __future__ import annotations

import re

from ocrkit.errors import OptionError

__all__ = ["parse_bytes", "parse_count", "parse_seconds"]

_NUMBER = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[a-zA-Z]*)")
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_BYTES = {
    **_THOUSANDS,
    **{f"{letter}b": factor for letter, factor in _THOUSANDS.items()},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmg", 1)},
}
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_MOST = 10**15


def parse_bytes(text: str, option: str) -> int:
    """Bytes, at least one, as ``32MB``, ``500kB``, ``2GiB`` or ``1000`` say them.

    Raises:
        OptionError: it is no such size.
    """
    return _whole(text, _BYTES, option, "a size of 1 byte or more, as 32MB, 500kB or 2GiB")


def parse_count(text: str, option: str) -> int:
    """A number, at least one, as ``100M`` or ``5000`` say it.

    Raises:
        OptionError: it is no such number.
    """
    return _whole(text, _THOUSANDS, option, "a number of 1 or more, as 100M, 500k or 5000")


def parse_seconds(text: str, option: str) -> float:
    """Seconds, more than none, as ``90``, ``90s``, ``15m`` or ``2h`` say them.

    Raises:
        OptionError: it is no such time.
    """
    seconds = _scaled(text, _SECONDS)
    if seconds is None or not 0 < seconds < _MOST:
        raise OptionError(f"`{option}` is {text!r}; expected a time of more than 0, as 90s, 15m or 2h")
    return seconds


def _whole(text: str, units: dict[str, int], option: str, expected: str) -> int:
    number = _scaled(text, units)
    if number is None or not 1 <= number < _MOST:
        raise OptionError(f"`{option}` is {text!r}; expected {expected}")
    return int(number)


def _scaled(text: str, units: dict[str, int]) -> float | None:
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match["unit"].lower() not in units:
        return None
    return float(match["number"]) * units[match["unit"].lower()]
