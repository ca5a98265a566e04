from __future__ import annotations

import collections
import os

import numpy as np
import pytest

from ocrkit.drawing.rendering.faces import FaceBook
from ocrkit.drawing.rendering.fonts import Face, find_faces, load_font
from ocrkit.drawing.rendering.render import Margins, render_line
from ocrkit.drawing.rendering.typesetting import (
    Typesetting,
    draw_typesetting,
    joins_vowel_signs,
    reform,
    split_clusters,
)
from ocrkit.errors import OptionError

ZWNJ = "\u200c"
TIGHT = Margins(0, 0, 0, 0)

needs_fonts = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here"
)


def _face(family: str, style: str = "Regular") -> Face:
    found = [face for face in find_faces() if (face.family, face.style) == (family, style)]
    assert found, f"install fonts-mlym and fonts-dejavu-core, or set OCRKIT_NO_FONTS=1: no face {family} {style}"
    return found[0]


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        ("മലയാളം", ["മ", "ല", "യാ", "ളം"]),
        ("സ്ത്രീ ക്ഷേമൎത്ഥൻ", ["സ്ത്രീ", " ", "ക്ഷേ", "മ", "ൎത്ഥ", "ൻ"]),
        ("അതു്,  ഇത്", ["അ", "തു്", ",", "  ", "ഇ", "ത്"]),
        (f"ക്{ZWNJ}ക ക{ZWNJ}ു", [f"ക്{ZWNJ}", "ക", " ", f"ക{ZWNJ}ു"]),
        ("e\u0301t 19%", ["e\u0301", "t", " ", "1", "9", "%"]),
        # Letters that join across such clusters, and lines that run from right to left, stay whole.
        ("कमल है", ["कमल", " ", "है"]),
        ("سلام دنیا", ["سلام دنیا"]),
    ],
)
def test_a_letter_keeps_its_marks_and_its_conjunct(text: str, clusters: list[str]) -> None:
    assert split_clusters(text) == clusters


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("കു രൂ കൃ", f"ക{ZWNJ}ു ര{ZWNJ}ൂ ക{ZWNJ}ൃ"),
        ("കി മല", "കി മല"),
        # Both orthographies join ക്ക, ക്ര and സ്ത; the reformed one parts ക്ട.
        ("ക്ക ക്ര സ്ത ക്ട", f"ക്ക ക്ര സ്ത ക്{ZWNJ}ട"),
        ("സ്ത്രു", f"സ്ത്ര{ZWNJ}ു"),
        ("ഉത്", "ഉത്"),
    ],
)
def test_the_reformed_orthography_is_asked_for_with_joiners(text: str, asked: str) -> None:
    assert reform(text) == asked


@needs_fonts
@pytest.mark.parametrize(
    ("family", "traditional"), [("Rachana", True), ("Manjari", True), ("Lohit Malayalam", False), ("Karumbi", True)]
)
def test_a_face_shows_whether_it_joins_vowel_signs(family: str, traditional: bool) -> None:
    assert joins_vowel_signs(_face(family)) is traditional


@needs_fonts
def test_a_face_without_the_letters_is_of_neither_orthography() -> None:
    assert not joins_vowel_signs(_face("DejaVu Sans", "Book"))


@needs_fonts
def test_a_reformed_line_has_signs_beside_their_letters() -> None:
    face = _face("Rachana")

    joined = render_line("കുനുരു", face, 40, margins=TIGHT)
    beside = render_line("കുനുരു", face, 40, margins=TIGHT, typesetting=Typesetting(reformed=True))

    # The sign that is beside is 0.08 em wide with no ink of its letter in it; joined, the three letters are narrower.
    assert beside.shape[1] > joined.shape[1] + 2


@needs_fonts
def test_an_old_chillu_is_drawn_as_type_had_it() -> None:
    face = _face("Rachana")

    drawn = render_line("ആൾ", face, 40, typesetting=Typesetting(old_shapes=True))

    assert np.array_equal(drawn, render_line("ആഠം", face, 40))


@needs_fonts
@pytest.mark.parametrize("text", ["മലയാളം", "സ്ത്രീകൾ പറഞ്ഞു", "Tonight, 19%"])
def test_tracking_adds_its_paper_between_letters_and_parts_no_conjunct(text: str) -> None:
    face = _face("Rachana")
    clusters = split_clusters(text)
    # None after the last letter, and three after a space.
    gaps = len(clusters) - 1 + 2 * clusters.count(" ")

    apart = render_line(text, face, 50, margins=TIGHT, typesetting=Typesetting(tracking=0.2))
    close = render_line(text, face, 50, margins=TIGHT, typesetting=Typesetting(tracking=1e-9))

    # Each place is rounded to a px.
    assert apart.shape[1] - close.shape[1] == pytest.approx(gaps * 0.2 * 50, abs=1)
    assert apart.shape[0] == close.shape[0]
    assert (255 - apart).sum(dtype=np.int64) == pytest.approx((255 - close).sum(dtype=np.int64), rel=0.02)


