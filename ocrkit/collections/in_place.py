"""Pages read in the folder that they lie in: which files there were written, and which would be lost."""

from __future__ import annotations

import glob
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING

from ocrkit.collections.places import is_url
from ocrkit.collections.records import Records
from ocrkit.data.sources.images import image_suffixes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["InPlace", "is_ours"]

_MAGIC = re.compile(r"[*?\[]")


def is_ours(output: Path, name: str, suffixes: Sequence[str]) -> bool:
    """Whether a file below an output was written there by a run, by its records.

    Args:
        output: the folder.
        name: of the file, below it.
        suffixes: endings of the files that are written.
    """
    name = name.replace(os.sep, "/")
    for suffix in suffixes:
        if name.endswith(suffix):
            record = Records(output).done(name.removesuffix(suffix))
            if record is not None and name in record.files:
                return True
    return False


class InPlace:
    """Tells which files of an output are pages of the collection themselves.

    Args:
        places: of the collection.
        output: the folder that is written to.
        suffixes: endings of the files that are written.
    """

    def __init__(self, places: Sequence[str], output: Path, suffixes: Sequence[str]) -> None:
        self._places = places
        self._output = output
        self._all = suffixes
        pages = image_suffixes() | {".pdf"}
        self._suffixes = [suffix for suffix in suffixes if os.path.splitext(f"x{suffix}")[1].lower() in pages]

    def is_input(self, stem: str) -> bool:
        """Whether a file that would be written, called so without its ending, takes the place of a page."""
        for suffix in self._suffixes:
            path = self._output / f"{stem}{suffix}"
            if os.path.lexists(path) and self._lies_there(path) and not is_ours(self._output, stem + suffix, self._all):
                return True
        return False

    def _lies_there(self, path: Path) -> bool:
        real = os.path.join(os.path.realpath(path.parent), path.name)
        return any(os.path.commonpath([real, folder]) == folder for folder in self._folders)

    @cached_property
    def _folders(self) -> list[str]:
        """Where pages lie: of folders those that are not passed over, for the output lies in them."""
        output = os.path.realpath(self._output)
        found = [os.path.realpath(_folder_of(place)) for place in self._places if not is_url(place)]
        return [folder for folder in found if os.path.commonpath([folder, output]) == output]


def _folder_of(place: str) -> str:
    """The folder that a file, a folder or a glob takes pages from."""
    if os.path.isdir(place):
        return place
    magic = None if os.path.lexists(place) or not glob.has_magic(place) else _MAGIC.search(place)
    return os.path.dirname(place if magic is None else place[: magic.start()]) or "."
