"""The formats that data are written in, by the names that ``--to`` knows."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ocrkit.errors import OptionError, UnknownNameError, unknown_name

if TYPE_CHECKING:
    from ocrkit.data.writers.encoded import EncodedSample

__all__ = ["FORMATS", "Writer", "WriterSpec", "format_for"]


class Writer(Protocol):
    """The role of what writes one data set; used once, by one thread."""

    def add(self, sample: EncodedSample) -> None:
        """Write a labelled image.

        Raises:
            DataError: the format cannot hold its text; names where it stood.
        """
        ...

    def finish(self) -> None:
        """Write what belongs at the end; nothing is added after."""
        ...

    def close(self) -> None:
        """Let go of what is open, whether finished or not."""
        ...


@dataclass(frozen=True, slots=True)
class WriterSpec:
    """A format to write.

    Attributes:
        name: what ``--to`` calls it.
        summary: one line.
        is_file: whether a data set is one file, and else a folder.
        open: makes the writer of a file or a new folder, told how many records come at most.
    """

    name: str
    summary: str
    is_file: bool
    open: Callable[[Path, int], Writer]


class _Opened:
    """Imports a writer's module when it is first opened."""

    def __init__(self, module: str, name: str, *arguments: str) -> None:
        self._module, self._name, self._arguments = module, name, arguments

    def __call__(self, path: Path, count: int) -> Writer:
        made: Writer = getattr(import_module(f"ocrkit.data.writers.{self._module}"), self._name)(
            path, count, *self._arguments
        )
        return made


_ALL = (
    WriterSpec("labels-tsv", "labels.tsv and a folder of images", False, _Opened("tables", "TableWriter", ".tsv")),
    WriterSpec("labels-csv", "labels.csv and a folder of images", False, _Opened("tables", "TableWriter", ".csv")),
    WriterSpec(
        "labels-jsonl", "labels.jsonl and a folder of images", False, _Opened("tables", "TableWriter", ".jsonl")
    ),
    WriterSpec("gt.txt", "pairs, line.png and line.gt.txt", False, _Opened("gt_txt", "GtTxtWriter")),
    WriterSpec("mjsynth", "1_word_2.jpg and annotation.txt", False, _Opened("mjsynth", "MjsynthWriter")),
    WriterSpec("lmdb", "an LMDB; needs the extra lmdb", False, _Opened("lmdb", "LmdbWriter")),
    WriterSpec("parquet", "one Parquet file; needs the extra parquet", True, _Opened("parquet", "ParquetWriter")),
)

FORMATS = {spec.name: spec for spec in _ALL}
"""Every format that can be written."""


def format_for(destination: Path, name: str | None) -> WriterSpec:
    """The format of a name, or without one that which the destination's own ending tells: .lmdb, .parquet.

    Raises:
        UnknownNameError: there is no such format.
        OptionError: no name is given and the destination does not tell.
    """
    if name is None:
        name = os.path.splitext(destination.name)[1].lower().lstrip(".")
        if name not in ("lmdb", "parquet"):
            raise OptionError(f"{destination}: which format? give one with `to`: {', '.join(FORMATS)}")
    if name not in FORMATS:
        raise UnknownNameError(unknown_name("format to write", name, FORMATS))
    return FORMATS[name]
