"""Faces that draw each letter in a frame, told by their ink; the faces are made here, of a few straight strokes."""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.frames import draws_in_frames, outlines_agree
from ocrkit.drawing.rendering.shaping import refusal
from ocrkit.errors import FontError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

Contour = list[tuple[int, int]]

EM = 1000
# Strokes of letters, units of the em from the baseline's start.
LETTERS: dict[str, list[Contour]] = {
    "L": [[(100, 0), (100, 700), (200, 700), (200, 100), (500, 100), (500, 0)]],
    "x": [[(100, 0), (350, 500), (450, 500), (200, 0)], [(350, 0), (100, 500), (200, 500), (450, 0)]],
    "T": [[(250, 0), (250, 600), (100, 600), (100, 700), (500, 700), (500, 600), (350, 600), (350, 0)]],
    "v": [[(250, 0), (100, 500), (200, 500), (300, 100), (400, 500), (500, 500), (350, 0)]],
    "o": [[(100, 0), (100, 500), (500, 500), (500, 0)], [(200, 100), (400, 100), (400, 400), (200, 400)]],
    "a": [[(100, 0), (100, 300), (400, 300), (400, 500), (500, 500), (500, 0)]],
}
OCTAGON = [(100, -300), (-100, -100), (-100, 700), (100, 900), (500, 900), (700, 700), (700, -100), (500, -300)]


