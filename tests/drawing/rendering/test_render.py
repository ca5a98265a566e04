from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocrkit.drawing.rendering.fonts import Face, find_faces, load_font
from ocrkit.drawing.rendering.render import Margins, draw_margins, render_line, size_of, widen_spaces
from ocrkit.drawing.rendering.typesetting import Typesetting
from ocrkit.errors import FontError, OptionError

needs_fonts = pytest.mark.skipif(
    os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here"
)


def _face(family: str, style: str = "Regular") -> Face:
    found = [face for face in find_faces() if (face.family, face.style) == (family, style)]
    assert found, f"install fonts-mlym and fonts-dejavu-core, or set OCRKIT_NO_FONTS=1: no face {family} {style}"
    return found[0]


# Each reaches far out of its box: stacked conjuncts, marks above, slanted and joined letters.
REACHING = [
    ("Rachana", "Regular", "സ്ത്രീ കൃഷ്ണൻ ട്ട്വ"),
    ("Karumbi", "Regular", "ഹൃദയം"),
    ("Manjari", "Thin", "പർവ്വതം കൈ"),
    ("Karumbi", "Regular", "fjord Éfj"),
    # Eight accents one upon another reach higher than any line of print.
    ("DejaVu Sans", "Book", "xe" + "\u0301" * 8),
]


@needs_fonts
@pytest.mark.parametrize(("family", "style", "text"), REACHING)
def test_no_ink_is_clipped(family: str, style: str, text: str) -> None:
    face = _face(family, style)
    roomy = Image.new("L", (900, 300))
    ImageDraw.Draw(roomy).text((200, 100), text, font=load_font(face, 40), fill=255)

    drawn = render_line(text, face, 40, margins=Margins(3, 3, 3, 3))

    assert (255 - drawn).sum(dtype=np.int64) == np.asarray(roomy).sum(dtype=np.int64)


@needs_fonts
def test_the_margins_are_around_the_ink_itself() -> None:
    drawn = render_line("കൃഷ്ണി", _face("Rachana"), 30, margins=Margins(left=5, top=2, right=7, bottom=9))

    rows, columns = np.flatnonzero((drawn < 255).any(axis=1)), np.flatnonzero((drawn < 255).any(axis=0))
    height, width = drawn.shape
    assert (columns[0], rows[0], width - 1 - columns[-1], height - 1 - rows[-1]) == (5, 2, 7, 9)


@needs_fonts
@pytest.mark.parametrize("sign", ["-", "'", ",", "."])
def test_a_lone_sign_stands_where_it_stands_beside_a_letter(sign: str) -> None:
    face, tight = _face("DejaVu Sans", "Book"), Margins(0, 0, 0, 0)

    alone, beside = render_line(sign, face, 40, margins=tight), render_line("x" + sign, face, 40, margins=tight)

    assert np.array_equal(alone, beside[:, -alone.shape[1] :])


@needs_fonts
def test_ink_is_dark_and_paper_white() -> None:
    drawn = render_line("മലയാളം", _face("Rachana", "Bold"), 40)

    assert drawn.min() == 0
    assert drawn.max() == 255


@needs_fonts
def test_a_line_without_ink_is_paper() -> None:
    drawn = render_line(" ", _face("Rachana"), 40, typesetting=Typesetting(tracking=0.1, stretch=(1.1, 1.1)))

    assert drawn.min() == 255


@needs_fonts
def test_a_conjunct_is_drawn_as_one() -> None:
    face = _face("Rachana")

    joined, apart = render_line("ക്ക", face, 40), render_line("ക്\u200cക", face, 40)

    assert joined.shape[1] < 0.8 * apart.shape[1]


@needs_fonts
def test_a_face_without_the_glyph_is_refused() -> None:
    with pytest.raises(FontError, match=r"DejaVu Sans.*cannot draw 'മല'.*U\+0D2E"):
        render_line("മല", _face("DejaVu Sans", "Book"), 30)


