"""Changes of a text: made, undone, and moved to another text that holds the same words."""

import pytest

from ocrkit.data.changes import Change, changed_text, moved, original_text, stripped

TEXT = "  teh cat sat  "
TEH = Change(2, 5, "teh", "the", 1.0)
SAT = Change(10, 13, "sat", "had sat", 1.0)


def test_changes_are_made_where_they_stand_in_the_text_as_it_was_read() -> None:
    assert changed_text(TEXT, [TEH, SAT]) == "  the cat had sat  "


@pytest.mark.parametrize("changes", [[], [TEH], [SAT], [TEH, SAT], [Change(5, 9, " cat", "", 1.0)]])
def test_what_was_changed_can_be_undone(changes: list[Change]) -> None:
    assert original_text(changed_text(TEXT, changes), changes) == TEXT


def test_changes_stand_elsewhere_once_spaces_at_the_ends_are_gone() -> None:
    found = stripped([TEH, SAT], TEXT)

    assert [(one.start, one.end) for one in found] == [(0, 3), (8, 11)]
    assert changed_text(TEXT.strip(), found) == "the cat had sat"


def test_changes_of_the_spaces_at_the_ends_are_left_out_with_them() -> None:
    assert stripped([Change(1, 5, " teh", "the", 1.0), Change(13, 15, "  ", "!", 1.0)], TEXT) == ()


def test_a_change_moves_by_what_others_before_it_put_in() -> None:
    [sat] = moved([SAT], [Change(6, 9, "cat", "kitten", 1.0)])

    assert (sat.start, sat.end) == (13, 16)


def test_a_change_of_what_another_has_changed_is_left_out() -> None:
    assert moved([TEH], [Change(4, 7, "h c", "h a c", 1.0)]) == ()
