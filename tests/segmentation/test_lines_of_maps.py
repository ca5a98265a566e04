"""Lines from drawn maps: baselines, joined and parted pieces, whose ink is whose, and false lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from stroke_page import X_HEIGHT, StrokePage

from ocrkit.data.outline import polygon_mask
from ocrkit.segmentation.lines import lines_of_maps
from ocrkit.segmentation.maps import MAPS

if TYPE_CHECKING:
    from ocrkit.segmentation.lines import OutlinedLine

BASELINE, NOT_TEXT = MAPS.index("baseline"), MAPS.index("not_text")


def from_top(found: list[OutlinedLine]) -> list[OutlinedLine]:
    return sorted(found, key=lambda made: (round(made.line.ys.mean()), made.line.first))


def inside(page: StrokePage, made: OutlinedLine) -> np.ndarray:
    """(H, W) what the outline holds, its points as whole px."""
    return np.asarray(polygon_mask(made.outline.round(), (page.width, page.height))) > 0


def covered(page: StrokePage, made: OutlinedLine, number: int) -> float:
    return float(inside(page, made)[page.ink == number].mean())


def foreign(page: StrokePage, made: OutlinedLine, number: int) -> float:
    """What an outline holds of other lines, as a share of its line's own ink."""
    return float((inside(page, made) & (page.ink > 0) & (page.ink != number)).sum() / (page.ink == number).sum())


def test_a_straight_line_is_found_where_it_is() -> None:
    page = StrokePage()
    page.write([(40, 100), (340, 100)])

    (made,) = lines_of_maps(page.maps(), page.grey)

    assert made.line.first == pytest.approx(40, abs=2)
    assert made.line.last == pytest.approx(338, abs=4)
    assert np.abs(made.line.ys - 100).max() <= 1
    assert made.line.x_height == pytest.approx(X_HEIGHT, abs=2)
    assert covered(page, made, 1) == 1


def test_a_curved_line_keeps_its_curve() -> None:
    page = StrokePage()
    page.write([(x, 120 + 25 * np.sin(x / 90)) for x in range(40, 341, 5)])

    (made,) = lines_of_maps(page.maps(), page.grey)

    columns = np.arange(made.line.first, made.line.last + 1)
    assert np.abs(made.line.ys - (120 + 25 * np.sin(columns / 90)))[5:-5].max() <= 1.5
    assert covered(page, made, 1) == 1


@pytest.mark.parametrize("pitch", [36, 28, 24])
def test_close_lines_keep_their_signs_and_leave_others_theirs(pitch: int) -> None:
    page = StrokePage()
    for number in range(5):
        page.write([(30, 60 + number * pitch), (360, 60 + number * pitch)])

    found = from_top(lines_of_maps(page.maps(), page.grey))

    assert len(found) == 5
    for number, made in enumerate(found, 1):
        assert covered(page, made, number) >= 0.99
        assert foreign(page, made, number) <= 0.02


def test_lines_that_touch_are_parted_between() -> None:
    page = StrokePage()
    page.write([(30, 100), (360, 100)])
    page.write([(30, 128), (360, 128)])
    page.ink[100:120, 100:102] = 1  # a stroke joins both

    upper, lower = from_top(lines_of_maps(page.maps(), page.grey))

    assert covered(page, upper, 1) >= 0.98
    assert covered(page, lower, 2) >= 0.98
    assert foreign(page, upper, 1) <= 0.05
    assert foreign(page, lower, 2) <= 0.05


def test_a_row_torn_by_faded_ink_is_one_line() -> None:
    page = StrokePage()
    page.write([(30, 100), (360, 105)])
    maps = page.maps()
    maps[BASELINE, :, 80:95] = 0

    (made,) = lines_of_maps(maps, page.grey)

    assert covered(page, made, 1) == 1


def test_two_columns_side_by_side_stay_two_lines() -> None:
    page = StrokePage()
    page.write([(30, 100), (190, 100)])
    page.write([(206, 100), (360, 100)])

    left, right = from_top(lines_of_maps(page.maps(), page.grey))

    assert left.line.last < 200 < right.line.first
    assert foreign(page, left, 1) == foreign(page, right, 2) == 0


def test_a_border_parts_a_row_whose_ends_are_not_seen() -> None:
    page = StrokePage()
    page.write([(30, 100), (190, 100)])
    page.write([(210, 100), (360, 100)])
    page.borders.append(np.array([(200.0, 20.0), (200.0, 280.0)]))
    maps = page.maps()
    maps[MAPS.index("end")] = 0

    assert len(lines_of_maps(maps, page.grey)) == 2


def test_a_baseline_drawn_over_two_columns_is_parted_at_marked_ends() -> None:
    page = StrokePage()
    page.write([(30, 100), (190, 100)])
    page.write([(200, 100), (360, 100)])
    maps = page.maps()
    whole = replace(page.lines[0], baseline=np.array([(30.0, 100.0), (360.0, 100.0)]))
    maps[BASELINE] = page.maps([whole])[BASELINE]

    assert len(lines_of_maps(maps, page.grey)) == 2


def test_a_number_of_one_letter_is_a_line() -> None:
    page = StrokePage()
    page.write([(200, 100), (209, 100)])

    (made,) = lines_of_maps(page.maps(), page.grey)

    assert covered(page, made, 1) == 1


def test_a_baseline_without_ink_is_no_line() -> None:
    page = StrokePage()
    page.write([(30, 100), (360, 100)])
    maps = page.maps()

    assert lines_of_maps(maps, np.full_like(page.grey, 255)) == []


def test_ink_that_is_no_text_makes_no_line() -> None:
    page = StrokePage()
    page.write([(30, 100), (360, 100)])
    maps = page.maps()
    maps[NOT_TEXT] = 1

    assert lines_of_maps(maps, page.grey) == []


def test_of_two_baselines_upon_one_another_one_is_kept() -> None:
    page = StrokePage()
    page.write([(30, 100), (360, 100)])
    accents = replace(page.lines[0], baseline=np.array([(40.0, 95.0), (300.0, 95.0)]))

    maps = page.maps()
    maps[BASELINE] = np.maximum(maps[BASELINE], page.maps([accents])[BASELINE])

    (made,) = lines_of_maps(maps, page.grey)

    assert covered(page, made, 1) == 1


def test_empty_maps_have_no_lines() -> None:
    page = StrokePage()

    assert lines_of_maps(page.maps(), page.grey) == []


def test_noise_in_maps_and_picture_ends() -> None:
    chance = np.random.default_rng(3)
    maps = chance.random((7, 150, 200)).astype(np.float32)
    grey = chance.integers(0, 256, (300, 400), dtype=np.uint8)

    for made in lines_of_maps(maps, grey):
        assert np.isfinite(made.outline).all()


def test_a_raised_number_at_the_end_belongs_to_its_line() -> None:
    page = StrokePage()
    page.write([(30, 100), (300, 100)])
    page.ink[88:95, 304:306] = page.ink[88:95, 310:312] = 1
    raised = replace(page.lines[0], baseline=np.array([(303.0, 94.0), (313.0, 94.0)]), x_height=7.0)

    (made,) = lines_of_maps(page.maps([page.lines[0], raised]), page.grey)

    assert covered(page, made, 1) == 1
