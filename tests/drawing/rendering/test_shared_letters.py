"""Lines whose letters are drawn at one size, kept, and made smaller: the same line as one drawn at its own size."""

from __future__ import annotations

import os

import numpy as np
import pytest

from ocrkit.drawing.rendering.fonts import Face, find_faces, load_font
from ocrkit.drawing.rendering.forme import place_run
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.render import Margins, draw_line, size_of
from ocrkit.drawing.rendering.typesetting import Typesetting

pytestmark = pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no faces here")

MARGINS = Margins(5, 5, 5, 5)
MALAYALAM = "സ്ത്രീ കൃഷ്ണൻ, ൧൯൯൫-ൽ!"


def _face(family: str) -> Face:
    return next(face for face in find_faces() if (face.family, face.style) in ((family, "Regular"), (family, "Book")))


def _line(text: str, face: Face, height: int, letters_at: int | None, typesetting: Typesetting) -> np.ndarray:
    return draw_line(
        text,
        face,
        size_of(face, height),
        margins=MARGINS,
        typesetting=typesetting,
        rng=np.random.default_rng(1),
        letters_at=letters_at,
    )


@pytest.mark.parametrize("height", [9, 13, 22])
@pytest.mark.parametrize("family", ["Rachana", "Manjari", "Meera"])
@pytest.mark.parametrize("typesetting", [Typesetting(), Typesetting(tracking=0.1)], ids=["run", "letters"])
def test_a_line_of_shared_letters_is_the_line_at_its_own_size(
    typesetting: Typesetting, family: str, height: int
) -> None:
    face = _face(family)

    own, shared = (_line(MALAYALAM, face, height, at, typesetting) for at in (None, size_of(face, 22)))

    # Hinting makes each letter's way a whole px, so a line of twenty letters may grow or shrink by some.
    assert abs(own.shape[0] - shared.shape[0]) <= 3
    assert shared.shape[1] == pytest.approx(own.shape[1], rel=0.06)
    assert (255 - shared).sum(dtype=np.int64) == pytest.approx((255 - own).sum(dtype=np.int64), rel=0.12)


def test_a_line_is_the_same_whatever_was_drawn_before_it() -> None:
    face = _face("Meera")
    first = _line("നദി ഒഴുകി", face, 13, size_of(face, 22), Typesetting())

    _line("ഒഴുകി നദി", face, 22, size_of(face, 22), Typesetting())
    again = _line("നദി ഒഴുകി", face, 13, size_of(face, 22), Typesetting())

    assert np.array_equal(first, again)


@pytest.mark.parametrize("text", ["AVATAR To", "Cat"])
def test_a_run_of_letters_is_as_wide_as_the_face_kerns_it(text: str) -> None:
    face = _face("DejaVu Serif")
    whole, _, top = draw_mask(load_font(face, 40), text)

    ink, ink_top = place_run(text, face, 40, None)

    assert (ink.shape, ink_top) == (whole.shape, top)


def test_letters_of_one_glyph_are_set_as_one_run_draws_them() -> None:
    face = _face("DejaVu Sans")
    whole, _, top = draw_mask(load_font(face, 30), "minimum")

    ink, ink_top = place_run("minimum", face, 30, None)

    assert np.array_equal(ink, whole)
    assert ink_top == top


@pytest.mark.parametrize("text", ["γλώσσα", "سلام"])
def test_letters_that_may_join_are_drawn_whole_and_at_their_own_size(text: str) -> None:
    face = _face("DejaVu Sans")

    own, shared = (_line(text, face, 13, at, Typesetting()) for at in (None, size_of(face, 22)))

    assert np.array_equal(own, shared)
