from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocrkit.text.encoding import LabelMatcher, Unencodable

KA, VIRAMA, SSA = "ക", "\u0d4d", "ഷ"


def test_a_conjunct_wins_over_the_letters_that_it_begins_with() -> None:
    matcher = LabelMatcher(["", KA, VIRAMA, SSA, KA + VIRAMA + SSA])

    assert matcher.labels(KA + VIRAMA + SSA + KA) == [4, 1]


def test_a_conjunct_that_breaks_off_falls_back_to_its_letters() -> None:
    matcher = LabelMatcher(["", KA, VIRAMA, SSA, KA + VIRAMA + SSA])

    assert matcher.labels(KA + VIRAMA + KA) == [1, 2, 1]


def test_the_longest_of_several_symbols_wins() -> None:
    matcher = LabelMatcher(["", "a", "ab", "abc", "b", "c"])

    assert matcher.labels("abcab") == [3, 2]


def test_longest_match_never_looks_back() -> None:
    matcher = LabelMatcher(["", "a", "ab", "bc"])

    assert matcher.labels("abc") is None
    assert matcher.unencodable("abc") == [Unencodable("c", 3)]


def test_the_blank_spells_nothing() -> None:
    assert LabelMatcher(["", "a"]).labels("") == []


def test_every_unknown_character_is_named_with_its_position() -> None:
    matcher = LabelMatcher(["", "a", "xy"])

    assert matcher.unencodable("?axyx") == [Unencodable("?", 1), Unencodable("x", 5)]


def longest_match_by_trying_all(symbols: list[str], text: str) -> list[int] | None:
    """The slow and obvious way."""
    labels = []
    while text:
        fitting = [symbol for symbol in symbols[1:] if text.startswith(symbol)]
        if not fitting:
            return None
        best = max(fitting, key=len)
        labels.append(symbols.index(best))
        text = text[len(best) :]
    return labels


@given(st.lists(st.text("abc", min_size=1, max_size=4), unique=True), st.text("abcd", max_size=12))
def test_matching_agrees_with_trying_every_symbol(symbols: list[str], text: str) -> None:
    found = LabelMatcher(["", *symbols]).labels(text)

    assert found == longest_match_by_trying_all(["", *symbols], text)
