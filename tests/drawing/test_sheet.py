from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ocrkit.drawing.sheet import SheetRow, draw_samples, draw_sheet
from ocrkit.errors import OptionError

GREEN, RED, GREY, BLUE = (20, 110, 40), (180, 30, 30), (90, 90, 90), (20, 60, 190)


def colours_of(sheet: Image.Image) -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in np.asarray(sheet).reshape(-1, 3).tolist()}


def row(*, truth: str | None, read: str, width: int = 60) -> SheetRow:
    return SheetRow(Image.new("L", (width, 20), 0), truth, read)


def test_a_right_reading_is_green() -> None:
    colours = colours_of(draw_sheet([row(truth="III", read="III")]))

    assert GREEN in colours
    assert RED not in colours


def test_a_wrong_reading_is_red_with_the_truth_beneath() -> None:
    right = draw_sheet([row(truth="III", read="III")])
    wrong = draw_sheet([row(truth="III", read="HHH")])

    assert {RED, GREY} <= colours_of(wrong)
    assert GREEN not in colours_of(wrong)
    assert wrong.height > right.height


def marked(*, truth: str, read: str, wrong: tuple[int, int], missed: tuple[int, int] | None) -> set[tuple[int, ...]]:
    image = Image.new("L", (60, 20), 255)
    return colours_of(draw_sheet([SheetRow(image, truth, read, wrong=(wrong,), missed=(missed,) if missed else ())]))


def test_wrong_parts_alone_are_red_and_missed_ones_blue() -> None:
    colours = marked(truth="III", read="IHI", wrong=(1, 2), missed=(1, 2))

    assert {RED, BLUE, GREY} <= colours


def test_what_was_put_in_is_red_and_nothing_is_missed() -> None:
    colours = marked(truth="II", read="IHI", wrong=(1, 2), missed=None)

    assert {RED, GREY} <= colours
    assert BLUE not in colours


def test_a_text_from_right_to_left_is_marked_as_a_whole() -> None:
    colours = marked(truth="שלום", read="שלוט", wrong=(3, 4), missed=(3, 4))

    assert {RED, BLUE} <= colours
    assert GREY not in colours


def test_a_heading_takes_a_line_above_its_picture() -> None:
    image = Image.new("L", (60, 20), 255)
    without, headed = (draw_sheet([SheetRow(image, "I", "I", heading=heading)]) for heading in ("", "an error"))

    assert headed.height - without.height == 26  # px of a line of text


def test_a_reading_that_nobody_can_judge_is_black_on_white() -> None:
    sheet = draw_sheet([SheetRow(Image.new("L", (60, 20), 255), None, "III")])

    assert not {GREEN, RED, GREY} & colours_of(sheet)
    assert (0, 0, 0) in colours_of(sheet)


@pytest.mark.parametrize("text", ["", "കാക്ക", "\U0001f600", "a\u200c\u0301", "x" * 500])
def test_any_text_can_be_a_caption(text: str) -> None:
    sheet = draw_sheet([row(truth=text, read="a")])

    assert sheet.mode == "RGB"


def test_an_empty_reading_is_said_to_be_nothing() -> None:
    assert RED in colours_of(draw_sheet([row(truth="III", read="")]))


def test_pictures_stand_one_below_another() -> None:
    one = draw_sheet([row(truth=None, read="a")])
    two = draw_sheet([row(truth=None, read="a"), row(truth=None, read="a")])
    three = draw_sheet([row(truth=None, read="a")] * 3)

    assert three.height - two.height == two.height - one.height > 20


def test_a_title_takes_room_at_the_top() -> None:
    rows = [row(truth=None, read="a")]

    assert draw_sheet(rows, title="greedy").height > draw_sheet(rows).height


def test_a_very_long_reading_is_cut() -> None:
    longer, long = (draw_sheet([row(truth=None, read="x" * length)]) for length in (5000, 500))

    assert longer.width == long.width


def test_a_very_wide_picture_is_scaled_down() -> None:
    assert draw_sheet([row(truth=None, read="a", width=5000)]).width < 1700


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
def test_pictures_of_any_mode_can_be_drawn(mode: str) -> None:
    sheet = draw_sheet([SheetRow(Image.new(mode, (30, 20)), None, "a")])

    assert sheet.mode == "RGB"


def white(width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), 255)


def test_samples_stand_side_by_side_on_grey() -> None:
    sheet = np.asarray(draw_samples([white(30, 10), white(40, 20)], width=100))

    # Gaps of 4 px all around: 4 + 30 + 4 + 40 + 4 is less than 100, so one row of 20 px.
    assert sheet.shape == (4 + 20 + 4, 100)
    assert (sheet == 255).sum() == 30 * 10 + 40 * 20
    assert set(np.unique(sheet)) == {128, 255}


def test_samples_that_find_no_room_begin_a_row() -> None:
    sheet = draw_samples([white(60, 10), white(60, 20), white(20, 5)], width=100)

    # The third finds room beside the first: 4 + 60 + 4 + 20 + 4.
    assert sheet.size == (100, 4 + 10 + 4 + 20 + 4)


def test_samples_may_be_scaled() -> None:
    sheet = np.asarray(draw_samples([white(60, 20)], width=100, scale=0.5))

    assert (sheet == 255).sum() == 30 * 10


def test_a_sample_wider_than_the_sheet_is_cut() -> None:
    assert draw_samples([white(500, 20)], width=100).size == (100, 28)


def test_a_sheet_of_no_samples_is_a_strip() -> None:
    assert draw_samples([], width=50).size == (50, 4)


@pytest.mark.parametrize(("width", "scale"), [(8, 1.0), (100, 0.0)])
def test_a_sheet_that_could_show_nothing_is_refused(width: int, scale: float) -> None:
    with pytest.raises(OptionError, match="leave nothing to see"):
        draw_samples([white(10, 10)], width=width, scale=scale)


def test_letters_that_only_their_alpha_shows_are_drawn_as_they_are_read() -> None:
    image = Image.new("RGBA", (60, 20), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (20, 5, 24, 15))

    sheet = draw_sheet([SheetRow(image, "I", "")])

    assert np.count_nonzero(np.asarray(sheet).max(2) == 0) == 40  # 4x10 px of white ink, set dark
