from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.text.metrics import Confusion, ErrorCounts, comparable, count_errors, edited_parts, wilson_interval
from ocrkit.text.shipped import shipped_charset

MALAYALAM = shipped_charset("malayalam")
words = st.text("ab ", max_size=8)


@pytest.mark.parametrize(
    ("reference", "read", "edits"),
    [
        ("cat", "cat", 0),
        ("cat", "cot", 1),
        ("cat", "ct", 1),
        ("cat", "cart", 1),
        ("kitten", "sitting", 3),
        ("", "ab", 2),
    ],
)
def test_character_edits_are_the_fewest(reference: str, read: str, edits: int) -> None:
    assert count_errors([(reference, read)]).character_edits == edits


def test_rates_are_summed_before_they_are_divided() -> None:
    counts = count_errors([("abcdefgh", "abcdefgh"), ("ab", "xy")])

    assert counts.cer == 2 / 10
    assert counts.wer == 1 / 2
    assert counts.exact == 1 / 2


def test_words_are_parted_by_spaces() -> None:
    counts = count_errors([("the cat sat", "the cats sat on")])

    assert (counts.words, counts.word_edits) == (3, 2)


def test_rates_may_exceed_one() -> None:
    assert count_errors([("a", "bcd")]).cer == 3.0


def test_code_points_are_counted_rather_than_bytes() -> None:
    assert count_errors([("മല", "മര")]).cer == 1 / 2


@pytest.mark.parametrize(("read", "expected"), [("", 0.0), ("x", 1.0)])
def test_empty_references_divide_nothing_by_zero(read: str, expected: float) -> None:
    counts = count_errors([("", read)])

    assert (counts.cer, counts.wer, counts.exact) == (expected, expected, 1.0 - expected)


def test_no_lines_give_rates_of_zero() -> None:
    counts = count_errors([])

    assert counts == ErrorCounts()
    assert (counts.cer, counts.wer, counts.exact) == (0.0, 0.0, 0.0)


def test_confusions_say_what_was_taken_for_what() -> None:
    counts = count_errors([("abc", "xbc"), ("abc", "xbcd"), ("abc", "ab")])

    assert counts.commonest() == (Confusion("a", "x", 2), Confusion("", "d", 1), Confusion("c", "", 1))


def test_only_the_commonest_confusions_are_listed() -> None:
    counts = count_errors([("a", "b"), ("a", "b"), ("a", "c")])

    assert counts.commonest(1) == (Confusion("a", "b", 2),)


@given(st.lists(st.tuples(words, words), max_size=6), st.integers(0, 6))
def test_counts_of_parts_add_up_to_those_of_the_whole(pairs: list[tuple[str, str]], cut: int) -> None:
    assert count_errors(pairs[:cut]) + count_errors(pairs[cut:]) == count_errors(pairs)


@given(words, words)
def test_every_edit_is_one_confusion(reference: str, read: str) -> None:
    counts = count_errors([(reference, read)])

    assert counts.confusions.total() == counts.character_edits
    assert counts.akshara_confusions.total() == counts.akshara_edits


@pytest.mark.parametrize(
    ("reference", "read", "aksharas", "edits"),
    [
        ("മലയാളം", "മലയാളം", 4, 0),
        ("മലയാളം", "മലയാള", 4, 1),
        ("സ്ത്രീ", "സത്രി", 1, 2),
        ("ശ്രീ ശ്രീ", "ശ്രി ശ്രീ", 3, 1),
        ("അവൻ", "അവന്", 3, 1),
        ("cafe\u0301", "cafe", 4, 1),
    ],
    ids=["right", "anusvara", "conjunct", "half right", "chillu", "latin"],
)
def test_an_akshara_is_right_or_wrong_as_a_whole(reference: str, read: str, aksharas: int, edits: int) -> None:
    counts = count_errors([(reference, read)])

    assert (counts.aksharas, counts.akshara_edits) == (aksharas, edits)
    assert counts.akshara_cer == edits / aksharas


def test_confusions_of_aksharas_name_them_whole() -> None:
    counts = count_errors([("രാഷ്ട്രം", "രാഷ്ടം"), ("ഷ്ട്രം", "ഷ്ടം"), ("കൂടി", "കുടി"), ("കത", "കതി ")], MALAYALAM)

    assert counts.commonest_aksharas(2) == (Confusion("ഷ്ട്രം", "ഷ്ടം", 2), Confusion("കൂ", "കു", 1))


def test_both_sides_are_made_comparable() -> None:
    counts = count_errors([("അവന്\u200d  e\u0301", " അവൻ \u00e9 ")], MALAYALAM)

    assert counts.exact == 1.0


def test_characters_that_the_charset_lacks_count_as_errors() -> None:
    assert count_errors([("കzക", "കക")], MALAYALAM).cer == 1 / 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  a  b ", "a b"), ("a\tb", "a b"), ("a\u00a0b", "a b"), ("e\u0301", "\u00e9"), ("", ""), ("Ab", "Ab")],
)
def test_comparable_texts_have_one_spelling(text: str, expected: str) -> None:
    assert comparable(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("Straße", "strasse"), ("ÉTÉ", "été"), ("E\u0301", "é"), ("മലയാളം", "മലയാളം")]
)
def test_case_is_folded_on_request(text: str, expected: str) -> None:
    assert comparable(text, ignore_case=True) == expected


@given(st.text(), st.booleans())
def test_making_comparable_twice_is_doing_it_once(text: str, ignore_case: bool) -> None:
    once = comparable(text, MALAYALAM, ignore_case=ignore_case)

    assert comparable(once, MALAYALAM, ignore_case=ignore_case) == once


@pytest.mark.parametrize(
    ("text", "kept"), [("It's 5!", "Its5"), ("  a  b ", "ab"), ("Café", "Caf"), ("Cafe\u0301", "Caf"), ("മല", "")]
)
def test_letters_and_digits_alone_may_be_compared(text: str, kept: str) -> None:
    assert comparable(text, alphanumeric=True) == kept
    assert comparable(text, alphanumeric=True, ignore_case=True) == kept.lower()


@pytest.mark.parametrize(
    ("hits", "trials", "bounds"),
    [
        # With z^2 = 3.8415: none of 10 up to z^2 / (10 + z^2); half of 10 by z sqrt(10 / 4 + z^2 / 4) / (10 + z^2).
        (0, 10, (0.0, 0.27753)),
        (10, 10, (0.72247, 1.0)),
        (5, 10, (0.23659, 0.76341)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_wilsons_bounds_of_a_share(hits: int, trials: int, bounds: tuple[float, float]) -> None:
    assert wilson_interval(hits, trials) == pytest.approx(bounds, abs=1e-5)


@pytest.mark.parametrize(
    ("reference", "read", "parts"),
    [
        ("abc", "abc", ([], [])),
        ("abc", "axc", ([(1, 2)], [(1, 2)])),
        ("abc", "ac", ([(1, 2)], [])),
        ("ac", "abc", ([], [(1, 2)])),
        ("കുട", "കട", ([(0, 2)], [(0, 1)])),  # the akshara with its sign, for the one without
        ("", "a", ([], [(0, 1)])),
    ],
)
def test_what_edits_concern_is_told_by_its_characters(
    reference: str, read: str, parts: tuple[list[tuple[int, int]], list[tuple[int, int]]]
) -> None:
    assert edited_parts(reference, read) == parts
