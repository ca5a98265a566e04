"""Samples found by walking folders: their names packed end to end, each sample made when it is asked for."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from ocrkit.data.records import Sample

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
class FolderSamples(Sequence[Sample]):
    """The samples of a folder.

    Attributes:
        folder: what the names are relative to.
        names: what tells one sample from another, such as its image's path.
        make: makes a sample of the folder and a name; picklable.
        indices: which names, in which order.
    """

    folder: Path
    names: PackedNames
    make: Callable[[Path, str], Sample]
    indices: Sequence[int]

    @classmethod
    def of(cls, folder: Path, names: PackedNames, make: Callable[[Path, str], Sample]) -> FolderSamples:
        """A sample for every name."""
        return cls(folder, names, make, range(len(names)))

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        """Make the sample at ``index``; a slice gives another such sequence."""
        if isinstance(index, slice):
            return FolderSamples(self.folder, self.names, self.make, self.indices[index])
        return self.make(self.folder, self.names[self.indices[index]])
