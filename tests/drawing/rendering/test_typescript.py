from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.rendering.fonts import find_faces, load_font
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.rendering.typescript import type_letters
from ocrkit.drawing.rendering.typewriter import Typewriter, draw_typewriter, is_fixed_pitch, typed_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.drawing.rendering.fonts import Face


def face_of(family: str, style: str = "Book") -> Face:
    return next(face for face in find_faces() if (face.family, face.style) == (family, style))


@pytest.fixture(scope="module")
def mono() -> Face:
    return face_of("DejaVu Sans Mono")


@pytest.fixture(scope="module")
def sans() -> Face:
    return face_of("DejaVu Sans")


def typed(text: str, face: Face, typewriter: Typewriter, seed: int = 1) -> NDArray[np.uint8]:
    return type_letters(text, face, 40, typewriter, np.random.default_rng(seed))[0]


def trimmed(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def middles(ink: NDArray[np.uint8]) -> list[float]:
    """Where each piece of ink that is parted from others by an empty column has its middle, px."""
    edges = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False))
    return [(left + right - 1) / 2 for left, right in edges.reshape(-1, 2).tolist()]


def test_a_machine_without_faults_types_as_a_face_of_fixed_pitch_prints(mono: Face) -> None:
    printed = draw_mask(load_font(mono, 40), "quite 1938")[0]

    assert np.abs(trimmed(typed("quite 1938", mono, Typewriter())).astype(int) - printed).mean() < 1


def test_letters_of_any_width_stand_at_one_pitch(sans: Face) -> None:
    steps = np.diff(middles(typed("lolmlWlol", sans, Typewriter(pitched=True))))

    assert steps == pytest.approx(steps.mean(), abs=2)


def test_spaces_are_as_wide_as_letters(sans: Face) -> None:
    places = middles(typed("olo  olo", sans, Typewriter(pitched=True)))

    assert places[3] - places[2] == pytest.approx(3 * (places[2] - places[1]), abs=2)


@pytest.mark.parametrize("letter", "eoabdgpq")
def test_clogged_types_have_ink_in_what_they_enclose(letter: str, mono: Face) -> None:
    clean, clogged = (typed(letter, mono, Typewriter(clogging=clogging)) for clogging in (0.0, 1.0))

    assert (clogged >= clean).all()
    assert clogged.sum() > 1.05 * clean.sum()


def test_an_open_letter_does_not_clog(mono: Face) -> None:
    clean, clogged = (typed("LlT", mono, Typewriter(clogging=clogging)) for clogging in (0.0, 1.0))

    assert clogged.sum(dtype=int) == pytest.approx(clean.sum(dtype=int), rel=0.05)


@pytest.mark.parametrize("letter", "sm")
def test_narrow_gaps_of_clogged_types_are_bridged(letter: str, mono: Face) -> None:
    clean, clogged = (typed(letter, mono, Typewriter(clogging=clogging)) for clogging in (0.0, 1.0))

    assert (clogged >= clean).all()
    assert clogged.sum() > 1.1 * clean.sum()


@pytest.mark.parametrize(("letter", "side"), [("e", 1), ("a", 0), ("s", 0), ("s", 1)])
def test_a_mouth_closes_where_the_letter_is_open(letter: str, side: int, mono: Face) -> None:
    clean, closed = (typed(letter, mono, Typewriter(closing=closing), seed=3) for closing in (0.0, 1.0))

    added = (closed.astype(int) - clean)[:, clean.any(axis=0)]
    halves = [half.sum() for half in np.array_split(added, 2, axis=1)]

    assert (closed >= clean).all()
    assert halves[side] > 1000
    assert letter == "s" or halves[1 - side] < 0.2 * halves[side]


def test_letters_without_mouths_stay_open(mono: Face) -> None:
    clean, closed = (typed("hnomil", mono, Typewriter(closing=closing)) for closing in (0.0, 1.0))

    assert (clean == closed).all()


def test_a_letter_is_closed_alike_in_all_of_a_line(mono: Face) -> None:
    ink = typed("eeee", mono, Typewriter(closing=1.0), seed=3)

    edges = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False)).reshape(-1, 2)
    sums = [ink[:, left:right].sum(dtype=int) for left, right in edges.tolist()]

    assert len(set(sums)) == 1


def test_uneven_strokes_differ_and_lose_no_letter(mono: Face) -> None:
    even = typed("nnnnnnnn hhhhhhhh", mono, Typewriter())
    for seed in range(30):
        uneven = typed("nnnnnnnn hhhhhhhh", mono, Typewriter(unevenness=1.0), seed)

        pieces = np.array_split(uneven, 17, axis=1)
        whole = np.array_split(even, 17, axis=1)
        shares = [one.sum() / all_.sum() for one, all_ in zip(pieces, whole, strict=True) if all_.any()]
        assert min(shares) > 0.1
        assert max(shares) > 1.2 * min(shares)


def test_what_is_struck_over_stays_darker_than_what_lies_under_it(mono: Face) -> None:
    clean = typed("manners", mono, Typewriter())
    again = typed("manners", mono, Typewriter(twice=0.5, over=0.5))

    assert (again >= clean).all()
    assert again[clean == 0].max() < 220


def test_a_row_of_underscores_runs_below_the_letters(mono: Face) -> None:
    plain, under = (typed("manner now", mono, Typewriter(underlined=share)) for share in (0.0, 1.0))

    added = np.flatnonzero((under.astype(int) - plain).any(axis=1))
    assert added[0] >= np.flatnonzero(plain.any(axis=1))[-1] - 2
    row = under[added[0] : added[-1] + 1].any(axis=0)
    assert row.sum() > 0.8 * np.count_nonzero(plain.any(axis=0))


def test_the_same_draws_type_the_same(mono: Face) -> None:
    worn = draw_typewriter(np.random.default_rng(5), pitched=False)

    assert np.array_equal(typed("Dear Sir:-", mono, worn, 3), typed("Dear Sir:-", mono, worn, 3))
    assert not np.array_equal(typed("Dear Sir:-", mono, worn, 3), typed("Dear Sir:-", mono, worn, 4))


def test_a_machine_that_is_not_worn_has_no_faults() -> None:
    machines = [draw_typewriter(np.random.default_rng(seed), pitched=False, worn=False) for seed in range(100)]

    assert {(one.clogging, one.unevenness, one.lift, one.sway, one.twice, one.over) for one in machines} == {(0.0,) * 6}


def test_faces_of_fixed_pitch_are_known(mono: Face, sans: Face) -> None:
    assert is_fixed_pitch(mono)
    assert not is_fixed_pitch(sans)


@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here")
def test_faces_without_feet_are_rare_in_typescript_and_leaning_ones_rarer(mono: Face) -> None:
    serif, leaning = face_of("DejaVu Serif"), face_of("Karumbi", "Regular")

    assert typed_weight(serif) == 1 > typed_weight(mono) > typed_weight(leaning) > 0
