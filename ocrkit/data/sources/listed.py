"""The samples that a file of rows lists: a sequence that makes each record when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from ocrkit.data.records import Sample
from ocrkit.data.sources.indexed import IndexedRows

__all__ = ["ListedSamples"]


@dataclass(frozen=True, slots=True)
class ListedSamples(Sequence[Sample]):
    """Samples whose images a file names: what it lists stays in the file.

    Attributes:
        table: the rows.
        folder: what the names of images are relative to.
        indices: which rows of the table, in which order.
    """

    table: IndexedRows
    folder: Path
    indices: range

    @classmethod
    def of(cls, table: IndexedRows, folder: Path) -> ListedSamples:
        """All that a table lists."""
        return cls(table, folder, range(len(table)))

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        """Make the sample at ``index``; a slice gives another such sequence.

        Raises:
            DataError: the table has changed since it was listed.
        """
        if isinstance(index, slice):
            return ListedSamples(self.table, self.folder, self.indices[index])
        place = self.indices[index]
        row = self.table.row(place)
        path = os.path.join(self.folder, row.name)
        origin = f"{self.table.path}:{self.table.line(place)}"
        return Sample(path, Path(path), row.text, origin, row.group)
