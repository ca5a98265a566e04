"""Lines are compared by their ink: found, missed, false, cut in two, and taken for one."""

from __future__ import annotations

import numpy as np
import pytest
from boxed_pages import INKY, layout, line, page, paper

from ocrkit.evaluation.pages import PageScores, page_ink, score_page
from ocrkit.layout.records import Layout

TWO = (line(0, 0, 100, 10), line(0, 40, 100, 10))


def test_the_truth_itself_scores_one_in_everything() -> None:
    scores = score_page(layout(*TWO), page(*TWO), INKY)

    assert (scores.f(0.5), scores.f(0.7), scores.f(0.9), scores.order, scores.coverage) == (1.0,) * 5
    assert scores.baselines == (1.0, 1.0, 1.0)
    assert (scores.missed, scores.false, scores.split, scores.merged) == (0, 0, 0, 0)


@pytest.mark.parametrize(("found", "hits"), [(60, (1, 0, 0)), (80, (1, 1, 0)), (95, (1, 1, 1)), (49, (0, 0, 0))])
def test_a_line_is_found_by_the_share_of_ink_that_both_have(found: int, hits: tuple[int, ...]) -> None:
    scores = score_page(layout(line(0, 0, found, 10)), page(line(0, 0, 100, 10)), INKY)

    assert scores.hits == hits


def test_paper_within_an_outline_does_not_count() -> None:
    ink = paper((10, 10, 50, 10))

    scores = score_page(layout(line(0, 0, 200, 30)), page(line(10, 10, 50, 10)), ink)

    assert scores.hits == (1, 1, 1)


def test_f_is_twice_the_hits_by_the_lines_of_both() -> None:
    found = layout(TWO[0], line(150, 0, 10, 10), line(150, 40, 10, 10))

    scores = score_page(found, page(*TWO), INKY)

    assert scores.f(0.5) == 2 * 1 / (2 + 3)
    assert (scores.precision(0.5), scores.recall(0.5)) == (1 / 3, 1 / 2)
    assert (scores.missed, scores.false) == (1, 2)


def test_a_line_in_two_pieces_is_split() -> None:
    found = layout(line(0, 0, 50, 10), line(50, 0, 50, 10), TWO[1])

    scores = score_page(found, page(*TWO), INKY)

    assert (scores.split, scores.merged, scores.missed, scores.false) == (1, 0, 0, 0)


def test_two_lines_in_one_are_merged() -> None:
    scores = score_page(layout(line(0, 0, 100, 50)), page(*TWO), INKY)

    assert (scores.split, scores.merged, scores.missed) == (0, 1, 0)


def test_a_line_found_where_there_is_no_ink_is_false() -> None:
    ink = paper((0, 0, 100, 10), (0, 40, 100, 10))

    scores = score_page(layout(*TWO, line(0, 80, 100, 10)), page(*TWO), ink)

    assert (scores.hits, scores.false) == ((2, 2, 2), 1)


def test_only_ink_that_is_the_lines_own_must_be_covered() -> None:
    # Rows 5 to 9 are in both true lines; the found one lacks row 0 of the 5 rows that are the first line's alone.
    truth = page(line(0, 0, 100, 10), line(0, 5, 100, 10))

    scores = score_page(layout(line(0, 1, 100, 9)), truth, INKY)

    assert scores.coverage == pytest.approx(4 / 5)


def test_lines_that_the_truth_does_not_list_are_not_false_where_it_is_partial() -> None:
    scores = score_page(layout(*TWO, line(0, 80, 100, 10)), page(*TWO), INKY, partial=True)

    assert (scores.found, scores.false, scores.elsewhere, scores.f(0.5)) == (2, 0, 1, 1.0)


@pytest.mark.parametrize(("order", "share"), [((0, 1, 2), 1.0), ((1, 0, 2), 2 / 3), ((2, 1, 0), 0.0)])
def test_order_is_the_share_of_pairs_that_follow_each_other_rightly(order: tuple[int, ...], share: float) -> None:
    truth = [line(0, 30 * place, 100, 10) for place in range(3)]

    scores = score_page(layout(*(truth[place] for place in order)), page(*truth), INKY)

    assert scores.order == share


def test_a_page_without_lines_is_right_where_none_is_found() -> None:
    scores = score_page(Layout(()), page(), INKY)

    assert (scores.f(0.5), scores.recall(0.5), scores.order, scores.text) == (1.0, 1.0, 1.0, None)
    assert scores.baselines == (1.0, 1.0, 1.0)


def test_outlines_outside_of_the_page_hold_nothing() -> None:
    scores = score_page(layout(line(500, 500, 20, 20), line(-300, 0, 20, 20)), page(*TWO), INKY)

    assert (scores.false, scores.missed) == (2, 2)


def test_scores_of_pages_add_up() -> None:
    good, none = score_page(layout(*TWO), page(*TWO), INKY), score_page(Layout(()), page(*TWO), INKY)

    both = good + none

    assert (both.pages, both.truth, both.found, both.f(0.5)) == (2, 4, 2, 2 * 2 / 6)
    assert both.baselines == (1.0, 0.5, pytest.approx(2 / 3))
    assert sum([good, none], PageScores()) == both


def test_ink_is_what_is_darker_than_the_best_parting_of_greys() -> None:
    image = np.full((10, 10), 200, np.uint8)
    image[3, 4], image[5, 6], image[0, 0] = 40, 60, 180

    assert [tuple(at) for at in np.argwhere(page_ink(image)).tolist()] == [(3, 4), (5, 6)]


@pytest.mark.parametrize("shade", [0, 255])
def test_a_page_of_one_shade_has_no_ink(shade: int) -> None:
    assert not page_ink(np.full((5, 5), shade, np.uint8)).any()
