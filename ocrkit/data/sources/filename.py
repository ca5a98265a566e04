"""File names as labels: ``226md.png`` shows ``226md``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.images import image_names_below
from ocrkit.data.sources.packed import FolderSamples, PackedNames
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["open_filename"]


def open_filename(location: Path) -> Sequence[Sample]:
    """List a folder's images, and those below it, each with its name up to the last dot as its text.

    Raises:
        MissingFileError: there is no such folder.
        DataError: it is no folder, or has no images.
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no folder {str(location)!r}")
    if not os.path.isdir(location):
        raise DataError("not a folder; format 'filename' expects a folder of images named by their text", location)
    names = PackedNames(image_names_below(location))
    if not names:
        raise DataError("no image in this folder, nor below it; expected images named by their text", location)
    return FolderSamples.of(location, names, _sample)


def _sample(folder: Path, name: str) -> Sample:
    image = folder / name
    return Sample(name=str(image), image=image, text=image.stem)
