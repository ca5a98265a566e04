from __future__ import annotations

import logging

import pytest

from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.masks import probe
from ocrkit.drawing.rendering.shaping import refusal
from ocrkit.drawing.rendering.signs import has_other_signs, letters_differ

FACES = find_faces()
OTHER_SIGNS = ("D050000L", "Standard Symbols PS")


def test_small_letters_like_their_capitals_are_the_same_letters() -> None:
    face = next(face for face in FACES if face.family == "DejaVu Serif")

    assert not letters_differ([(probe(face, letter)[0], probe(face, letter.upper())[0]) for letter in "oszxc"])


@pytest.mark.parametrize("capitals", ["YLXTI", "☃✂✈☎❄"])
def test_letters_beside_signs_of_any_other_shape_are_told(capitals: str) -> None:
    face = next(face for face in FACES if face.family == "DejaVu Sans")

    pairs = [(probe(face, one)[0], probe(face, other)[0]) for one, other in zip("oszxc", capitals, strict=True)]

    assert letters_differ(pairs)


@pytest.mark.parametrize("family", ["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"])
def test_no_face_for_text_is_taken_for_one_of_signs(family: str) -> None:
    assert not [str(face) for face in FACES if face.family == family and has_other_signs(face)]


@pytest.mark.parametrize("family", OTHER_SIGNS)
def test_a_face_of_signs_is_left_out_and_named(family: str, caplog: pytest.LogCaptureFixture) -> None:
    signs = [face for face in FACES if face.family == family]
    if not signs:
        pytest.skip(f"{family} is not installed: Debian's fonts-urw-base35 has it")
    plain = next(face for face in FACES if face.family == "DejaVu Sans")

    with caplog.at_level(logging.INFO, logger="ocrkit"):
        book = FaceBook([*signs, plain])

    assert book.families == ("DejaVu Sans",)
    assert f"has other signs where Latin letters belong: {signs[0]}" in caplog.text
    assert refusal(signs[0], "so") == "it has other signs where Latin letters belong"
