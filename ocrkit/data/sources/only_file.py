"""The file that a location means: itself, or the only one of its kind in a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["only_file"]


def only_file(location: Path, files_in: Callable[[Path], list[Path]], *, otherwise: str) -> Path:
    """A file as it is, or the one that there is in a folder.

    Args:
        location: a file, or a folder.
        files_in: what there is of the kind in a folder.
        otherwise: what is wrong with a folder that has none.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: the folder has none, or several.
    """
    if os.path.isfile(location):
        return location
    if not os.path.isdir(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    files = files_in(location)
    if not files:
        raise DataError(otherwise, location)
    if len(files) > 1:
        *first, last = (file.name for file in files)
        there = f"{', '.join(first)} and {last} are {'both ' if len(first) == 1 else ''}there"
        raise DataError(f"{there}; expected one, so give the one to read: {files[0]}", location)
    return files[0]
