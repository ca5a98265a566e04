"""Lines without the rows of their neighbours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrkit.data.image import Preprocessing, fit_image
from ocrkit.data.own_rows import counted_percentile, own_rows, trim_rows
from ocrkit.errors import OptionError

PAPER, INK = 150, 40


def page(height: int = 80, width: int = 800) -> np.ndarray:
    return np.full((height, width), PAPER, np.uint8)


def strokes(picture: np.ndarray, top: int, bottom: int, *, every: int = 12, ink: int = INK) -> None:
    """Upright strokes of 5 px, so many px apart."""
    for left in range(10, picture.shape[1] - 20, every):
        picture[top:bottom, left : left + 5] = ink


def line(*, above: bool = True, below: bool = True) -> np.ndarray:
    """Letters in rows 35 to 55, a fourth of which reach from 25 to 62; cut off by the edges the neighbours' strokes."""
    picture = page()
    strokes(picture, 35, 55)
    strokes(picture, 25, 35, every=48)
    strokes(picture, 55, 62, every=48)
    if above:
        strokes(picture, 0, 12)
    if below:
        strokes(picture, 74, 80)
    return picture


def rows_of(picture: np.ndarray) -> tuple[int, int]:
    return own_rows(Image.fromarray(picture))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("above", "below"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_line_keeps_its_ascenders_and_descenders_and_no_neighbour(above: bool, below: bool, turned: bool) -> None:
    picture = line(above=above, below=below)

    top, bottom = rows_of(255 - picture if turned else picture)

    # Within a row and a half of the 64 that it is looked at in: 2 px.
    assert (10 if above else 0) <= top <= 25
    assert 62 <= bottom <= (76 if below else 80)


def test_no_cut_below_goes_through_the_letters() -> None:
    picture = page()
    strokes(picture, 20, 40)
    strokes(picture, 40, 62, every=36)  # as where dots of a receipt are denser above

    assert rows_of(picture)[1] == 80


@pytest.mark.parametrize("text", ["vondteil Thaplyr, ioclictdarag", "leg of mutton, and the dog plays"])
@pytest.mark.parametrize("height", [40, 80, 160])
@pytest.mark.parametrize("blur", [0.0, 0.02, 0.04])
def test_a_blurred_line_keeps_its_ascenders_and_descenders_too(text: str, height: int, blur: float) -> None:
    sharp = Image.new("L", (12 * height, height), 235)
    font = ImageFont.load_default(height / 2)  # Pillow's own, whatever the system has
    ImageDraw.Draw(sharp).text((height / 4, 0.65 * height), text, font=font, fill=60, anchor="ls")
    inked = np.flatnonzero((np.asarray(sharp) < 200).any(axis=1))

    top, bottom = own_rows(sharp.filter(ImageFilter.GaussianBlur(blur * height)))

    # Within a row and a half of the 64 that it is looked at in.
    assert top <= inked[0] + height / 40
    assert bottom > inked[-1] - height / 40


def test_wide_margins_are_cut() -> None:
    picture = page(160, 800)
    picture[40:120] = line(above=False, below=False)

    top, bottom = rows_of(picture)

    assert 40 <= top <= 65
    assert 102 <= bottom <= 125


def test_a_rule_is_no_letters() -> None:
    picture = line()
    picture[66:69, 10:780] = INK

    top, bottom = rows_of(picture)

    assert 10 <= top <= 25
    assert bottom >= 62


@pytest.mark.parametrize("tone", [0, 150, 255])
def test_an_even_picture_is_kept_whole(tone: int) -> None:
    assert rows_of(np.full((80, 800), tone, np.uint8)) == (0, 80)


def test_words_and_low_pictures_are_kept_whole() -> None:
    assert rows_of(line()[:, :230]) == (0, 80)
    assert rows_of(line()[::3]) == (0, 27)


def test_a_line_of_two_short_words_is_cut_to_its_rows() -> None:
    top, bottom = rows_of(line()[:, :250])

    assert 12 <= top <= 25
    assert 62 <= bottom <= 74


def test_a_line_that_is_cut_off_itself_is_kept_whole() -> None:
    picture = page()
    strokes(picture, 0, 18)

    assert rows_of(picture) == (0, 80)


def test_one_of_two_lines_alike_is_not_taken_for_the_other() -> None:
    picture = page()
    strokes(picture, 8, 30)
    strokes(picture, 48, 70)

    assert rows_of(picture) == (0, 80)


def test_noise_of_paper_does_not_count() -> None:
    noise = np.random.default_rng(1).normal(0, 6, (80, 800))

    top, bottom = rows_of((line() + noise).clip(0, 255).astype(np.uint8))

    assert 10 <= top <= 25
    assert 62 <= bottom <= 76


def test_columns_stay_where_they_are() -> None:
    picture = Image.fromarray(line())

    cut = trim_rows(picture)

    assert cut.width == picture.width
    assert cut.tobytes() == picture.crop((0, own_rows(picture)[0], 800, own_rows(picture)[1])).tobytes()


def test_trimmed_letters_are_larger_to_the_network() -> None:
    keep = Preprocessing(height=48)

    whole, own = (fit_image(line(), one) for one in (keep, replace(keep, rows="trim")))

    assert whole.shape == (48, 480)
    assert own.shape[0] == 48
    # 800 px at 48 px of the at most 66 rows that are kept, and of the at least 37 of the letters.
    assert 800 * 48 // 66 <= own.shape[1] <= 800 * 48 // 37


def test_rows_of_another_name_are_refused() -> None:
    with pytest.raises(OptionError, match="no rows 'trimmed'; did you mean 'trim'"):
        Preprocessing(rows="trimmed")


@pytest.mark.parametrize("steps", [[9], [9, 255], [9, 10, 10, 200], list(range(9, 256)), [12] * 7 + [90] * 4])
def test_the_percentile_of_counted_steps_is_that_of_the_steps(steps: list[int]) -> None:
    counts = np.bincount(steps, minlength=256)

    for percent in (0, 50, 90, 100):
        assert counted_percentile(counts, percent) == pytest.approx(float(np.percentile(steps, percent)), abs=1e-12)


def test_the_percentile_of_nothing_is_nothing() -> None:
    assert counted_percentile(np.zeros(256, np.int64), 90) == 0
