"""The samples that a file of rows lists: a sequence that makes each record when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrkit.data.records import Sample
from ocrkit.data.sources.indexed import IndexedRows
from ocrkit.data.sources.lazy import LazySamples
from ocrkit.data.sources.located import image_path
from ocrkit.errors import Origin

__all__ = ["ListedSamples"]


@dataclass(frozen=True, slots=True)
class ListedSamples(LazySamples):
    """Samples whose images a file names: what it lists stays in the file.

    Attributes:
        table: the rows.
        folder: what the names of images are relative to.
        numbers: which rows of the table, in which order.
    """

    table: IndexedRows
    folder: Path

    @classmethod
    def of(cls, table: IndexedRows, folder: Path) -> ListedSamples:
        """All that a table lists."""
        return cls(table, folder, numbers=range(len(table)))

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        row = self.table.row(number)
        path = image_path(self.folder, row.name)
        origin = Origin(str(self.table.path), self.table.line(number))
        return Sample(path, Path(path), row.text, origin, row.group, dict(row.lexicons))
