"""Labels as they stand on paper, and the texts that they are read as."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.ctc import greedy
from ocrkit.errors import CharsetError
from ocrkit.plugin.testing import check_charset
from ocrkit.text.charset import Charset

LETTERS = "אבגדהו"
SYMBOLS = ("", *LETTERS, *"ابتث", *"abcXYZ", *"0123456789", *" .,:;!?()[]-/%\"'", "\u05b8", "\u0651")
HEBREW = Charset("hebrew", SYMBOLS, script="Hebr", languages=("he",), direction="rtl")
LATIN = Charset("latin", SYMBOLS)


def seen(charset: Charset, text: str) -> str:
    """What each label looks like, from left to right."""
    return "".join(charset.symbols[label] for label in charset.encode(text))


SEEN = [
    ("אבג", "גבא"),
    ("אב גד.", ".דג בא"),
    ("אב 123 גד", "דג 123 בא"),
    ("אב 12.5% גד", "דג 12.5% בא"),
    ("אב abc גד", "דג abc בא"),
    ("אב abc XYZ גד", "דג abc XYZ בא"),
    ("אב (גד) ה", "ה (דג) בא"),
    ("אב [abc] ה", "ה [abc] בא"),
    ("ابت 12", "12 تبا"),
    ("א\u05b8ב", "ב\u05b8א"),
]


@pytest.mark.parametrize(("text", "expected"), SEEN)
def test_labels_stand_as_on_paper(text: str, expected: str) -> None:
    assert seen(HEBREW, text) == expected
    assert HEBREW.decode(HEBREW.encode(text)) == text


def test_a_line_of_the_other_way_runs_its_own() -> None:
    assert seen(HEBREW, "abc (XYZ).") == "abc (XYZ)."
    assert seen(LATIN, "אב (גד).") == ".(דג) בא"


def test_a_line_of_both_runs_as_the_charset() -> None:
    assert seen(LATIN, "abc אבג XYZ") == "abc גבא XYZ"
    assert seen(HEBREW, "abc אבג XYZ") == "XYZ גבא abc"


def test_a_line_of_neither_runs_as_the_charset() -> None:
    assert seen(HEBREW, "12 34") == "34 12"
    assert seen(LATIN, "12 34") == "12 34"


def test_a_number_behind_latin_letters_reads_on_from_them() -> None:
    # "אב 12 abc" looks the same; only one of the two can be read.
    assert HEBREW.decode(HEBREW.encode("אב abc 12")) == "אב abc 12"


def test_a_mirrored_sign_without_its_partner_stays() -> None:
    charset = Charset("one-sided", ("", "א", "("), direction="rtl")

    assert charset.encode("א(") == [2, 1]
    assert charset.decode([2, 1]) == "א("


def test_a_conjunct_moves_whole() -> None:
    charset = Charset("ligature", ("", "א", "בג", "ד"), direction="rtl")

    assert charset.encode("אבגד") == [3, 2, 1]
    assert charset.decode([3, 2, 1]) == "אבגד"


def test_decoding_passes_over_blanks_here_too() -> None:
    assert HEBREW.decode([0, *HEBREW.encode("אב1"), 0]) == "אב1"


words = st.one_of(
    st.text(LETTERS, min_size=1, max_size=5),
    st.text("ابتث", min_size=1, max_size=5),
    st.sampled_from(["7", "12", "3.5", "1,234", "12/05", "12:30", "50%"]),
)


@given(st.lists(words, min_size=1, max_size=6), st.sampled_from(["", ".", "!", "?", ":"]), st.booleans())
def test_words_and_numbers_come_back(line: list[str], end: str, closed: bool) -> None:
    text = " ".join(line) + end
    text = f"({text})" if closed else text

    assert HEBREW.decode(HEBREW.encode(text)) == text


@given(st.lists(st.one_of(words, st.text("abcXYZ", min_size=1, max_size=4)), max_size=6))
def test_what_is_read_looks_like_what_was_seen(line: list[str]) -> None:
    labels = HEBREW.encode(" ".join(line))

    assert HEBREW.encode(HEBREW.decode(labels)) == labels


@given(st.lists(st.integers(1, len(SYMBOLS) - 1), max_size=12), st.sampled_from([HEBREW, LATIN]))
def test_whatever_was_seen_is_read_with_every_label_once(labels: list[int], charset: Charset) -> None:
    places = [place for place, _ in charset.reading(labels)]

    assert sorted(places) == list(range(len(labels)))


@given(st.text(SYMBOLS[1:], max_size=12))
def test_in_logical_order_labels_are_those_of_the_text(text: str) -> None:
    charset = Charset("logical", SYMBOLS, direction="rtl", order="logical")

    assert [charset.symbols[label] for label in charset.encode(text)] == list(charset.normalize(text))
    assert charset.decode(charset.encode(text)) == charset.normalize(text)


def test_texts_of_decoded_lines_are_in_the_order_of_reading() -> None:
    charset = Charset("small", ("", "א", "ב", "1", "2"), direction="rtl")
    frames = np.full((2, 4, 5), -20.0, np.float32)
    for frame, label in enumerate(charset.encode("אב12")):
        frames[0, frame, label] = 0.0
    frames[1, :, 0] = 0.0

    assert charset.texts(greedy(frames)) == ["אב12", ""]


def test_the_texts_of_data_give_the_direction() -> None:
    assert Charset.from_texts(["אב 12", "גד a"]).direction == "rtl"
    assert Charset.from_texts(["ab 12", "cd א"]).direction == "ltr"


def test_a_record_says_the_order_where_it_matters() -> None:
    assert HEBREW.to_dict()["order"] == "visual"
    assert "order" not in Charset("abc", ("", "a", "b")).to_dict()


def test_a_record_from_before_is_in_logical_order() -> None:
    record = HEBREW.to_dict()
    del record["order"]

    old = Charset.from_dict(record)

    assert old.order == "logical"
    assert not old.reorders
    assert Charset.from_dict(json.loads(json.dumps(old.to_dict()))) == old


def test_the_order_travels_between_processes() -> None:
    old = Charset("old", SYMBOLS, direction="rtl", order="logical")

    assert pickle.loads(pickle.dumps(old)) == old


def test_a_union_of_two_orders_is_refused() -> None:
    old = Charset("old", ("", "א"), direction="rtl", order="logical")

    with pytest.raises(CharsetError, match=r"'hebrew' \(visual\) and 'old' \(logical\) differ in the order of labels"):
        HEBREW + old


def test_a_union_takes_the_order_of_the_one_that_has_any() -> None:
    old = Charset("old", ("", "א"), direction="rtl", order="logical")
    latin = Charset("latin", ("", "a"))

    assert (latin + old).order == (old + latin).order == "logical"


def test_another_order_is_refused() -> None:
    with pytest.raises(CharsetError, match="order is 'reading'; expected 'visual' or 'logical'"):
        Charset("odd", ("", "א"), order="reading")  # type: ignore[arg-type]


def test_the_fingerprint_tells_orders_apart() -> None:
    logical = Charset("logical", SYMBOLS, direction="rtl", order="logical")

    assert len({HEBREW.fingerprint, LATIN.fingerprint, logical.fingerprint}) == 3


@pytest.mark.parametrize("charset", [HEBREW, LATIN])
def test_reordering_charsets_keep_the_contract(charset: Charset) -> None:
    check_charset(charset)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("texts", [["abc"], ["אבג"]])
def test_the_direction_that_is_asked_for_is_that_of_a_charset_from_texts(texts: list[str], direction: str) -> None:
    assert Charset.from_texts(texts, direction=direction).direction == direction
