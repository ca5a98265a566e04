"""Which names of outputs are taken, of any number of them in little memory."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TakenStems"]

_FIRST = 1 << 10
_MANY = 64  # of one name
_FULL = 0.6  # of the table, from which on it is doubled
_OF_A_PAGE = re.compile(r"(.+)-[0-9]{4,}", re.DOTALL)  # as the files of a document's pages are called
_SINGLE = 1  # the owner, by its digest, of names that only files of single pages have


class TakenStems:
    """Gives each page a stem of its own: the first of a name has it, the second is numbered.

    A stem is kept as 64 bits of its digest, and so is who has it: 16 bytes, of which a little more than half are used.

    Attributes:
        numbered: how many had to be numbered so far.
    """

    def __init__(self) -> None:
        self._stems = np.zeros(_FIRST, np.uint64)
        self._owners = np.zeros(_FIRST, np.uint64)
        self._count = 0
        self._numbers: dict[int, int] = {}
        self.numbered = 0

    def free(
        self, stem: str, owner: str, *, parts: bool | None = None, kept: Callable[[str], bool] | None = None
    ) -> str | None:
        """The stem, numbered where it is another's; None where it is the owner's already.

        Args:
            stem: what the files would be called.
            owner: whose.
            parts: whether it may write files of single pages too, ``STEM-0001`` and so on, which then are nobody
                else's; None where nobody writes such.
            kept: whether files of that stem are not to be written.
        """
        first, own = _digest(stem), _digest(owner)
        number = self._numbers.get(first, 1)
        while True:
            numbered = stem if number == 1 else f"{stem}-{number}"
            digest = _digest(numbered)
            place = self._place(digest)
            if not self._stems[place]:
                if (kept is None or not kept(numbered)) and self._has_room(numbered, own, parts):
                    self._put(self._place(digest), digest, own)  # which may be another place by now
                    self.numbered += number > 1
                    if number > _MANY:
                        self._numbers[first] = number  # or a million of one name would be counted through each time
                    return numbered
            elif int(self._owners[place]) == own:
                return None
            number += 1

    def _has_room(self, stem: str, own: int, parts: bool | None) -> bool:
        """Whether files of a document's pages and those of single pages stay apart, which is then seen to."""
        if parts:
            whose, digest = own, _digest(f"pages of {stem}")
        elif parts is not None and (single := _OF_A_PAGE.fullmatch(stem)):
            whose, digest = _SINGLE, _digest(f"pages of {single[1]}")
        else:
            return True
        place = self._place(digest)
        if self._stems[place]:
            return int(self._owners[place]) == whose
        self._put(place, digest, whose)
        return True

    def _place(self, digest: int) -> int:
        """Where a digest is, or would be."""
        mask = len(self._stems) - 1
        place = digest & mask
        while (there := int(self._stems[place])) and there != digest:
            place = (place + 1) & mask
        return place

    def _put(self, place: int, digest: int, owner: int) -> None:
        self._stems[place], self._owners[place] = digest, owner
        self._count += 1
        if self._count > _FULL * len(self._stems):
            stems, owners = self._stems, self._owners
            self._stems, self._owners = np.zeros(2 * len(stems), np.uint64), np.zeros(2 * len(stems), np.uint64)
            for at in np.flatnonzero(stems).tolist():
                new = self._place(int(stems[at]))
                self._stems[new], self._owners[new] = stems[at], owners[at]


def _digest(text: str) -> int:
    """64 bits, never all zero."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big") or 1
