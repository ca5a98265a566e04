"""Writes the parts of a split: tables that name the images where they lie, or copies in any format."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.splitting import assign, split_units
from ocrkit.data.writers.convert import Converted, write_all
from ocrkit.data.writers.encoded import EncodedSample
from ocrkit.data.writers.formats import format_for
from ocrkit.data.writers.replacing import mark, replacing
from ocrkit.data.writers.tables import TableFile
from ocrkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ocrkit.data.progress import Progress
    from ocrkit.data.records import BadImage, Sample

__all__ = ["Part", "Split", "split"]


@dataclass(frozen=True, slots=True)
class Part:
    """What landed in one part: samples, units that stay together, and the share of all samples."""

    name: str
    samples: int
    units: int
    share: float
    bad: tuple[BadImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """What came of a split: its parts, and what was kept together: ``group``, ``folder`` or ``none``."""

    parts: tuple[Part, ...]
    by: str


def split(
    samples: Sequence[Sample],
    destination: Path,
    parts: Mapping[str, float],
    *,
    seed: int = 0,
    by: str | None = None,
    to: str | None = None,
    force: bool = False,
    source: Path | None = None,
    progress: Progress | None = None,
) -> Split:
    """Write a folder with a data set for each part, no unit being in two.

    Where a sample goes depends on the seed, its name relative to ``source``, its text and its group, never on the order
    of the rows. Within a part, samples keep their order.

    Args:
        samples: labelled ones.
        destination: the new folder; a part lies in ``destination/NAME``, or in one file of that name.
        parts: shares that sum to 1, by names.
        seed: chooses among the splits.
        by: what stays together, see ``ocrkit.data.splitting``.
        to: a format to copy the parts in; None writes a ``labels.tsv`` each, which names the images where they lie.
        force: whether to replace an earlier split.
        source: where the samples come from.
        progress: told of how many are done, of how many.

    Raises:
        DataError: as ``convert`` does; also where images lie inside another file and ``to`` is None.
        OptionError, UnknownNameError: a part, ``by`` or ``to`` is none.
    """
    spec = format_for(destination, to) if to is not None else None
    root = None if source is None else source if source.is_dir() else source.parent
    tell = _Steps(progress, 2 * len(samples))
    units, chosen = split_units(samples, by=by, root=root, progress=tell)
    part_of = assign(units, parts, seed=seed)
    written = []
    with replacing(destination, force=force, source=source) as folder:
        folder.mkdir()
        for number, name in enumerate(parts):
            indices = np.flatnonzero(part_of == number)
            chosen_ones = (samples[index] for index in indices.tolist())
            if spec is None:
                result = _list_images(chosen_ones, folder / name, destination / name, tell)
            else:
                path = folder / (f"{name}.{spec.name}" if spec.is_file else name)
                result = write_all(chosen_ones, path, spec, count=len(indices), progress=tell)
            share = len(indices) / max(len(samples), 1)
            written.append(Part(name, result.written, len(np.unique(units[indices])), share, result.bad))
        mark(folder, format="split", parts=dict(parts), seed=seed, by=chosen)
    return Split(tuple(written), chosen)


class _Steps:
    """Counts the steps of several stages as one, each call being one step."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        del done, total
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


def _list_images(samples: Iterable[Sample], folder: Path, final: Path, tell: Progress) -> Converted:
    """Write a table that names images where they lie, relative to where its folder will be in the end."""
    folder.mkdir()
    start = os.path.join(os.path.realpath(final.parent), final.name)
    with closing(TableFile(folder / "labels.tsv")) as table:
        for sample in samples:
            if not isinstance(sample.image, Path):
                raise DataError(
                    f"{sample.name} lies in no file of its own; copy the parts with `to`, such as `to='lmdb'`"
                )
            if sample.text is None:
                raise DataError(f"{sample.name} has no text; only labelled images can be split")
            parent, name = os.path.split(sample.image)
            written = EncodedSample(sample.name, sample.text, b"", "", sample.group, sample.origin)
            table.add(os.path.join(_way(start, parent), name), written)
            tell(0, 0)
        table.finish()
    return Converted(table.count, ())


@lru_cache(maxsize=1024)
def _way(start: str, folder: str) -> str:
    """The way from one folder to another, symbolic links followed, since ``..`` leads out of where a link leads."""
    return os.path.relpath(os.path.realpath(folder), start)
