"""Parquet with the images inside, as Hugging Face's datasets keep them: a column of image bytes, one of texts."""

from __future__ import annotations

import bisect
import os
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.images import natural_order, walk
from ocrkit.data.sources.lazy import LazySamples
from ocrkit.data.sources.parquet_file import ParquetImage, column, parquet_file
from ocrkit.data.sources.tables import GROUP_COLUMNS, IMAGE_COLUMNS, TEXT_COLUMNS
from ocrkit.errors import DataError, MissingFileError, Origin
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow import DataType, Schema

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["SUFFIX", "ParquetSamples", "open_parquet", "recognises_parquet"]

SUFFIX = ".parquet"
_MAGIC = b"PAR1"
_EVERY = 1 << 16  # rows between two reports of progress, and texts held at once
_IMAGES = ("image", "img", "bytes", *IMAGE_COLUMNS)


def recognises_parquet(location: Path) -> bool:
    """Whether it is a Parquet file, by its name or its first bytes, or a folder with such at its top level."""
    try:
        if not location.is_dir():
            with open_plain(location) as file:
                return location.suffix.lower() == SUFFIX or file.read(4) == _MAGIC
        return bool(_files_in(location))
    except (OSError, ValueError):
        return False


def open_parquet(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> ParquetSamples:
    """List the rows of a file, or of a folder's files: texts are read and checked, images are not.

    Args:
        location: a ``.parquet`` file, or a folder with some, else with some below it, read in natural order.
        report: told of each bad row, which is then left out.
        progress: told of the rows that are read, of how many.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: there is no Parquet file, or one has no column of images or of texts (names those that it has); or,
            without ``report``, a text is missing, empty or has a line break (names file and row).
        DependencyError: pyarrow is not installed.
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    files = (_files_in(location) or _files_below(location)) if location.is_dir() else [location]
    if not files:
        raise DataError(f"no {SUFFIX} file in this folder, nor below it; expected some, or give one itself", location)
    parts = tuple(_part_of(path) for path in files)
    total = sum(parquet_file(part.path).metadata.num_rows for part in parts)
    bad_rows, rows = BadRows(report), array("Q")
    offset = 0
    for part in parts:
        rows.extend(offset + row for row in _good_rows(part, bad_rows, offset, total, progress))
        offset += part.rows
    return ParquetSamples(parts, numbers=range(total) if len(rows) == total else rows)


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its columns, and the row that each of its row groups begins at, with the end of the last."""

    path: Path
    image: str
    text: str
    group: str | None
    begins: tuple[int, ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.begins[-1]

    def sample(self, row: int) -> Sample:
        """The sample in a row, counted from 0."""
        row_group = bisect.bisect_right(self.begins, row) - 1
        index = row - self.begins[row_group]
        text = column(self.path, row_group, self.text)[index].as_py()
        group = column(self.path, row_group, self.group)[index].as_py() if self.group else ""
        name = f"{self.path}#{row}"
        return Sample(name, ParquetImage(self.path, self.image, row_group, index), text, Origin(name), str(group or ""))


@dataclass(frozen=True, slots=True)
class ParquetSamples(LazySamples):
    """The samples of Parquet files, each read with its row group when it is asked for.

    Attributes:
        parts: the files.
        numbers: which rows, counted from 0 through all files.
    """

    parts: tuple[Part, ...]

    def sample(self, number: int) -> Sample:
        """Make the sample of this number."""
        for part in self.parts:
            if number < part.rows:
                return part.sample(number)
            number -= part.rows
        raise AssertionError("a row lies past the end of all files")


def _files_in(folder: Path) -> list[Path]:
    names = [name for name in os.listdir(folder) if name.endswith(SUFFIX) and not name.startswith(".")]
    return [folder / name for name in sorted(names, key=natural_order)]


def _files_below(folder: Path) -> list[Path]:
    return [Path(parent, name) for parent, files in walk(folder) for name in files if name.endswith(SUFFIX)]


def _part_of(path: Path) -> Part:
    file = parquet_file(path)
    schema = file.schema_arrow
    image = next((name for name in _IMAGES if name in schema.names and _holds_bytes(schema.field(name).type)), None)
    text = next((name for name in TEXT_COLUMNS if name in schema.names and _holds_text(schema.field(name).type)), None)
    group = next((name for name in GROUP_COLUMNS if name in schema.names), None)
    if image is None or text is None:
        raise DataError(
            f"no column of {'image bytes' if image is None else 'texts'} among {_described(schema)}; expected "
            f"'image' (binary, or a struct with 'bytes') and one of {', '.join(TEXT_COLUMNS)} (strings)",
            path,
        )
    begins = [0]
    for row_group in range(file.metadata.num_row_groups):
        begins.append(begins[-1] + file.metadata.row_group(row_group).num_rows)
    return Part(path, image, text, group, tuple(begins))


def _good_rows(part: Part, bad_rows: BadRows, done: int, total: int, progress: Progress | None) -> Iterator[int]:
    """The rows of a file whose texts can be used."""
    for row, text in enumerate(_texts(part)):
        try:
            if text is None:
                raise RowFault("empty-text", f"row {row}: column {part.text!r} is null; expected a label")
            check_text(text, f"row {row}")
        except RowFault as fault:
            bad_rows.add(f"{part.path}#{row}", 0, fault)
        else:
            yield row
        if progress is not None and (row % _EVERY == 0 or row + 1 == part.rows):
            progress(done + row + 1, total)


def _texts(part: Part) -> Iterator[str | None]:
    for row_group in range(len(part.begins) - 1):
        texts = column(part.path, row_group, part.text)
        for begin in range(0, len(texts), _EVERY):
            yield from texts.slice(begin, _EVERY).to_pylist()


def _holds_bytes(kind: DataType) -> bool:
    if str(kind).startswith("struct<"):
        return any(kind.field(i).name == "bytes" and _holds_bytes(kind.field(i).type) for i in range(kind.num_fields))
    return str(kind) in ("binary", "large_binary", "binary_view")


def _holds_text(kind: DataType) -> bool:
    if str(kind).startswith("dictionary<"):
        return _holds_text(kind.value_type)
    return str(kind) in ("string", "large_string", "string_view")


def _described(schema: Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema) or "no columns"
