"""Pairs of files: ``line.png`` and ``line.gt.txt``, as Tesseract's and kraken's trainings use them."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.images import image_suffixes, walk
from ocrkit.data.sources.tables import read_text
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["SUFFIX", "open_gt_txt", "recognises_gt_txt"]

SUFFIX = ".gt.txt"

# Between stem and suffix, in the order of preference: plain, then binarised and normalised as OCRopus writes them.
_VARIANTS = ("", ".bin", ".nrm")
_log = logging.getLogger("ocrkit")


def recognises_gt_txt(location: Path) -> bool:
    """Whether it is a folder with a ``.gt.txt`` file at its top level."""
    try:
        with os.scandir(location) as entries:
            return any(entry.name.endswith(SUFFIX) for entry in entries)
    except OSError:
        return False


def open_gt_txt(location: Path) -> list[Sample]:
    """List the pairs in a folder and below it, in natural order; a text whose image is missing is listed too.

    Images without a text are left out, and their number is logged.

    Raises:
        MissingFileError: there is no such folder.
        DataError: it has no ``.gt.txt``; or a text is empty, has several lines, is not UTF-8, or has two images.
    """
    if not os.path.exists(location):
        raise MissingFileError(f"no folder {str(location)!r}")
    if not os.path.isdir(location):
        raise DataError(f"{location}: not a folder; format 'gt.txt' expects a folder of line.png, line{SUFFIX}")
    samples = list(_pairs_below(location))
    if not samples:
        raise DataError(f"{location}: no {SUFFIX} file in this folder, nor below it; expected line.png, line{SUFFIX}")
    return samples


def _pairs_below(location: Path) -> Iterator[Sample]:
    left_out = 0
    for parent, files in walk(location):
        images = _images_by_stem(files)
        taken = 0
        for name in (file for file in files if file.endswith(SUFFIX)):
            stem = name.removesuffix(SUFFIX)
            image = Path(parent, _image_of(stem, images, parent) or f"{stem}.png")
            text = Path(parent, name)
            yield Sample(str(image), image, _text_of(text), origin=str(text))
            taken += any(f"{stem}{variant}" in images for variant in _VARIANTS)
        left_out += max(0, len(images) - taken)
    if left_out:
        _log.warning("%s: %d images without a %s are left out", location, left_out, SUFFIX)


def _images_by_stem(files: Iterable[str]) -> dict[str, list[str]]:
    suffixes = image_suffixes()
    images: dict[str, list[str]] = {}
    for name in files:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in suffixes:
            images.setdefault(stem, []).append(name)
    return images


def _image_of(stem: str, images: dict[str, list[str]], parent: str) -> str | None:
    for variant in _VARIANTS:
        found = images.get(f"{stem}{variant}", [])
        if len(found) > 1:
            raise DataError(
                f"{os.path.join(parent, stem)}{SUFFIX}: {' and '.join(sorted(found))} both go with it; "
                "expected one image, so move the other away, or list them in a labels.tsv"
            )
        if found:
            return found[0]
    return None


def _text_of(path: Path) -> str:
    text = read_text(path).rstrip("\r\n")
    if not text or text.isspace():
        raise DataError(f"{path}: the text is empty; expected one line, so write it, or remove the file")
    if "\n" in text or "\r" in text:
        raise DataError(f"{path}: {text.count(chr(10)) + 1} lines; expected one line of text")
    return text
