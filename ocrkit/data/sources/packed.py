"""Samples found by walking folders: their names packed end to end, each sample made when it is asked for."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ocrkit.data.records import Sample
from ocrkit.data.sources.lazy import LazySamples

__all__ = ["FolderSamples", "PackedNames"]


class PackedNames:
    """Names of files, at the cost of their bytes and eight more each; a list of strings would take about a hundred."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")
        for name in names:
            self.append(name)

    def append(self, name: str) -> None:
        """One more name."""
        self._bytes += os.fsencode(name)
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        begin = self._ends[index - 1] if index else 0
        return os.fsdecode(bytes(self._bytes[begin : self._ends[index]]))


@dataclass(frozen=True, slots=True)
class FolderSamples(LazySamples):
    """The samples of a folder.

    Attributes:
        folder: what the names are relative to.
        names: what tells one sample from another, such as its image's path.
        make: makes a sample of the folder and a name; picklable.
        numbers: which names, in which order.
    """

    folder: Path
    names: PackedNames
    make: Callable[[Path, str], Sample]

    @classmethod
    def of(cls, folder: Path, names: PackedNames, make: Callable[[Path, str], Sample]) -> FolderSamples:
        """A sample for every name."""
        return cls(folder, names, make, numbers=range(len(names)))

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        return self.make(self.folder, self.names[number])
