from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.errors import CharsetError
from ocrkit.text.normalization import NORMAL_FORMS, NormalForm, Rewrite, check_rewrites, compile_normalizer
from ocrkit.text.shipped import shipped_charset

VIRAMA, ZWJ, ZWNJ = "\u0d4d", "\u200d", "\u200c"
MALAYALAM = shipped_charset("malayalam")
# The characters whose order and neighbours the Malayalam rules look at, and a few that they do not.
malayalam_like = st.text(st.sampled_from("കണനരലളമയഴഷആാെേുൻ.a\n e\u0301\u0d57" + VIRAMA + ZWJ + ZWNJ), max_size=12)


def test_a_rewrite_replaces_every_occurrence() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("...", "…")])

    assert normalize("a...b...") == "a…b…"


def test_rewrites_apply_in_order() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("ab", "x"), Rewrite("a", "y")])

    assert normalize("aba") == "xy"


def test_a_rewrite_that_makes_way_for_another_is_followed_by_it() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("ab", "x"), Rewrite("-", "")])

    assert normalize("a-b") == "x"


def test_what_a_rewrite_brings_together_is_composed() -> None:
    normalize = compile_normalizer("NFC", [Rewrite(ZWJ, "")])

    assert normalize("e" + ZWJ + "\u0301") == "\u00e9"


@pytest.mark.parametrize(
    ("text", "expected"), [("ab", "ab"), ("b", ""), ("cb", "c"), ("abb", "ab")], ids=["kept", "start", "other", "chain"]
)
def test_a_neighbour_before_keeps_the_source(text: str, expected: str) -> None:
    normalize = compile_normalizer("NFC", [Rewrite("b", "", unless_after="a")])

    assert normalize(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("ba", "ba"), ("b", ""), ("bc", "c"), ("b\na", "\na")])
def test_a_neighbour_after_keeps_the_source(text: str, expected: str) -> None:
    normalize = compile_normalizer("NFC", [Rewrite("b", "", unless_before="a")])

    assert normalize(text) == expected


def test_neighbours_that_mean_something_in_a_pattern_are_taken_literally() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("*", "", unless_after="^]\\-", unless_before="-z")])

    assert normalize("^* ]* \\* -* *- *z a*b") == "^* ]* \\* -* *- *z ab"


def test_the_replacement_is_taken_literally() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("ab", "\\1", unless_after="x")])

    assert normalize("ab") == "\\1"


@given(malayalam_like)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = MALAYALAM.normalize(text)

    assert MALAYALAM.normalize(once) == once


@given(st.text())
def test_any_text_ends_in_the_normal_form(text: str) -> None:
    assert unicodedata.is_normalized("NFC", MALAYALAM.normalize(text))


@given(st.lists(malayalam_like.filter(lambda text: "\n" not in text), max_size=4))
def test_lines_can_be_normalised_as_one_text(lines: list[str]) -> None:
    together = MALAYALAM.normalize("\n".join(lines))

    assert together == "\n".join(MALAYALAM.normalize(line) for line in lines)


@given(
    st.sampled_from(NORMAL_FORMS),
    st.lists(st.tuples(st.text("abé", max_size=3), st.text("abé", max_size=3)), max_size=3),
    st.text("abéc", max_size=8),
)
def test_every_set_of_rewrites_that_passes_the_check_ends(
    form: NormalForm, pairs: list[tuple[str, str]], text: str
) -> None:
    rewrites = [Rewrite(source, target) for source, target in pairs]
    try:
        check_rewrites(form, rewrites)
    except CharsetError:
        return
    normalize = compile_normalizer(form, rewrites)

    once = normalize(text)

    assert normalize(once) == once


@pytest.mark.parametrize(
    "rewrites",
    [
        [Rewrite("a", "a")],
        [Rewrite("a", "aa")],
        [Rewrite("a", "b"), Rewrite("b", "a")],
        [Rewrite("a", "b"), Rewrite("b", "c"), Rewrite("c", "a")],
        [Rewrite("ab", "ba"), Rewrite("ba", "ab")],
        [Rewrite("ab", "ba"), Rewrite("bc", "cb"), Rewrite("ca", "ac")],
        [Rewrite("abc", "cab")],
        [Rewrite("\u0316\u0301", "\u0301\u0316")],
        [Rewrite("\u00e9", "e\u0301")],
    ],
    ids=[
        "same",
        "growing",
        "circle",
        "circle of three",
        "swaps",
        "three swaps",
        "turn",
        "NFC's order",
        "undone by NFC",
    ],
)
def test_rewrites_that_need_not_end_are_refused(rewrites: list[Rewrite]) -> None:
    with pytest.raises(CharsetError, match="need not end"):
        check_rewrites("NFC", rewrites)


@pytest.mark.parametrize(
    "rewrites",
    [
        [Rewrite("a", "b"), Rewrite("b", "c")],
        [Rewrite("abc", "d"), Rewrite("db", "ab")],
        [Rewrite("ab", "ba"), Rewrite("bc", "cb"), Rewrite("ac", "ca"), Rewrite("c", "d")],
    ],
    ids=["chain", "two weigh more than one", "sorting"],
)
def test_rewrites_that_end_together_are_let_pass(rewrites: list[Rewrite]) -> None:
    check_rewrites("NFC", rewrites)


def test_a_swap_sorts_its_two_characters() -> None:
    normalize = compile_normalizer("NFC", [Rewrite("ba", "ab")])

    assert normalize("bbaca") == "abbca"


@pytest.mark.parametrize(
    "rewrite",
    [Rewrite("ﬁ", "fi"), Rewrite("...", "…"), Rewrite("aa", "a"), Rewrite("’", "'"), Rewrite("x", "")],
    ids=["ligature", "ellipsis", "repeat", "quote", "drop"],
)
def test_rewrites_that_surely_end_are_let_pass(rewrite: Rewrite) -> None:
    check_rewrites("NFC", [rewrite])


def test_a_rewrite_of_nothing_is_refused() -> None:
    with pytest.raises(CharsetError, match=r"rewrite of nothing to 'a' \(U\+0061\) has nothing to look for"):
        check_rewrites("NFC", [Rewrite("", "a")])


@pytest.mark.parametrize("rewrite", [Rewrite("\n", ""), Rewrite("aa", "\t"), Rewrite("a", "", unless_after="\n")])
def test_a_rewrite_may_not_touch_controls(rewrite: Rewrite) -> None:
    with pytest.raises(CharsetError, match="names the control"):
        check_rewrites("NFC", [rewrite])
