from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from ocrkit.drawing.rendering.cmap import count_faces, read_code_points
from ocrkit.errors import FontError

if TYPE_CHECKING:
    from pathlib import Path


def _font(subtable: bytes, *, platform: int = 3, encoding: int = 1) -> bytes:
    """The smallest file with a character map: a table directory of one entry, and the table."""
    cmap = struct.pack(">HH", 0, 1) + struct.pack(">HHL", platform, encoding, 12) + subtable
    directory = b"\0\1\0\0" + struct.pack(">HHHH", 1, 16, 0, 0) + struct.pack(">4sLLL", b"cmap", 0, 28, len(cmap))
    return directory + cmap


def _format_4(segments: list[tuple[int, int, int, int]], glyphs: tuple[int, ...] = ()) -> bytes:
    ends, starts, deltas, offsets = (
        struct.pack(f">{len(segments)}H", *(segment[k] & 0xFFFF for segment in segments)) for k in (1, 0, 2, 3)
    )
    body = ends + b"\0\0" + starts + deltas + offsets + struct.pack(f">{len(glyphs)}H", *glyphs)
    return struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * len(segments), 0, 0, 0) + body


def _format_12(*groups: tuple[int, int, int], form: int = 12) -> bytes:
    body = b"".join(struct.pack(">LLL", *group) for group in groups)
    return struct.pack(">HHLLL", form, 0, 16 + len(body), 0, len(groups)) + body


def _read(tmp_path: Path, data: bytes) -> frozenset[int]:
    path = tmp_path / "face.ttf"
    path.write_bytes(data)
    return read_code_points(path)


def test_a_segment_with_a_delta_maps_its_whole_range(tmp_path: Path) -> None:
    font = _font(_format_4([(0x41, 0x43, 1 - 0x41, 0), (0xFFFF, 0xFFFF, 1, 0)]))

    assert _read(tmp_path, font) == {0x41, 0x42, 0x43}


def test_a_code_point_that_a_delta_maps_to_glyph_0_is_missing(tmp_path: Path) -> None:
    font = _font(_format_4([(0x41, 0x43, -0x42, 0), (0xFFFF, 0xFFFF, 1, 0)]))

    assert _read(tmp_path, font) == {0x41, 0x43}


def test_a_segment_with_an_offset_looks_its_glyphs_up(tmp_path: Path) -> None:
    # Two offsets stand in the file, so the first glyph lies 4 bytes after the first of them.
    font = _font(_format_4([(0x41, 0x43, 0, 4), (0xFFFF, 0xFFFF, 1, 0)], glyphs=(7, 0, 9)))

    assert _read(tmp_path, font) == {0x41, 0x43}


def test_a_format_12_group_reaches_beyond_the_first_plane(tmp_path: Path) -> None:
    font = _font(_format_12((0x1F600, 0x1F602, 5)), encoding=10)

    assert _read(tmp_path, font) == {0x1F600, 0x1F601, 0x1F602}


def test_only_the_first_of_a_format_12_group_can_be_glyph_0(tmp_path: Path) -> None:
    assert _read(tmp_path, _font(_format_12((0x41, 0x43, 0)), encoding=10)) == {0x42, 0x43}


def test_a_format_13_group_of_glyph_0_is_missing_whole(tmp_path: Path) -> None:
    font = _font(_format_12((0x41, 0x43, 0), (0x51, 0x52, 3), form=13), encoding=10)

    assert _read(tmp_path, font) == {0x51, 0x52}


def test_a_trimmed_table_leaves_its_zeros_out(tmp_path: Path) -> None:
    font = _font(struct.pack(">HHHHH3H", 6, 16, 0, 0x30, 3, 4, 0, 6))

    assert _read(tmp_path, font) == {0x30, 0x32}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a font at all", "signatures"),
        (b"", "signatures"),
        (_font(_format_4([(0x41, 0x43, 0, 0)]))[:40], "not a readable"),
        (_font(_format_12((0, 0xFFFFFFFF, 1)), encoding=10), "more code points than Unicode has"),
        (_font(_format_4([(0x41, 0x43, 0, 0)]), platform=1, encoding=0), "no Unicode character map"),
        (_font(struct.pack(">H", 2) + bytes(20)), "format 2"),
    ],
)
def test_a_damaged_font_is_refused_with_its_path(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FontError, match=message) as refusal:
        _read(tmp_path, data)

    assert str(tmp_path / "face.ttf") in str(refusal.value)


def test_a_collection_has_as_many_faces_as_its_head_says(tmp_path: Path) -> None:
    path = tmp_path / "faces.ttc"
    path.write_bytes(b"ttcf" + struct.pack(">LL", 0x00010000, 3))

    assert count_faces(path) == 3


def test_a_single_font_has_one_face(tmp_path: Path) -> None:
    path = tmp_path / "face.ttf"
    path.write_bytes(_font(_format_4([(0x41, 0x43, 0, 0)])))

    assert count_faces(path) == 1
