from __future__ import annotations

import numpy as np
import pytest

from ocrkit.checking.labels import check_label, normal_label
from ocrkit.ctc.lengths import frames_needed, length_problem
from ocrkit.text.charset import Charset
from ocrkit.text.normalization import Rewrite

ABC = Charset("abc", ("", *"abcé "), rewrites=(Rewrite("cc", "b"),))


@pytest.mark.parametrize(
    ("text", "frames"), [("a", 1), ("ab", 2), ("aa", 3), ("aaa", 5), ("abba", 5), ("abab", 4), ("aabbaa", 9)]
)
def test_a_label_needs_a_frame_for_each_symbol_and_a_blank_between_equals(text: str, frames: int) -> None:
    labels = ABC.encode(text)

    assert frames_needed(labels) == frames_needed(np.array(labels)) == frames
    assert check_label(text, ABC).frames == frames


def test_as_many_frames_as_needed_are_enough() -> None:
    assert length_problem(5, 5) is None
    assert "needs 5 frames and its image gives 4" in str(length_problem(5, 4))


@pytest.mark.parametrize("text", ["a", "ab ba", "é"])
def test_a_good_label_has_no_fault(text: str) -> None:
    checked = check_label(text, ABC)

    assert checked.faults == ()
    assert checked.text == text


@pytest.mark.parametrize("text", [None, "", " ", "  ", "\t", "\u2003"])
def test_a_label_that_shows_nothing_is_empty_and_nothing_else(text: str | None) -> None:
    checked = check_label(text, ABC)

    assert [kind for kind, _ in checked.faults] == ["empty"]
    assert checked.frames is None


@pytest.mark.parametrize(
    ("text", "normal", "told"),
    [
        ("ae\u0301", "aé", "U+0065 U+0301 becomes U+00E9 at character 2"),
        ("acca", "aba", "U+0063 U+0063 becomes U+0062 at character 2"),
        (" ab", "ab", "spaces at an end"),
        ("a  b ", "a b", "spaces at an end, or several in a row"),
    ],
)
def test_another_spelling_is_told_with_what_it_would_become(text: str, normal: str, told: str) -> None:
    checked = check_label(text, ABC)

    [(kind, detail)] = checked.faults
    assert (kind, checked.text, normal_label(text, ABC)) == ("unnormalised", normal, normal)
    assert repr(normal) in detail
    assert told in detail


def test_characters_that_the_charset_lacks_are_named_once_each_by_point_and_name() -> None:
    checked = check_label("aωbωഌ", ABC)

    [(kind, detail)] = checked.faults
    assert (kind, checked.frames, checked.lacking) == ("unencodable", None, "ωωഌ")
    assert detail == (
        "not in charset 'abc': 'ω' (U+03C9 GREEK SMALL LETTER OMEGA) at character 2, "
        "'ഌ' (U+0D0C MALAYALAM LETTER VOCALIC L) at character 5"
    )


def test_of_many_such_characters_the_first_few_are_named_and_the_rest_counted() -> None:
    [(_, detail)] = check_label("defghijk", ABC).faults

    assert detail.count("U+00") == 5
    assert detail.endswith(" and 3 more")


def test_a_label_may_be_misspelled_and_unencodable() -> None:
    kinds = [kind for kind, _ in check_label(" aω", ABC).faults]

    assert kinds == ["unnormalised", "unencodable"]
