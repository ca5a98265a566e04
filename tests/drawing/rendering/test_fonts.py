from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import features

from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import Face, find_faces, load_font, read_cover, require_shaping, system_folders
from ocrkit.drawing.rendering.shaping import can_draw, refusal
from ocrkit.errors import FontError, MissingFileError

if TYPE_CHECKING:
    from pathlib import Path

needs_fonts = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here"
)


def _face(family: str) -> Face:
    found = [face for face in find_faces() if face.family == family and face.style in ("Regular", "Medium", "Book")]
    assert found, f"install fonts-mlym and fonts-dejavu-core, or set OCRKIT_NO_FONTS=1: no face {family!r}"
    return found[0]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no-such-folder"):
        find_faces(tmp_path / "no-such-folder")


def test_a_folder_without_fonts_asks_for_some(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here", encoding="utf-8")

    with pytest.raises(FontError, match=r"no font file .* in .*fonts-mlym"):
        find_faces(tmp_path)


def test_a_folder_of_broken_fonts_says_how_many_and_why(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_text("no font", encoding="utf-8")
    (tmp_path / "b.otf").write_bytes(b"")

    with pytest.raises(FontError, match=r"2 font files, refused: .*a\.ttf.*b\.otf"):
        find_faces(tmp_path)


def test_a_folder_that_the_system_will_not_look_into_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", f"/{'x' * 300}")  # refused to root too, as another user's home is to a service

    assert system_folders()


def test_the_users_own_font_folder_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fonts").mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert tmp_path / "fonts" in system_folders()


def test_without_raqm_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda feature: feature != "raqm")

    with pytest.raises(FontError, match="libfribidi0"):
        require_shaping()


def test_a_font_file_that_has_gone_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FontError, match=r"gone\.ttf"):
        load_font(Face(str(tmp_path / "gone.ttf")), 20)


@needs_fonts
def test_a_link_to_a_font_is_no_second_face(tmp_path: Path) -> None:
    font = _face("DejaVu Sans").path
    (tmp_path / "one.ttf").symlink_to(font)
    (tmp_path / "two.ttf").symlink_to(font)

    assert len(find_faces(tmp_path)) == 1


@needs_fonts
def test_a_broken_font_beside_a_good_one_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "good.ttf").symlink_to(_face("DejaVu Sans").path)
    (tmp_path / "bad.ttf").write_text("no font", encoding="utf-8")

    assert [face.family for face in find_faces(tmp_path)] == ["DejaVu Sans"]


@needs_fonts
def test_what_the_character_map_lacks_is_drawn_as_one_and_the_same_box() -> None:
    font = load_font(_face("Suruma"), 32)
    # Suruma lacks the atomic chillus: the fonts' own sheet of covers says so.
    assert not read_cover(_face("Suruma")).intersection(map(ord, "ൺൻർൽൾ"))

    boxes = {bytes(font.getmask(character)) for character in "ൺൻർൽൾ"}

    assert len(boxes) == 1


@needs_fonts
@pytest.mark.parametrize(
    ("family", "text", "reason"),
    [
        ("Lohit Malayalam", "മല.", r"no glyph for '\.'"),
        ("Samyak Malayalam", "മല,", "no glyph for ','"),
        ("Suruma", "അവൻ", r"U\+0D7B"),
        ("DejaVu Sans", "മല", r"U\+0D2E"),
        ("Samyak Malayalam", "ക്രമം", "'ക്ര' falls apart"),
        ("Samyak Malayalam", "രക്തം", "'ക്ത' falls apart"),
        # Seen in pictures: the joint is made one consonant too early, and the pair is parted by a virama.
        ("RaghuMalayalamSans", "ല്പ്പ", "'പ്പ' falls apart in 'ല്പ്പ'"),
        ("Suruma", "യ്ച്ച", "'ച്ച' falls apart in 'യ്ച്ച'"),
        ("Karumbi", "വാഴ്പ്പ", "'പ്പ' falls apart in 'ഴ്പ്പ'"),
        # Seen in pictures: the face joins തു and ഞു, and lets go of the consonant before.
        ("Manjari", "വസ്തു", "'സ്ത' falls apart in 'സ്തു'"),
        ("Gayathri", "സ്ത്രുതി", "'സ്ത' falls apart in 'സ്ത്രു'"),
        # Seen in pictures: the sign of la stands behind its base and not below it.
        ("Keraleeyam", "കമ്പ്ലി", "'പ്ല' falls apart in 'മ്പ്ല'"),
        ("Samyak Malayalam", "മ്ലാവ്", "'മ്ല' falls apart"),
    ],
)
def test_a_face_that_would_draw_it_wrongly_is_refused(family: str, text: str, reason: str) -> None:
    face = _face(family)

    assert re.search(reason, refusal(face, text))


