"""A file or folder that comes to be as a whole or not at all."""

from __future__ import annotations

import glob
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.errors import DataError
from ocrkit.files import FolderInUse, holding

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MARK", "mark", "replacing"]

MARK = ".ocrkit.json"
"""Lies in each folder of data that ocrkit wrote, and says what is in it: only such a folder is ever replaced."""


@contextmanager
def replacing(
    destination: Path, *, force: bool = False, source: Path | None = None, is_file: bool = False
) -> Iterator[Path]:
    """A path near ``destination`` to write to, a file or a folder, which takes its place when the block ends well.

    After an error, or Ctrl-C, what was written is removed and ``destination`` is as it was. After a kill, the next that
    writes to ``destination`` removes it.

    Args:
        destination: what will be there in the end.
        force: whether an earlier one may be replaced.
        source: what is read meanwhile, and so must not be replaced.
        is_file: whether a file will be written, which alone may replace a file.

    Raises:
        DataError: ``destination`` is there and may not be replaced, or nothing can be written beside it.
    """
    _clear_leftovers(destination)
    _check_free(destination, force=force, source=source, is_file=is_file)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _workplace(destination) as place:
            partial = place / destination.name
            yield partial
            # Another process may have written it meanwhile.
            _check_free(destination, force=force, source=source, is_file=is_file)
            _take_the_place(partial, destination)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", destination) from error


def mark(folder: Path, **what: object) -> None:
    """Write into a folder that ocrkit wrote it, and what."""
    (folder / MARK).write_text(json.dumps(what, ensure_ascii=False) + "\n", encoding="utf-8")


def _check_free(destination: Path, *, force: bool, source: Path | None, is_file: bool) -> None:
    if not os.path.lexists(destination):
        return
    if destination.is_dir() and not destination.is_symlink():
        entries = os.listdir(destination)
        if not entries:
            return
        if not force:
            raise DataError(f"{destination} is there already; give another name, or replace it with `force=True`")
        if MARK not in entries:
            raise DataError(
                f"{destination} is a folder that ocrkit did not write ({MARK} is not in it), so `force=True` leaves "
                "it; give another name, or remove it yourself"
            )
    elif not force:
        raise DataError(f"{destination} is there already; give another name, or replace it with `force=True`")
    elif not destination.is_symlink() and not destination.is_file():
        raise DataError(f"{destination} is no regular file, so `force=True` leaves it; give another name")
    elif not is_file and not destination.is_symlink():
        raise DataError(f"{destination} is a file, and a folder is to be written; give another name, or remove it")
    if source is not None and os.path.lexists(source):
        read, written = source.resolve(), destination.resolve()
        if written == read or written in read.parents:
            raise DataError(f"{destination} holds what is read; give another name to write to")


@contextmanager
def _workplace(destination: Path) -> Iterator[Path]:
    """A hidden folder beside ``destination``, held while the block runs and then removed with all that is in it."""
    place = Path(tempfile.mkdtemp(prefix=f".{destination.name}.partial-", dir=destination.parent))
    try:
        with holding(place):
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _clear_leftovers(destination: Path) -> None:
    """Remove the workplaces of processes that were killed, and put back what one of them had moved out of the way."""
    for place in destination.parent.glob(f"{glob.escape(f'.{destination.name}.partial-')}*"):
        with suppress(OSError, FolderInUse), holding(place):
            former = place / f"{destination.name}.former"
            if os.path.lexists(former) and not os.path.lexists(destination):
                os.rename(former, destination)
            shutil.rmtree(place, ignore_errors=True)


def _take_the_place(partial: Path, destination: Path) -> None:
    if not os.path.lexists(destination):
        os.rename(partial, destination)
        return
    former = partial.with_name(f"{partial.name}.former")  # in the workplace, and removed with it
    os.rename(destination, former)
    try:
        os.rename(partial, destination)
    except BaseException:
        os.rename(former, destination)
        raise
