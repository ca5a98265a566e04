from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.manners import draw_manner, widened
from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.typewriter import is_fixed_pitch
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from ocrkit.data.records import Sample

ENGLISH = shipped_charset("english")
MALAYALAM = shipped_charset("malayalam")
FACE = next(face for face in find_faces() if face.family == "DejaVu Sans Mono")
FEW = ("DejaVu Sans", "DejaVu Sans Mono", "DejaVu Serif")


def lines(count: int = 60, families: tuple[str, ...] = FEW, **options: float) -> Synthetic:
    return Synthetic(ENGLISH, SyntheticOptions(count=count, families=families, **options), seed=3)  # type: ignore[arg-type]


def pixels(sample: Sample) -> bytes:
    return sample.image().tobytes()  # type: ignore[operator]


def test_a_share_of_typescript_leaves_the_texts_and_the_other_lines() -> None:
    none, some = lines(typescript=0.0), lines(typescript=0.4)

    same = [pixels(one) == pixels(other) for one, other in zip(none, some, strict=True)]

    assert [one.text for one in none] == [one.text for one in some]
    # 36 of 60, within four deviations of sqrt(60 x 0.4 x 0.6).
    assert 21 <= sum(same) <= 51


def test_typescript_is_in_faces_of_fixed_pitch_nine_times_in_ten() -> None:
    fixed = {face.family for face in find_faces() if is_fixed_pitch(face)}

    groups = [sample.group in fixed for sample in lines(400, typescript=1.0)]

    # Of the others one in six or so happens to be in one.
    assert 0.85 <= np.mean(groups) <= 0.99


def test_without_a_face_of_fixed_pitch_typescript_is_drawn_all_the_same() -> None:
    typed = lines(20, ("DejaVu Serif",), typescript=1.0)

    assert all(sample.group == "DejaVu Serif" for sample in typed)
    assert len({pixels(sample) for sample in typed}) == 20


@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="OCRKIT_NO_FONTS=1: no Malayalam faces here")
def test_malayalam_is_typed_in_letters_of_its_own_widths() -> None:
    plain, typed = (
        Synthetic(
            MALAYALAM,
            SyntheticOptions(count=20, families=("Manjari",), typescript=share, degrade=0.0, letterpress=0.0),
            seed=3,
        )
        for share in (0.0, 1.0)
    )

    for one, other in zip(plain, typed, strict=True):
        widths = [sample.image().size[0] for sample in (one, other)]  # type: ignore[operator]
        # But for sway, tracking and wide spaces.
        assert widths[0] == pytest.approx(widths[1], rel=0.6)


def test_most_typescript_is_narrower_than_its_face() -> None:
    def widths(text: str) -> list[float]:
        given = {"letterpress": 0.0, "reformed": 0.0, "worn": True}
        draws = (np.random.default_rng(seed) for seed in range(400))
        return [draw_manner("typescript", text, FACE, rng, **given).stretch[0] for rng in draws]  # type: ignore[arg-type]

    plain, narrow = widths("\N{MALAYALAM LETTER A}"), widths("typed")

    # Seven in ten are between 0.66 and 1; of the others half are as wide as the face.
    assert sum(one != other for one, other in zip(plain, narrow, strict=True)) == pytest.approx(280, abs=40)
    assert 0.66 <= min(narrow) < 0.7
    assert min(plain) >= 0.85


def test_spaces_after_stops_are_doubled_in_three_lines_of_five() -> None:
    texts = [
        widened("typescript", "Dr. Ebner said so.  Then: no more", np.random.default_rng(seed)) for seed in range(400)
    ]

    assert sum("Dr.  Ebner" in text for text in texts) == pytest.approx(240, abs=40)
    assert {text.replace(" ", "") for text in texts} == {"Dr.Ebnersaidso.Then:nomore"}


def test_a_share_beyond_all_lines_is_refused() -> None:
    with pytest.raises(ValueError, match=r"typescript 1\.5 is out of range"):
        SyntheticOptions(typescript=1.5)


def test_receipts_have_texts_of_their_own_and_leave_the_others() -> None:
    none, some = lines(200, receipts=0.0), lines(200, receipts=0.5)

    same = [one.text == other.text for one, other in zip(none, some, strict=True)]

    # 100 of 200, within four deviations of sqrt(200 / 4).
    assert 71 <= sum(same) <= 129
    assert all(pixels(one) == pixels(other) for one, other, kept in zip(none, some, same, strict=True) if kept)


def test_typescript_leaves_receipts_as_they_are() -> None:
    alone, both = lines(100, receipts=0.5), lines(100, receipts=0.5, typescript=0.5)

    assert [one.text for one in alone] == [one.text for one in both]


def test_more_than_all_lines_are_refused() -> None:
    with pytest.raises(ValueError, match=r"typescript 0\.6 and receipts 0\.5 are more than all lines"):
        SyntheticOptions(typescript=0.6, receipts=0.5)


def test_signs_leave_the_texts_and_the_other_lines() -> None:
    none, some = lines(scene=0.0), lines(scene=0.4)

    same = [pixels(one) == pixels(other) for one, other in zip(none, some, strict=True)]

    assert [one.text for one in none] == [one.text for one in some]
    # 36 of 60, within four deviations of sqrt(60 x 0.4 x 0.6).
    assert 21 <= sum(same) <= 51


def test_signs_leave_typescript_and_receipts_as_they_are() -> None:
    without, among = lines(typescript=0.3, receipts=0.3), lines(typescript=0.3, receipts=0.3, scene=0.4)

    same = [pixels(one) == pixels(other) for one, other in zip(without, among, strict=True)]

    assert [one.text for one in without] == [one.text for one in among]
    assert 21 <= sum(same) <= 51


def test_a_sign_is_the_same_each_time() -> None:
    assert [pixels(sample) for sample in lines(10, scene=1.0)] == [pixels(sample) for sample in lines(10, scene=1.0)]


def test_signs_and_the_other_manners_are_all_lines_at_most() -> None:
    with pytest.raises(ValueError, match=r"typescript 0\.6 and scene 0\.5 are more than all lines"):
        SyntheticOptions(typescript=0.6, scene=0.5)