@needs_fonts
@pytest.mark.parametrize("family", ["AnjaliOldLipi", "Lohit Malayalam", "Manjari", "Meera", "Rachana"])
def test_a_sound_face_draws_the_common_conjuncts(family: str) -> None:
    assert refusal(_face(family), "ക്ഷ ന്ത ങ്ക ച്ച ക്ക സ്ത്ര ശ്ര ന്റെ ക്ത ദ്ധ ല്ല പ്ല ദ്യ സ്വ") == ""


@needs_fonts
@pytest.mark.parametrize("family", ["Gayathri", "Lohit Malayalam", "Manjari", "RaghuMalayalamSans"])
def test_a_loan_may_show_a_virama_after_a_joined_pair(family: str) -> None:
    # ട്സ and റ്റ്സ are written with a visible virama in print old and new; in the second റ്റ is joined all the same.
    assert refusal(_face(family), "നോട്സ് ലൈറ്റ്സ് യ്ച്ച") == ""


@needs_fonts
@pytest.mark.parametrize("text", ["ിക", "ക ാ", "1്", "(ു"])
def test_a_vowel_sign_without_a_letter_is_refused(text: str) -> None:
    assert "dotted circle" in refusal(_face("Rachana"), text)


@needs_fonts
def test_joiners_need_no_glyph() -> None:
    assert can_draw(_face("Rachana"), "ക്\u200cക")


@needs_fonts
@pytest.mark.parametrize("family", ["AnjaliOldLipi", "Chilanka", "Gayathri", "Manjari", "Rachana", "Uroob"])
def test_a_dot_reph_stands_above_its_letter(family: str) -> None:
    assert refusal(_face(family), "കാൎയ്യം അൎത്ഥം") == ""


@needs_fonts
def test_a_face_that_sets_the_dot_reph_behind_its_letter_is_refused() -> None:
    # Karumbi's dot stands an em to the right of its letter, as a drawing shows.
    assert "'ൎ' (U+0D4E) stands behind its letter" in refusal(_face("Karumbi"), "അൎത്ഥം")
    assert refusal(_face("Karumbi"), "അർത്ഥം") == ""


@needs_fonts
def test_faces_for_running_text_are_drawn_oftener_than_bold_and_thin_ones() -> None:
    # Manjari's Regular has strokes of running text, its Bold and Thin have not: 1 to 0.4 to 0.4. Uroob is as bold as a
    # title, and of Rachana there is a face for text: 0.4 to 1 between those families.
    book, rng = FaceBook(find_faces(), families=("Manjari", "Rachana", "Uroob")), np.random.default_rng(1)

    drawn = Counter(str(book.draw("കമല", rng)) for _ in range(4000))

    manjari = [drawn[f"Manjari {style}"] for style in ("Regular", "Bold", "Thin")]
    assert manjari[1] / manjari[0] == pytest.approx(0.4, abs=0.08)
    assert manjari[2] / manjari[0] == pytest.approx(0.4, abs=0.08)
    assert drawn["Uroob Regular"] / 4000 == pytest.approx(0.4 / 2.4, abs=0.03)
    assert sum(manjari) / 4000 == pytest.approx(1 / 2.4, abs=0.04)


@needs_fonts
@pytest.mark.parametrize(("others", "suited"), [(7, True), (8, False)])
def test_a_face_that_draws_an_eighth_of_the_texts_is_suited_to_them(others: int, suited: bool) -> None:
    book = FaceBook([_face("DejaVu Sans")])
    texts = ["cat", *["മല"] * others]

    if suited:
        assert book.suited_to(texts).families == ("DejaVu Sans",)
    else:
        with pytest.raises(FontError, match="none of 1 faces can draw"):
            book.suited_to(texts)