@needs_fonts
def test_letters_set_one_by_one_look_like_a_line_in_one_run() -> None:
    face = _face("Rachana")

    run = render_line("മലയാളം അക്ഷരം", face, 40, margins=TIGHT)
    set_singly = render_line("മലയാളം അക്ഷരം", face, 40, margins=TIGHT, typesetting=Typesetting(tracking=1e-9))

    assert set_singly.shape[0] == run.shape[0]
    assert set_singly.shape[1] == pytest.approx(run.shape[1], abs=3)


@needs_fonts
def test_jitter_moves_letters_up_and_down_but_keeps_their_ink() -> None:
    face, rng = _face("Meera"), np.random.default_rng(3)

    even = render_line("നനനനനന", face, 40, margins=TIGHT, typesetting=Typesetting(tracking=0.1))
    uneven = render_line("നനനനനന", face, 40, margins=TIGHT, typesetting=Typesetting(tracking=0.1, jitter=0.1), rng=rng)

    assert uneven.shape[0] > even.shape[0] + 2
    assert (255 - uneven).sum(dtype=np.int64) == (255 - even).sum(dtype=np.int64)


@needs_fonts
def test_pressure_takes_ink_and_never_adds_any() -> None:
    face = _face("Meera")

    even = render_line("നമലയാളം", face, 40, typesetting=Typesetting(tracking=0.1))
    uneven = render_line("നമലയാളം", face, 40, typesetting=Typesetting(tracking=0.1, pressure=1.0))

    assert (uneven >= even).all()
    assert np.unique(uneven[even == 0]).size > 2


@needs_fonts
def test_a_virama_stands_off_its_letter_and_nothing_else_changes() -> None:
    face = _face("Rachana")
    close = render_line("അത്", face, 50, margins=TIGHT, typesetting=Typesetting(tracking=1e-9))

    apart = render_line("അത്", face, 50, margins=TIGHT, typesetting=Typesetting(virama_gap=0.2))

    # The virama is the last ink of the line: 0.2 em of 50 px is 10 px.
    assert apart.shape == (close.shape[0], close.shape[1] + 10)
    assert (255 - apart).sum(dtype=np.int64) == pytest.approx((255 - close).sum(dtype=np.int64), rel=0.01)


@needs_fonts
def test_the_sign_of_ya_stands_off_its_letter_and_lower() -> None:
    face = _face("Meera")
    close = render_line("അശ്യ", face, 50, margins=TIGHT, typesetting=Typesetting(tracking=1e-9))

    apart = render_line("അശ്യ", face, 50, margins=TIGHT, typesetting=Typesetting(virama_gap=0.2))

    # The sign is the last ink of the line, and the lowest: 0.2 em of 50 px are 10 px across, 0.08 em are 4 px down.
    assert apart.shape == (close.shape[0] + 4, close.shape[1] + 10)
    assert (255 - apart).sum(dtype=np.int64) == pytest.approx((255 - close).sum(dtype=np.int64), rel=0.01)


@needs_fonts
def test_the_sign_of_ya_reaches_under_its_letter_with_its_foot_alone() -> None:
    face = _face("Meera")
    near, far = (
        render_line("ശ്യ", face, 50, margins=TIGHT, typesetting=Typesetting(virama_gap=0.1, ya_reach=reach))
        for reach in (1.0, 2.0)
    )

    # What is added is to the left and low: the sign's stem, on the right, and the line's height are as they were.
    assert far.shape == near.shape
    stem = near.shape[1] - 3
    upper = near.shape[0] // 2
    assert np.abs(far[:upper, stem:].astype(int) - near[:upper, stem:]).max() < 64
    added = (far < 128) & (near >= 128)
    assert added[upper:].sum() > 0.8 * added.sum()
    assert np.nonzero(far[-3:] < 128)[1].min() < np.nonzero(near[-3:] < 128)[1].min()


@needs_fonts
def test_other_letters_are_as_they_are_where_the_sign_of_ya_reaches_far() -> None:
    face = _face("Meera")

    far, plain = (
        render_line("അത് മല", face, 50, typesetting=Typesetting(virama_gap=0.1, ya_reach=reach)) for reach in (2.0, 1.0)
    )

    assert np.array_equal(far, plain)


