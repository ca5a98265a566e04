"""Images without labels: files, folders and globs; and which files of a folder are images."""

from __future__ import annotations

import functools
import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ocrkit.data.image_file import NOT_PIXELS
from ocrkit.data.paged import names_of_pages, page_in
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "files_at",
    "image_names_below",
    "image_suffixes",
    "images_below",
    "natural_order",
    "pages_of",
    "relative_prefix",
    "unlabelled",
    "walk",
]


_PAGED = frozenset({".tif", ".tiff"})


def unlabelled(paths: Iterable[str | Path], *, missing_ok: bool = False) -> list[Sample]:
    """List images to read, in the order given; a folder's, and a glob's, sorted as a person would (2 before 10).

    Args:
        paths: a file is taken whatever it is called, each page of a TIFF by itself; a folder stands for the images in
            it and below, by their suffix; what is no file and holds ``*``, ``?`` or ``[`` is a glob (``**`` for any
            depth), which stands for the files that it matches, or for the folders if it matches only such.
        missing_ok: whether a file that is not there becomes a sample all the same, found bad when it is opened.

    Raises:
        MissingFileError: there is nothing at a path, or a glob matches nothing.
        DataError: a folder has no image.
    """
    return [
        Sample(name=str(page), image=page)
        for given in paths
        for path in files_at(str(given), missing_ok=missing_ok)
        for page in pages_of(path)
    ]


def pages_of(path: Path) -> list[Path]:
    """A file's name; or those of its pages, ``lines.tif#1`` and on, where it is a TIFF of several."""
    known = path.suffix.lower()
    # Others are seen to be what they are when they are opened: a look into each would cost a long list dearly.
    return [path] if known in image_suffixes() and known not in _PAGED else names_of_pages(path)


def files_at(given: str, *, missing_ok: bool = False, further: frozenset[str] = frozenset()) -> list[Path]:
    """The files that a place stands for, a file, folder or glob, as ``unlabelled`` has it.

    Args:
        given: the place.
        missing_ok: see ``unlabelled``.
        further: suffixes of files in a folder that are wanted beside images, as ``.pdf``.

    Raises:
        MissingFileError: there is nothing at the place, or the glob matches nothing.
        DataError: it is a folder without such a file.
    """
    if os.path.isdir(given):
        return _images_in(given, further)
    if os.path.lexists(given) or page_in(Path(given)) is not None:
        return [Path(given)]
    if glob.has_magic(given):
        matches = sorted(glob.glob(given, recursive=True), key=natural_order)
        files = [Path(match) for match in matches if not os.path.isdir(match)]
        if files or matches:
            return files or [image for match in matches for image in _images_in(match, further)]
        raise MissingFileError(f"no file matches {given!r}")
    if missing_ok:
        return [Path(given)]
    raise MissingFileError(f"no file or folder {given!r}")


@functools.cache
def image_suffixes() -> frozenset[str]:
    """The suffixes that Pillow can open, in lower case, each with its dot."""
    return frozenset(
        suffix.lower()
        for suffix, kind in Image.registered_extensions().items()
        if kind in Image.OPEN and kind not in NOT_PIXELS
    )


def images_below(folder: Path, *, further: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Yield a folder's images in natural order, its own first, then each subfolder's; hidden files are passed over.

    Args:
        folder: where they are.
        further: suffixes of other files that are wanted too, as ``.pdf``.
    """
    return (folder / name for name in image_names_below(folder, further=further))


def image_names_below(folder: Path, *, further: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the paths of a folder's images, relative to it, in the order of ``images_below``."""
    suffixes = image_suffixes() | further
    for parent, files in walk(folder):
        inside = relative_prefix(parent, folder)
        for name in files:
            if os.path.splitext(name)[1].lower() in suffixes:
                yield inside + name


def relative_prefix(parent: str, folder: Path) -> str:
    """What stands before the names of a folder's files, relative to one above it: nothing, or a path and a slash."""
    relative = os.path.relpath(parent, folder)
    return "" if relative == os.curdir else f"{relative}{os.sep}"


def walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield a folder and those below it, each with its files, all in natural order and without hidden ones.

    Raises:
        DataError: a folder cannot be listed.
    """
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural_order)
        yield parent, sorted((name for name in files if not name.startswith(".")), key=natural_order)


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sorting key that compares runs of digits as numbers: ``line2`` before ``line10``."""
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name) if part)


_DIGITS = re.compile(r"([0-9]+)")


def _refuse(error: OSError) -> None:
    raise DataError(error.strerror or str(error), error.filename) from error


def _images_in(folder: str, further: frozenset[str]) -> list[Path]:
    images = list(images_below(Path(folder), further=further))
    if not images:
        known = ", ".join((".png", ".jpg", *sorted(further)))
        raise DataError(f"no image in this folder, nor below it; expected {known}, .tif or their like", folder)
    return images
