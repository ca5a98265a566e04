"""A page's text beside the true one: in order, with lines in any order, with words in any order."""

from __future__ import annotations

import pytest
from boxed_pages import INKY, layout, line, page

from ocrkit.evaluation.pages import TextScores, score_page
from ocrkit.layout.records import Layout

TRUTH = page(line(0, 0, 100, 10, "one two"), line(0, 40, 100, 10, "three"))


def _text(*lines: tuple[int, int, int, int, str]) -> TextScores:
    text = score_page(layout(*(line(*one) for one in lines)), TRUTH, INKY).text
    assert text is not None
    return text


def test_what_is_read_rightly_has_no_errors() -> None:
    text = _text((0, 0, 100, 10, "one two"), (0, 40, 100, 10, "three"))

    assert (text.cer, text.line_cer, text.bag_wer) == (0.0, 0.0, 0.0)
    assert (text.characters, text.line_characters, text.words) == (13, 12, 3)  # a space parts the lines


def test_lines_in_the_wrong_order_cost_nothing_but_in_order() -> None:
    first, second = line(0, 0, 100, 10, "ab"), line(0, 40, 100, 10, "cd")

    text = score_page(layout(second, first), page(first, second), INKY).text

    # Of "ab cd" and "cd ab", the space alone stands where it should.
    assert text == TextScores(characters=5, edits=4, line_characters=4, line_edits=0, words=2, word_edits=0)


def test_pieces_of_a_line_are_put_together_from_left_to_right() -> None:
    text = _text((50, 0, 50, 10, "two"), (0, 0, 50, 10, "one"), (0, 40, 100, 10, "three"))

    assert text.line_edits == 0


def test_a_line_that_was_not_found_is_taken_out() -> None:
    text = _text((0, 0, 100, 10, "one two"))

    assert (text.edits, text.line_edits, text.word_edits) == (6, 5, 1)


def test_a_false_line_is_put_in() -> None:
    text = _text((0, 0, 100, 10, "one two"), (0, 40, 100, 10, "three"), (0, 80, 100, 10, "dirt"))

    assert (text.edits, text.line_edits, text.word_edits) == (5, 4, 1)


def test_what_was_read_where_the_truth_says_nothing_is_passed_over_if_it_is_partial() -> None:
    found = layout(line(0, 80, 100, 10, "dirt"), line(0, 0, 100, 10, "one two"), line(0, 40, 100, 10, "three"))

    text = score_page(found, TRUTH, INKY, partial=True).text

    assert text is not None
    assert (text.edits, text.line_edits, text.word_edits) == (0, 0, 0)


def test_a_page_on_which_nothing_was_found_is_read_all_wrong() -> None:
    text = score_page(page(), TRUTH, INKY).text

    assert text is not None
    assert (text.cer, text.line_cer, text.bag_wer) == (1.0, 1.0, 1.0)


def test_a_found_line_is_the_true_one_that_it_is_and_not_one_that_lies_around_it() -> None:
    truth = page(line(0, 0, 100, 30, "around"), line(0, 0, 100, 10, "ab"))

    text = score_page(layout(line(0, 10, 100, 20, "around"), line(0, 0, 100, 10, "ab")), truth, INKY).text

    assert text is not None
    assert text.line_edits == 0


def test_a_word_read_wrongly_is_one_word_error() -> None:
    text = _text((0, 0, 100, 10, "one tvo"), (0, 40, 100, 10, "three"))

    assert (text.edits, text.line_edits, text.word_edits) == (1, 1, 1)


@pytest.mark.parametrize("found", [Layout(()), layout(line(0, 0, 100, 10))])
def test_a_page_that_was_not_read_has_no_scores_of_text(found: Layout) -> None:
    assert score_page(found, TRUTH, INKY).text is None