@needs_fonts
def test_a_virama_within_a_conjunct_stays_where_it_is() -> None:
    face = _face("Rachana")

    drawn = render_line("ട്സ", face, 50, typesetting=Typesetting(virama_gap=0.2))

    assert np.array_equal(drawn, render_line("ട്സ", face, 50, typesetting=Typesetting(tracking=1e-9)))


@needs_fonts
def test_stretching_changes_width_and_height() -> None:
    face = _face("Rachana")
    plain = render_line("മലയാളം", face, 40, margins=TIGHT)

    stretched = render_line("മലയാളം", face, 40, margins=TIGHT, typesetting=Typesetting(stretch=(1.5, 0.5)))

    assert stretched.shape == (round(plain.shape[0] * 0.5), round(plain.shape[1] * 1.5))


@needs_fonts
def test_an_uneven_line_takes_its_chance_from_the_generator_alone() -> None:
    face, setting = _face("Rachana"), Typesetting(jitter=0.05, pressure=0.5)

    first, again, other = (
        render_line("മലയാളം", face, 40, typesetting=setting, rng=np.random.default_rng(seed)) for seed in (4, 4, 5)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tracking": -0.5},
        {"jitter": -1.0},
        {"virama_gap": -0.1},
        {"ya_reach": 0.5},
        {"pressure": 1.5},
        {"stretch": (1.0, 0.0)},
    ],
)
def test_what_cannot_be_set_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(OptionError, match="cannot be set"):
        Typesetting(**wrong)  # type: ignore[arg-type]  # wrong on purpose


@needs_fonts
def test_shares_of_typesettings_are_as_asked() -> None:
    face, rng = _face("Rachana"), np.random.default_rng(2)

    drawn = [draw_typesetting(face, rng, letterpress=0.5, reformed=0.2) for _ in range(2000)]

    # 400 and 1000 expected, with deviations of sqrt(2000 * 0.2 * 0.8) = 18 and sqrt(2000 / 4) = 22.
    assert sum(setting.reformed for setting in drawn) == pytest.approx(400, abs=75)
    assert sum(setting.jitter > 0 for setting in drawn) == pytest.approx(1000, abs=90)
    assert not any(setting.reformed and setting.old_shapes for setting in drawn)


@needs_fonts
def test_three_lines_in_twenty_that_are_no_letterpress_are_spaced() -> None:
    face, rng = _face("Rachana"), np.random.default_rng(2)

    drawn = [draw_typesetting(face, rng, letterpress=0.0) for _ in range(2000)]

    assert np.mean([setting.tracking != 0 for setting in drawn]) == pytest.approx(0.15, abs=0.03)


@needs_fonts
def test_old_type_has_its_own_shapes_and_its_virama_apart_in_three_lines_of_five() -> None:
    face, rng = _face("Rachana"), np.random.default_rng(2)

    drawn = [draw_typesetting(face, rng, letterpress=1.0, reformed=0.0) for _ in range(2000)]

    assert np.mean([setting.old_shapes for setting in drawn]) == pytest.approx(0.6, abs=0.045)
    assert np.mean([setting.virama_gap > 0 for setting in drawn]) == pytest.approx(0.6, abs=0.045)
    assert np.mean([setting.ya_reach > 1 for setting in drawn]) == pytest.approx(2 / 3, abs=0.045)


@needs_fonts
def test_a_reformed_face_is_never_set_in_old_shapes() -> None:
    face, rng = _face("Lohit Malayalam"), np.random.default_rng(2)

    drawn = [draw_typesetting(face, rng, letterpress=1.0) for _ in range(50)]

    assert not any(setting.old_shapes or setting.reformed or setting.ya_reach > 1 for setting in drawn)


@needs_fonts
def test_faces_for_titles_are_drawn_less_often_than_faces_for_text() -> None:
    book, rng = FaceBook(find_faces(), families=("Rachana", "Meera", "Uroob")), np.random.default_rng(2)

    drawn = collections.Counter(book.draw("മല", rng) for _ in range(2400))

    by_family = collections.Counter(dict.fromkeys(book.families, 0))
    for face, count in drawn.items():
        assert face is not None
        by_family[face.family] += count
    # Weights 1, 1 and 0.4: 1000, 1000 and 400 expected, with deviations below 25.
    assert by_family["Meera"] == pytest.approx(1000, abs=100)
    assert by_family["Uroob"] == pytest.approx(400, abs=80)
    assert drawn[_face("Rachana")] > 2 * drawn[_face("Rachana", "Bold")]


@needs_fonts
def test_one_size_of_a_face_is_opened_once() -> None:
    assert load_font(_face("Rachana"), 40) is load_font(_face("Rachana"), 40)
