"""How worker processes come by samples: a source that makes them goes to each process once, and then numbers do."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample

__all__ = ["Source", "sendable"]

_LARGEST = 64 << 20  # bytes; a source that holds more is not copied into each process


@dataclass(frozen=True, slots=True)
class Source:
    """Samples that are made as they are asked for, small enough to be sent to another process."""

    samples: Sequence[Sample]


def sendable(samples: Sequence[Sample]) -> Source | None:
    """The samples as one thing to send; None where each is better sent by itself, since all of them lie here."""
    if isinstance(samples, list | tuple):
        return None
    try:
        pickle.Pickler(_Bounded(), pickle.HIGHEST_PROTOCOL).dump(samples)
    except Exception:  # a stranger's sequence may raise anything when it is pickled, and then only its samples travel
        return None
    return Source(samples)


class _Bounded:
    """A file that forgets what is written to it, and takes no more than is worth sending."""

    def __init__(self) -> None:
        self._size = 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._size > _LARGEST:
            raise OverflowError
        return len(data)
