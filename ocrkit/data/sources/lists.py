"""Lists of images and texts in ``.txt`` files, as other tools have them: by what each line looks like.

Sources: github.com/clovaai/deep-text-recognition-benchmark and PaddleOCR (a tab), TextRecognitionDataGenerator and
attention-ocr (a space), ICDAR's sets of word images (``word_1.png, "text"``).
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ocrkit.data.sources.bad_rows import RowFault
from ocrkit.data.sources.images import image_suffixes
from ocrkit.data.sources.indexed import Layout, Row, line_records
from ocrkit.data.sources.tables import checked_row, is_image_name, shown
from ocrkit.errors import DataError
from ocrkit.plain_files import open_plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Parse = Callable[[str], Row]

__all__ = ["first_lines", "list_layout", "looks_like_a_list"]

_LOOKED_AT = 200  # lines
_READ = 1 << 18  # bytes of which they are


def list_layout(path: Path) -> Layout | None:
    """How the lines of a list without tabs are parsed; None where each line has a tab, as a table has it.

    Raises:
        OSError: it cannot be read.
        DataError: its lines are none that are known; says which are.
    """
    with open_plain(path):  # which says what is wrong with it
        lines = first_lines(path)
    if not lines or all("\t" in line for line in lines):
        return None
    parse = _parse_of(lines)
    if parse is not None:
        return Layout(line_records, parse)
    raise DataError(
        f"no list of labels that is known, it begins with {shown(lines[0])}; expected in each line NAME<TAB>TEXT, or "
        'an image\'s name with its suffix, then a space or a comma, then TEXT, as "images/1.png text"',
        path,
    )


def looks_like_a_list(path: Path) -> bool:
    """Whether each of a file's first lines has the name of an image and a text, in one of the ways that are known."""
    lines = first_lines(path)
    if not lines:
        return False
    if all("\t" in line for line in lines):
        return is_image_name(lines[-1].partition("\t")[0]) or lines[-1].startswith('["')
    return _parse_of(lines) is not None


def first_lines(path: Path) -> list[str]:
    """The first lines of a file, but for blank ones; none where it cannot be read."""
    try:
        with open_plain(path) as file:
            block = file.read(_READ)
            rest = file.read(1)
    except (OSError, ValueError):
        return []
    lines = block.decode("utf-8-sig", "replace").split("\n")
    if rest:
        lines = lines[:-1]  # which is cut
    return [line.removesuffix("\r") for line in lines if line.strip()][:_LOOKED_AT]


def _parse_of(lines: list[str]) -> Parse | None:
    for pattern, parse in ((_icdar(), _icdar_row), (_parted(), _parted_row)):
        if all(pattern.fullmatch(line) for line in lines):
            return parse
    return None


def _icdar_row(line: str) -> Row:
    match = _icdar().fullmatch(line)
    if match is None:
        raise RowFault("malformed", f'{shown(line)} is not like the first line; expected NAME, "TEXT"')
    return checked_row(match[1], match[2].replace('\\"', '"').replace("\\\\", "\\"))


def _parted_row(line: str) -> Row:
    match = _parted().fullmatch(line)
    if match is None:
        raise RowFault(
            "malformed", f"{shown(line)} is not like the first line; expected an image's name with its suffix, and TEXT"
        )
    return checked_row(match[1], match[2])


@functools.cache
def _icdar() -> re.Pattern[str]:
    return re.compile(rf'(.+?\.(?:{_suffixes()})), ?"(.*)"\s*', re.IGNORECASE)


@functools.cache
def _parted() -> re.Pattern[str]:
    return re.compile(rf"(.+?\.(?:{_suffixes()}))(?:[ \t]+|,[ \t]?)(.*)", re.IGNORECASE)


@functools.cache
def _suffixes() -> str:
    return "|".join(re.escape(suffix[1:]) for suffix in sorted(image_suffixes()))
