"""The samples that a table lists: a sequence that makes each record when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

from ocrkit.data.records import Sample

__all__ = ["ListedSamples"]


@dataclass(frozen=True, slots=True)
class ListedSamples(Sequence[Sample]):
    """Samples whose images a table names: a million of them cost the memory of their names and texts.

    Attributes:
        table: the table's path; an image's name is relative to its folder.
        names: the images as the table names them.
        texts: their labels, as many.
        lines: the table's line of each, from 1.
        groups: the group of each, or nothing where the table has none.
    """

    table: Path
    names: Sequence[str]
    texts: Sequence[str]
    lines: Sequence[int]
    groups: Sequence[str] = field(default=())

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        """Make the sample at ``index``; a slice gives another such sequence."""
        if isinstance(index, slice):
            return ListedSamples(
                self.table, self.names[index], self.texts[index], self.lines[index], self.groups[index]
            )
        path = os.path.join(self.table.parent, self.names[index])
        return Sample(
            name=path,
            image=Path(path),
            text=self.texts[index],
            origin=f"{self.table}:{self.lines[index]}",
            group=self.groups[index] if self.groups else "",
        )
