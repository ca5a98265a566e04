"""MJSynth, also called Synth90k: ``1_word_123.jpg`` in nested folders, with annotation lists.

Source: Jaderberg et al. 2014, arXiv:1406.2227; a list's line is ``./2425/1/115_Lube_45484.jpg 45484``, the number
being the word's line in the set's lexicon, which is not needed here.
"""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING

from ocrkit.data.records import Sample
from ocrkit.data.sources.bad_rows import BadRows, RowFault, check_text
from ocrkit.data.sources.images import image_names_below, natural_order
from ocrkit.data.sources.indexed import Layout, Row, index_rows, line_records
from ocrkit.data.sources.listed import ListedSamples
from ocrkit.data.sources.lists import first_lines, looks_like_a_list
from ocrkit.data.sources.packed import FolderSamples, PackedNames
from ocrkit.errors import DataError, MissingFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.data.progress import Progress
    from ocrkit.data.sources.bad_rows import Report

__all__ = ["open_mjsynth", "recognises_mjsynth"]

_LIST = re.compile(r"annotation.*(?<!\.gt)\.txt")
_IMAGE = re.compile(r"(?:^|.*/)[0-9]+_(.+)_[0-9]+\.[A-Za-z0-9]+$")
_LINE = re.compile(r"(?:.*/)?[0-9]+_(.+)_[0-9]+\.[A-Za-z0-9]+(?: +[0-9]+)?\s*")
_PREFERRED = ("annotation_train.txt", "annotation.txt")
_log = logging.getLogger("ocrkit")


def recognises_mjsynth(location: Path) -> bool:
    """Whether it is a list with such names, or one called ``annotation*.txt``, or a folder with one at its top level.

    A list called so whose lines are images with a text, as attention-ocr has them, is none.
    """
    if not os.path.isfile(location):
        return bool(_lists_in(location))
    if location.suffix.lower() != ".txt" or location.name.endswith(".gt.txt"):
        return False
    named = _LIST.fullmatch(location.name) is not None
    return _names_words(location) or (named and not looks_like_a_list(location))


def open_mjsynth(location: Path, *, report: Report | None = None, progress: Progress | None = None) -> Sequence[Sample]:
    """List the images of an annotation list, or of a folder's; the word in each image's name is its text.

    Of a folder's lists, ``annotation_train.txt`` is taken, else ``annotation.txt``, else the only one, and what is left
    aside is logged. A folder without a list is searched for images with such names, at any depth.

    Raises:
        MissingFileError: there is nothing at ``location``.
        DataError: a line names no such image (with ``file:line``), no list can be chosen, or there are no images.
    """
    if os.path.isfile(location):
        return _read_list(location, report, progress)
    if not os.path.isdir(location):
        raise MissingFileError(f"no file or folder {str(location)!r}")
    lists = _lists_in(location)
    if not lists:
        return _search(location)
    chosen = next((name for name in _PREFERRED if name in lists), lists[0] if len(lists) == 1 else None)
    if chosen is None:
        raise DataError(f"lists {', '.join(lists)}; expected one, so give the one to read: {lists[0]}", location)
    if len(lists) > 1:
        others = ", ".join(name for name in lists if name != chosen)
        _log.warning("%s: %s is read, and %s left aside; give a list itself to read another", location, chosen, others)
    return _read_list(location / chosen, report, progress)


def _names_words(path: Path) -> bool:
    """Whether each of the first lines is an image named by its word, and a number or nothing."""
    lines = first_lines(path)
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def _lists_in(folder: Path) -> list[str]:
    try:
        return sorted((name for name in os.listdir(folder) if _LIST.fullmatch(name)), key=natural_order)
    except OSError:
        return []


def _read_list(path: Path, report: Report | None, progress: Progress | None) -> ListedSamples:
    return ListedSamples.of(index_rows(path, Layout(line_records, _row), BadRows(report), progress), path.parent)


def _row(line: str) -> Row:
    name, _, index = line.rpartition(" ")
    if not name or not index.isdecimal():
        name = line
    match = _IMAGE.fullmatch(name)
    if match is None:
        raise RowFault("malformed", f"{line!r} names no word image; expected ./path/1_word_123.jpg 123")
    check_text(match[1], name)
    return Row(name.removeprefix("./"), match[1])


def _search(folder: Path) -> FolderSamples:
    names = PackedNames(name for name in image_names_below(folder) if _IMAGE.fullmatch(name))
    if not names:
        raise DataError("no annotation*.txt, and no image called like 1_word_123.jpg in it or below", folder)
    return FolderSamples.of(folder, names, _sample)


def _sample(folder: Path, name: str) -> Sample:
    image = folder / name
    match = _IMAGE.fullmatch(image.name)
    return Sample(str(image), image, match[1] if match else "")