def _ring(outer: Contour) -> list[Contour]:
    inner = [(300 + (x - 300) * 9 // 10, 300 + (y - 300) * 9 // 10) for x, y in outer]
    return [outer, inner[::-1]]


def _square(right: int = 700) -> Contour:
    return [(-100, -300), (-100, 900), (right, 900), (right, -300)]


def _framed(frame: list[Contour]) -> dict[str, list[Contour]]:
    return {letter: frame + strokes for letter, strokes in LETTERS.items()}


def _cut_out(tile: Contour) -> dict[str, list[Contour]]:
    """Letters that are paper on a tile of ink: contours that run against the tile's."""
    return {letter: [tile, *(contour[::-1] for contour in strokes)] for letter, strokes in LETTERS.items()}


def _glyph(contours: Sequence[Contour]) -> bytes:
    points = [point for contour in contours for point in contour]
    ends = np.cumsum([len(contour) for contour in contours]) - 1
    steps = np.diff(np.array([(0, 0), *points]), axis=0)
    xs, ys = zip(*points, strict=True)
    head = struct.pack(">hhhhh", len(contours), min(xs), min(ys), max(xs), max(ys))
    body = struct.pack(f">{len(ends)}H", *ends) + b"\0\0" + b"\1" * len(points)
    body += struct.pack(f">{len(points)}h", *steps[:, 0]) + struct.pack(f">{len(points)}h", *steps[:, 1])
    return head + body + b"\0" * (len(head + body) % 2)


def _font(letters: dict[str, list[Contour]], family: str) -> bytes:
    """A TrueType file with a glyph for each letter, 600 units wide."""
    glyphs = [_glyph(contours) for contours in ([_square()], *letters.values())]
    count = len(glyphs)
    offsets = np.cumsum([0, *map(len, glyphs)]).tolist()
    groups = b"".join(
        struct.pack(">LLL", point, point, glyph)
        for point, glyph in sorted((ord(letter), k + 1) for k, letter in enumerate(letters))
    )
    name = family.encode("utf-16-be")
    tables = {
        b"cmap": struct.pack(">HHHHL", 0, 1, 3, 10, 12)
        + struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, len(letters))
        + groups,
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">LLLLHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, EM, 0, 0, -100, -300, 700, 900, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">LhhhHhhhhhh4hhH", 0x10000, 900, -300, 0, 600, 0, 0, 700, 1, 0, 0, 0, 0, 0, 0, 0, count),
        b"hmtx": struct.pack(">Hh", 600, 0) * count,
        b"loca": struct.pack(f">{count + 1}L", *offsets),
        b"maxp": struct.pack(">LH13H", 0x10000, count, 60, 8, 0, 0, 2, *(0,) * 8),
        b"name": struct.pack(">HHH", 0, 1, 18) + struct.pack(">HHHHHH", 3, 1, 0x409, 1, len(name), 0) + name,
    }
    directory = struct.pack(">LHHHH", 0x10000, len(tables), 0, 0, 0)
    body = b""
    for tag, table in tables.items():
        directory += struct.pack(">4sLLL", tag, 0, 12 + 16 * len(tables) + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body


FRAMED = {
    "keys": _framed(_ring(_square())),
    "keys as wide as their letters": {
        letter: _ring(_square(500 + 60 * k)) + strokes for k, (letter, strokes) in enumerate(LETTERS.items())
    },
    "rings": _framed(_ring(OCTAGON)),
    "tiles": _cut_out(_square()),
    "boxes alone": {letter: _ring(_square()) for letter in LETTERS},
    "keys but for one": _framed(_ring(_square())) | {"v": LETTERS["v"]},
}
UNFRAMED = {
    "letters": LETTERS,
    "letters above a line": {
        letter: [*strokes, [(0, -200), (0, -100), (600, -100), (600, -200)]] for letter, strokes in LETTERS.items()
    },
    "some on keys": _framed(_ring(_square())) | {letter: LETTERS[letter] for letter in "Lxv"},
    "three letters on keys": {
        letter: strokes for letter, strokes in _framed(_ring(_square())).items() if letter in "Lxv"
    },
}


@pytest.mark.parametrize("name", FRAMED)
def test_a_face_that_draws_each_letter_in_a_frame_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "face.ttf").write_bytes(_font(FRAMED[name], "Made"))

    assert draws_in_frames(find_faces(tmp_path)[0])


@pytest.mark.parametrize("name", UNFRAMED)
def test_a_face_with_some_plain_letters_is_no_face_of_frames(name: str, tmp_path: Path) -> None:
    (tmp_path / "face.ttf").write_bytes(_font(UNFRAMED[name], "Made"))

    assert not draws_in_frames(find_faces(tmp_path)[0])


def test_a_face_of_frames_is_left_out_of_a_book_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "keys.ttf").write_bytes(_font(FRAMED["keys"], "Made Keys"))
    (tmp_path / "text.ttf").write_bytes(_font(LETTERS, "Made Text"))
    caplog.set_level(logging.INFO, logger="ocrkit")

    book = FaceBook(find_faces(tmp_path))

    assert book.families == ("Made Text",)
    assert "in a frame, as on keys: Made Keys Regular" in caplog.text


def test_a_book_of_frames_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.ttf").write_bytes(_font(FRAMED["keys"], "Made Keys"))

    with pytest.raises(FontError, match="Made Keys Regular draws each letter in a frame"):
        FaceBook(find_faces(tmp_path))


def test_a_face_of_frames_says_so_of_any_text(tmp_path: Path) -> None:
    (tmp_path / "keys.ttf").write_bytes(_font(FRAMED["keys"], "Made Keys"))

    assert refusal(find_faces(tmp_path)[0], "To") == "it draws each letter in a frame, as on keys"


def test_letters_on_keys_of_any_size_have_one_outline() -> None:
    assert outlines_agree([_key(40, 40), _key(60, 40), _key(50, 44), _key(40, 40, filled=True)])
    assert not outlines_agree([_key(40, 40), _key(60, 40), _key(50, 44)])
    assert not outlines_agree([_key(40, 40), _key(60, 40), *(np.tri(40, dtype=np.uint8) * 255,) * 2])


def _key(width: int, height: int, *, filled: bool = False) -> NDArray[np.uint8]:
    picture = Image.new("L", (width, height))
    ImageDraw.Draw(picture).rounded_rectangle(
        (0, 0, width - 1, height - 1), radius=5, outline=255, width=2, fill=255 if filled else 0
    )
    return np.asarray(picture)
