"""The code points that a font file maps to a glyph, read from its `cmap` table.

Pillow draws a box for what a face lacks and never says so, and fontTools is not among the dependencies.
Source: OpenType specification 1.9, chapters `cmap` (formats 4, 6, 10, 12 and 13) and "Font Collections".
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ocrkit.errors import FontError
from ocrkit.plain_files import open_plain, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["count_faces", "read_code_points"]

_MOST_CODE_POINTS = 0x110000
# (platform, encoding) of the subtables that speak Unicode, those that reach past the first plane first.
_UNICODE_SUBTABLES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


def count_faces(path: Path) -> int:
    """The number of faces in a font file: more than one in a collection (.ttc, .otc)."""
    with open_plain(path) as file:
        head = file.read(12)
    return int(struct.unpack(">L", head[8:12])[0]) if head[:4] == b"ttcf" and len(head) == 12 else 1


def read_code_points(path: Path, index: int = 0) -> frozenset[int]:
    """The code points that face ``index`` of a TrueType or OpenType file maps to a glyph other than .notdef.

    Raises:
        FontError: the file is no such font, or is cut short, or has no Unicode table.
    """
    data = read_plain(path)
    try:
        return frozenset(_mapped(data, _best_subtable(data, index)))
    except (struct.error, IndexError, ValueError) as error:
        raise FontError(f"{path}: not a readable TrueType or OpenType font: {error}") from error


def _best_subtable(data: bytes, index: int) -> int:
    table = _find_table(data, index, b"cmap")
    (count,) = struct.unpack_from(">H", data, table + 2)
    subtables: dict[tuple[int, int], int] = {}
    for k in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", data, table + 4 + 8 * k)
        subtables[platform, encoding] = table + offset
    for key in _UNICODE_SUBTABLES:
        if key in subtables:
            return subtables[key]
    raise ValueError("it has no Unicode character map")


def _find_table(data: bytes, index: int, tag: bytes) -> int:
    start = int(struct.unpack_from(">L", data, 12 + 4 * index)[0]) if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise ValueError("it begins with none of the known signatures")
    (count,) = struct.unpack_from(">H", data, start + 4)
    for k in range(count):
        name, _, offset, _ = struct.unpack_from(">4sLLL", data, start + 12 + 16 * k)
        if name == tag:
            return int(offset)
    raise ValueError(f"it has no {tag.decode()} table")


def _mapped(data: bytes, at: int) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", data, at)
    if form == 4:
        return _format_4(data, at)
    if form in (12, 13):
        return _format_12(data, at, glyphs_run=form == 12)
    if form in (6, 10):
        return _trimmed(data, at, form)
    raise ValueError(f"its character map has format {form}, which is none of 4, 6, 10, 12 and 13")


def _format_4(data: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts = struct.unpack_from(f">{segments}H", data, at + 16 + doubled)
    deltas = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{segments}H", data, offsets_at)
    for k in range(segments):
        for code in range(starts[k], ends[k] + 1):
            glyph = code
            if offsets[k]:
                # The offset counts from its own place in the file, as the specification has it.
                place = offsets_at + 2 * k + offsets[k] + 2 * (code - starts[k])
                (glyph,) = struct.unpack_from(">H", data, place) if place + 2 <= len(data) else (0,)
                if glyph == 0:
                    continue
            if (glyph + deltas[k]) & 0xFFFF and code != 0xFFFF:
                yield code


def _format_12(data: bytes, at: int, *, glyphs_run: bool) -> Iterator[int]:
    (groups,) = struct.unpack_from(">L", data, at + 12)
    total = 0
    for k in range(groups):
        first, last, glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * k)
        total += max(0, last - first + 1)
        # A damaged file may claim four thousand million code points.
        if total > _MOST_CODE_POINTS:
            raise ValueError("its character map claims more code points than Unicode has")
        # In format 13 a whole group shares one glyph; in 12 only the group's first can be glyph 0.
        if glyph == 0:
            first = first + 1 if glyphs_run else last + 1
        yield from range(first, last + 1)


def _trimmed(data: bytes, at: int, form: int) -> Iterator[int]:
    first, count = struct.unpack_from(">HH", data, at + 6) if form == 6 else struct.unpack_from(">LL", data, at + 12)
    glyphs = struct.unpack_from(f">{count}H", data, at + (10 if form == 6 else 20))
    return (first + k for k, glyph in enumerate(glyphs) if glyph)
