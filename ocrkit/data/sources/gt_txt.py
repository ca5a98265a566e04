"""Pairs of files: ``line.png`` and ``line.gt.txt``, as Tesseract's and kraken's trainings use them."""

from __future__ import annotations

import logging
import os
import re
from array import array
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault
from ocrkit.data.sources.images import image_suffixes, relative_prefix, walk
from ocrkit.data.sources.packed import FolderSamples, PackedNames
from ocrkit.data.sources.tables import read_text
from ocrkit.errors import DataError, MissingFileError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["SUFFIX", "open_gt_txt", "recognises_gt_txt"]

SUFFIX = ".gt.txt"

# Between stem and suffix, in the order of preference: plain, then binarised and normalised as OCRopus writes them.
_VARIANTS = ("", ".bin", ".nrm")
_BREAK = re.compile("[\n\r]")
_ENDS = "\f\v\x1c\x1d\x1e\x85\u2028\u2029"  # part lines and pages besides; at a file's end they part nothing
_INVISIBLE = "\ufeff\u200b\x00\x1a"  # what programs leave at an end: a mark, an end of file
_EVERY = 1 << 10  # texts between two reports of progress
_log = logging.getLogger("ocrkit")


def recognises_gt_txt(location: Path) -> bool:
    """Whether it is a folder with a ``.gt.txt`` file at its top level."""
    try:
        with os.scandir(location) as entries:
            return any(entry.name.endswith(SUFFIX) for entry in entries)
    except OSError:
        return False


def open_gt_txt(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> Sequence[Sample]:
    """List the pairs in a folder and below it, in natural order; a text whose image is missing is listed too.

    Each text is read once and checked, and read again when its sample is asked for. Images without a text are left
    out, and their number is logged.

    Args:
        location: the folder.
        report: told of each text that cannot be used, whose pair is then left out.
        progress: told of the texts that are read, of how many.

    Raises:
        MissingFileError: there is no such folder.
        DataError: it has no ``.gt.txt``; or, without ``report``, a text is empty, has several lines, is not UTF-8, or
            has two images.
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no folder {str(location)!r}")
    if not os.path.isdir(location):
        raise DataError(f"not a folder; format 'gt.txt' expects a folder of line.png, line{SUFFIX}", location)
    bad_rows = BadRows(report)
    names = PackedNames(_pairs_below(location, bad_rows))
    if not names:
        raise DataError(f"no {SUFFIX} file in this folder, nor below it; expected line.png, line{SUFFIX}", location)
    good = array("I", _good(location, names, bad_rows, progress))
    return FolderSamples(location, names, _sample, numbers=range(len(names)) if len(good) == len(names) else good)


def _pairs_below(location: Path, bad_rows: BadRows) -> Iterator[str]:
    """Each pair as its stem, relative to the folder, a NUL, and what its image's name has after the stem."""
    left_out = 0
    for parent, files in walk(location):
        images = _images_by_stem(files)
        inside = relative_prefix(parent, location)
        taken = 0
        for name in (file for file in files if file.endswith(SUFFIX)):
            stem = name.removesuffix(SUFFIX)
            taken += any(f"{stem}{variant}" in images for variant in _VARIANTS)
            try:
                image = _image_of(stem, images) or f"{stem}.png"
            except RowFault as fault:
                bad_rows.add(Path(parent, name), 0, fault)
                continue
            yield f"{inside}{stem}\0{image[len(stem) :]}"
        left_out += max(0, len(images) - taken)
    if left_out:
        without = f"1 image without a {SUFFIX} is" if left_out == 1 else f"{left_out} images without a {SUFFIX} are"
        _log.warning("%s: %s left out", location, without)


def _good(location: Path, names: PackedNames, bad_rows: BadRows, progress: Progress | None) -> Iterator[int]:
    """The indices of the pairs whose texts can be used."""
    for index in range(len(names)):
        path = _text_path(location, names[index])
        try:
            _text_of(path)
            yield index
        except RowFault as fault:
            bad_rows.add(Path(path), 0, fault)
        except DataError as error:
            if bad_rows.raised:
                raise
            bad_rows.add(Path(path), 0, RowFault("not-utf8", error.reason))
        if progress is not None and (index % _EVERY == 0 or index + 1 == len(names)):
            progress(index + 1, len(names))


def _sample(folder: Path, name: str) -> Sample:
    path = _text_path(folder, name)
    image = folder / name.replace("\0", "")
    try:
        return Sample(str(image), image, _text_of(path), origin=Origin(path))
    except RowFault as fault:
        raise DataError(fault.reason, path) from fault


def _text_path(folder: Path, name: str) -> str:
    return os.path.join(folder, name.partition("\0")[0] + SUFFIX)


def _images_by_stem(files: Iterable[str]) -> dict[str, list[str]]:
    suffixes = image_suffixes()
    images: dict[str, list[str]] = {}
    for name in files:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in suffixes:
            images.setdefault(stem, []).append(name)
    return images


def _image_of(stem: str, images: dict[str, list[str]]) -> str | None:
    for variant in _VARIANTS:
        found = images.get(f"{stem}{variant}", [])
        if len(found) > 1:
            raise RowFault(
                "two-images",
                f"{' and '.join(sorted(found))} both go with it; "
                "expected one image, so move the other away, or list them in a labels.tsv",
            )
        if found:
            return found[0]
    return None


def _text_of(path: str) -> str:
    # Programs end a text with a form feed, blank lines, or a byte order mark: an editor shows one line all the same.
    lines = [line for line in _BREAK.split(read_text(path).rstrip(_ENDS)) if line.strip()]
    if len(lines) > 1:
        lines = [line for line in lines if line.strip().strip(_INVISIBLE)] or lines[:1]
    if not lines:
        raise RowFault("empty-text", "the text is empty; expected one line, so write it, or remove the file")
    if len(lines) > 1:
        raise RowFault("line-break", f"{len(lines)} lines; expected one line of text")
    return lines[0]
