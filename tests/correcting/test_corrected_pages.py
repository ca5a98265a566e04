"""Pages of which only the text is left, mended by a corrector, and what it would offer for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from correctors import Offering, Told

from ocrkit.correcting import LineCorrector, correct_page, propose_for_page
from ocrkit.data.changes import Change
from ocrkit.data.records import Alternative
from ocrkit.layout.originals import original_place, with_originals
from ocrkit.layout.records import Character, Line, Page, Region, Word
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from ocrkit.layout.records import Points

ASCII = shipped_charset("ascii")


def box(left: int, right: int) -> Points:
    return (left, 0), (right, 0), (right, 9), (left, 9)


def word(text: str, left: int, confidence: float | None = 0.5, *, characters: bool = True) -> Word:
    letters = tuple(Character(letter, box(left + 10 * at, left + 10 * at + 9), 0.9) for at, letter in enumerate(text))
    return Word(text, box(left, left + 10 * len(text) - 1), confidence, letters if characters else ())


def page(*words: Word, **said: object) -> Page:
    line = Line("l", (), box(0, 99), " ".join(one.text for one in words), 0.4, words)
    return Page("a.png", 100, 10, (Region("r", box(0, 99), (replace(line, **said),)),))  # type: ignore[arg-type]


def corrected(given: Page, told: Told) -> Line:
    return next(correct_page(given, LineCorrector(told, ASCII)).lines)


def test_a_word_is_altered_where_it_stands_and_what_was_read_is_kept() -> None:
    line = corrected(page(word("tbe", 0), word("end", 40)), Told("tbe", "the"))

    assert (line.text, line.original) == ("the end", "tbe end")
    assert [(one.text, one.original, one.outline) for one in line.words] == [
        ("the", "tbe", box(0, 29)),
        ("end", "", box(40, 69)),
    ]
    assert line.words[1] == word("end", 40)
    assert "".join(letter.text for letter in line.words[0].characters) == "the"


def test_the_confidences_stay_those_of_what_was_read() -> None:
    line = corrected(page(word("tbe", 0, 0.3)), Told("tbe", "the"))

    assert (line.confidence, line.words[0].confidence) == (0.4, 0.3)


def test_a_word_that_becomes_two_shares_its_room_between_them() -> None:
    line = corrected(page(word("ofthe", 0)), Told("ofthe", "of the"))

    assert [(one.text, one.original) for one in line.words] == [("of", "ofthe"), ("the", "ofthe")]
    # Six places of 49 px, and the space between the two is one of them.
    assert [one.outline for one in line.words] == [box(0, 16), box(24, 49)]
    assert line.original == "ofthe"


def test_two_words_that_become_one_lend_it_the_room_of_both() -> None:
    line = corrected(page(word("a", 0), word("way", 20), word("x", 60)), Told("a way", "away"))

    assert [(one.text, one.original, one.outline) for one in line.words] == [
        ("away", "a way", box(0, 49)),
        ("x", "", box(60, 69)),
    ]


def test_a_word_that_is_taken_away_stays_in_the_originals() -> None:
    line = corrected(page(word("the", 0), word("||", 40)), Told(" ||", ""))

    assert (line.text, line.original) == ("the", "the ||")
    assert [(one.text, one.original) for one in line.words] == [("the", "the ||")]


def test_words_that_do_not_spell_the_line_are_given_up() -> None:
    line = corrected(page(word("tbe", 0), text="tbe end"), Told("tbe", "the"))

    assert (line.text, line.original, line.words) == ("the end", "tbe end", ())


def test_a_line_that_was_corrected_before_keeps_what_was_read_first() -> None:
    once = correct_page(page(word("tbc", 0)), LineCorrector(Told("tbc", "tbe"), ASCII))

    line = corrected(once, Told("tbe", "the"))

    assert (line.text, line.original, line.words[0].original) == ("the", "tbc", "tbc")


def test_a_line_that_is_changed_back_was_never_changed() -> None:
    once = correct_page(page(word("tbe", 0)), LineCorrector(Told("tbe", "the"), ASCII))

    line = corrected(once, Told("the", "tbe"))

    assert (line.original, line.words[0].original) == ("", "")


def test_the_corrected_text_is_no_alternative_of_the_line() -> None:
    given = page(word("tbe", 0), alternatives=(Alternative("the", -1.0), Alternative("toe", -2.0)))

    assert corrected(given, Told("tbe", "the")).alternatives == (Alternative("toe", -2.0),)


def test_a_line_that_was_not_read_is_not_asked_about() -> None:
    told = Told("tbe", "the")
    given = page(text=None)

    assert correct_page(given, LineCorrector(told, ASCII)) == given
    assert told.asked == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((word("ab", 0),), [0.9, 0.9]),
        ((word("ab", 0, 0.25, characters=False),), [0.5, 0.5]),  # whose product is the word's
        ((word("ab", 0), word("c", 30)), [0.9, 0.9, 1.0, 0.9]),
        ((word("ab", 0), word("c", 30, None, characters=False)), []),  # of one of which nobody said how sure it is
    ],
)
def test_a_corrector_is_told_how_sure_each_character_is(words: tuple[Word, ...], expected: list[float]) -> None:
    told = Told("x", "y")

    correct_page(page(*words), LineCorrector(told, ASCII))

    (reading,) = told.asked
    assert [character.confidence for character in reading.characters] == pytest.approx(expected)
    assert reading.log_probs is None
    assert not reading.characters or "".join(one.text for one in reading.characters) == reading.text


def test_proposals_are_offered_and_change_nothing() -> None:
    given = page(word("tbe", 0), word("end", 40))

    (line,) = propose_for_page(given, LineCorrector(Offering("tbe", "the"), ASCII)).lines

    assert replace(line, proposals=()) == next(given.lines)
    assert line.proposals == (Change(0, 3, "tbe", "the", 2.5), Change(0, 3, "tbe", "?", -1.0))


def test_a_corrector_that_cannot_offer_offers_what_it_would_change() -> None:
    (line,) = propose_for_page(page(word("tbe", 0)), LineCorrector(Told("tbe", "the"), ASCII)).lines

    assert line.proposals == (Change(0, 3, "tbe", "the", 2.5),)


@pytest.mark.parametrize(
    ("before", "changes", "place", "expected"),
    [
        ("tbe end", [Change(0, 3, "tbe", "the", 1.0)], (0, 3), "tbe"),
        ("tbe end", [Change(0, 3, "tbe", "the", 1.0)], (4, 7), "end"),
        ("rnan rnet", [Change(0, 2, "rn", "m", 1.0), Change(5, 7, "rn", "m", 1.0)], (0, 3), "rnan"),  # man met
        ("rnan rnet", [Change(0, 2, "rn", "m", 1.0), Change(5, 7, "rn", "m", 1.0)], (4, 7), "rnet"),
        ("ofthe x", [Change(2, 2, "", " ", 1.0)], (0, 2), "of"),  # of the x
        ("ofthe x", [Change(2, 2, "", " ", 1.0)], (3, 6), "the"),
        ("fo o x", [Change(2, 3, " ", "", 1.0)], (0, 3), "fo o"),  # foo x
        ("fo o x", [Change(2, 3, " ", "", 1.0)], (4, 5), "x"),
        ("a foo b", [Change(2, 6, "foo ", "", 1.0)], (2, 3), "foo b"),  # a b
        ("end.", [Change(3, 4, ".", "", 1.0)], (0, 3), "end."),
    ],
)
def test_every_word_knows_what_was_read_in_its_place(
    before: str, changes: list[Change], place: tuple[int, int], expected: str
) -> None:
    start, end = original_place(changes, *place)

    assert before[start:end] == expected


def test_words_of_another_text_get_no_originals() -> None:
    words = (word("the", 0),)

    assert with_originals(words, "the end", [Change(0, 3, "tbe", "the", 1.0)]) == words
