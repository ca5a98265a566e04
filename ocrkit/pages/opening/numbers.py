"""Which pages of a file are wanted: ``1-3,7,10-``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["PageNumbers"]

_PART = re.compile(r"([0-9]{1,9})?(-)?([0-9]{1,9})?")
_EXPECTED = "expected numbers and ranges from 1, such as 1-3,7,10-"


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """Pages of a file, in the order wanted.

    Attributes:
        ranges: first and last page, both counted from 1 and both included; None for the file's last.
    """

    ranges: tuple[tuple[int, int | None], ...] = ((1, None),)

    @classmethod
    def of(cls, given: PageNumbers | str | int | Iterable[int] | None) -> PageNumbers:
        """The pages that a user's words mean, ``1-3,7,10-``, or numbers; all where there are none of either.

        Raises:
            OptionError: no pages can be meant.
        """
        if given is None:
            return cls()
        if isinstance(given, PageNumbers):
            return given
        if isinstance(given, str):
            return cls(tuple(_range(part.strip(), given) for part in given.split(",")))
        numbers = [given] if isinstance(given, int) else list(given)
        if not numbers or not all(isinstance(number, int) and number >= 1 for number in numbers):
            raise OptionError(f"pages is {given!r}; {_EXPECTED}")
        return cls(tuple((number, number) for number in numbers))

    def of_file(self, count: int) -> Iterator[int]:
        """The wanted pages of a file of ``count``; of a range that lies behind its last page, the first number."""
        for first, last in self.ranges:
            if first > count:
                yield first
            yield from range(first, min(count if last is None else last, count) + 1)

    def count_in(self, count: int) -> int:
        """How many pages ``of_file`` yields."""
        return sum(
            1 if first > count else min(count if last is None else last, count) - first + 1
            for first, last in self.ranges
        )


def _range(part: str, whole: str) -> tuple[int, int | None]:
    match = _PART.fullmatch(part.replace(" ", ""))
    if match is None or not (match[1] or match[3]):
        raise OptionError(f"pages is {whole!r}; {_EXPECTED}")
    first = int(match[1] or 1)
    last = int(match[3]) if match[3] else None if match[2] else first
    if first < 1 or last == 0:
        raise OptionError(f"pages is {whole!r}, and pages count from 1; {_EXPECTED}")
    if last is not None and last < first:
        raise OptionError(f"pages is {whole!r}, where {first} comes after {last}; {_EXPECTED}")
    return first, last
