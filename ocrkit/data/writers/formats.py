"""The formats that data are written in, by the names that ``--to`` knows."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


# Each imports its writer when the first is opened.


def _table(suffix: str, path: Path, count: int) -> Writer:
    from ocrkit.data.writers.tables import TableWriter

    return TableWriter(path, count, suffix)


def _gt_txt(path: Path, count: int) -> Writer:
    from ocrkit.data.writers.gt_txt import GtTxtWriter

    return GtTxtWriter(path, count)


def _mjsynth(path: Path, count: int) -> Writer:
    from ocrkit.data.writers.mjsynth import MjsynthWriter

    return MjsynthWriter(path, count)


def _lmdb(path: Path, count: int) -> Writer:
    from ocrkit.data.writers.lmdb import LmdbWriter

    return LmdbWriter(path, count)


def _parquet(path: Path, count: int) -> Writer:
    from ocrkit.data.writers.parquet import ParquetWriter

    return ParquetWriter(path, count)


_ALL = (
    WriterSpec("labels-tsv", "labels.tsv and a folder of images", False, partial(_table, ".tsv")),
    WriterSpec("labels-csv", "labels.csv and a folder of images", False, partial(_table, ".csv")),
    WriterSpec("labels-jsonl", "labels.jsonl and a folder of images", False, partial(_table, ".jsonl")),
    WriterSpec("gt.txt", "pairs, line.png and line.gt.txt", False, _gt_txt),
    WriterSpec("mjsynth", "1_word_2.jpg and annotation.txt", False, _mjsynth),
    WriterSpec("lmdb", "an LMDB; needs the extra lmdb", False, _lmdb),
    WriterSpec("parquet", "one Parquet file; needs the extra parquet", True, _parquet),
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