@needs_fonts
@pytest.mark.parametrize(("text", "size"), [("", 30), ("a\nb", 30), ("a\tb", 30), ("ab", 3)])
def test_what_is_no_line_is_refused(text: str, size: int) -> None:
    with pytest.raises(OptionError):
        render_line(text, _face("DejaVu Sans", "Book"), size)


@needs_fonts
@pytest.mark.parametrize("family", ["Karumbi", "Rachana", "Dyuthi"])
def test_faces_of_any_build_come_out_with_letters_of_one_height(family: str) -> None:
    face = _face(family)

    letter = render_line("ന", face, size_of(face, 20), margins=Margins(0, 0, 0, 0))

    # Hinting and antialiasing may add a row above and below.
    assert letter.shape[0] == pytest.approx(20, abs=2)


def test_a_margin_that_cuts_ink_is_refused() -> None:
    with pytest.raises(OptionError, match="0 px or more"):
        Margins(left=-1)


def test_margins_stay_within_half_an_em() -> None:
    rng = np.random.default_rng(1)

    drawn = [draw_margins(30, rng) for _ in range(200)]

    assert max(max(margins.left, margins.right) for margins in drawn) <= 16
    assert max(max(margins.top, margins.bottom) for margins in drawn) <= 11


def test_widened_spaces_keep_the_words() -> None:
    rng = np.random.default_rng(1)

    widened = {widen_spaces("a bc d", rng) for _ in range(50)}

    assert len(widened) > 2
    assert {tuple(text.split()) for text in widened} == {("a", "bc", "d")}


def test_spaces_are_widened_in_two_lines_of_five_by_one_space_more_often_than_by_two() -> None:
    rng = np.random.default_rng(1)

    drawn = [len(widen_spaces("a b", rng)) - 2 for _ in range(4000)]

    # Where spaces are widened at all, five of ten stay single, four are doubled and one is trebled.
    assert drawn.count(2) / 4000 == pytest.approx(0.4 * 0.4, abs=0.025)
    assert drawn.count(3) / 4000 == pytest.approx(0.4 * 0.1, abs=0.013)


@needs_fonts
def test_a_line_of_letters_of_both_ways_runs_as_it_is_told() -> None:
    face, tight = _face("DejaVu Sans", "Book"), Margins(0, 0, 0, 0)

    drawn = [
        render_line("ab ש", face, 40, margins=tight, typesetting=Typesetting(direction=direction))
        for direction in ("ltr", "rtl", None)
    ]
    letter = render_line("ש", face, 40, margins=tight)

    ink = [(255 - line).any(axis=0) for line in drawn]
    width = letter.shape[1]
    # The Hebrew letter and the space beside it stand right in the one, left in the other.
    assert not ink[0][-width - 3 : -width].any()
    assert not ink[1][width : width + 3].any()
    assert np.array_equal(drawn[2], drawn[0])


@needs_fonts
def test_letters_set_singly_run_as_they_are_told_too() -> None:
    face = _face("DejaVu Sans", "Book")

    drawn = [
        render_line("ab ש", face, 40, typesetting=Typesetting(direction=direction, tracking=0.05))
        for direction in ("ltr", "rtl")
    ]

    assert not np.array_equal(*drawn)


def test_spaces_are_widened_and_margins_drawn_as_numpy_draws_them() -> None:
    # Samples of a seed stay what they were when NumPy drew whole arrays.
    for seed in range(300):
        ours, numpys = np.random.default_rng(seed), np.random.default_rng(seed)
        words = ["word"] * (2 + seed % 8)

        widened = widen_spaces(" ".join(words), ours)
        margins = draw_margins(20 + seed % 50, ours)

        if numpys.random() < 0.6:
            gaps = [1] * (len(words) - 1)
        else:
            gaps = numpys.choice(4, size=len(words) - 1, p=(0.0, 0.5, 0.4, 0.1)).tolist()
        tops, sides = (numpys.integers(1, 2 + (20 + seed % 50) // part, 2).tolist() for part in (3, 2))
        assert widened == "".join(f"word{' ' * gap}" for gap in gaps) + "word"
        assert margins == Margins(left=sides[0], top=tops[0], right=sides[1], bottom=tops[1])
