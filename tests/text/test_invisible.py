"""What has no ink: which characters those are, and that no charset is troubled by them."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.text.charset import Charset
from ocrkit.text.charset_draft import draft_charset
from ocrkit.text.corpus import Corpus
from ocrkit.text.inventory import take_inventory
from ocrkit.text.invisible import described_invisible, is_invisible
from ocrkit.text.normalization import Rewrite
from ocrkit.text.shipped import SHIPPED_CHARSETS, shipped_charset

ENGLISH = shipped_charset("english")
MALAYALAM = shipped_charset("malayalam")
# PropList.txt of Unicode 15.0: Other_Default_Ignorable_Code_Point, Variation_Selector, Prepended_Concatenation_Mark.
OTHER = "034F 115F-1160 17B4-17B5 2065 3164 FFA0 FFF0-FFF8 E0000 E0002-E001F E0080-E00FF E01F0-E0FFF"
VARIATION_SELECTORS = "180B-180D 180F FE00-FE0F E0100-E01EF"
PREPENDED = "0600-0605 06DD 070F 0890-0891 08E2 110BD 110CD"
# Without ink, and of use in a text: what people copy from pages, editors and chats.
ODD = (
    "\xa0\xad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2028\u2029\u2060\u2066\u3000\u3164\ufe0f\ufeff\x85\t\x0b\x0c\r"
)
TEXTS = st.text(st.one_of(st.sampled_from(ODD + "അൻനർരല്ാെക \nab1.é"), st.characters(exclude_categories=("Cs",))))


@cache
def points(listed: str) -> frozenset[int]:
    ranges = (item.partition("-") for item in listed.split())
    return frozenset(point for first, _, last in ranges for point in range(int(first, 16), int(last or first, 16) + 1))


def test_what_is_ignorable_by_default_is_as_unicode_derives_it() -> None:
    # DerivedCoreProperties.txt: Other_Default_Ignorable_Code_Point + Cf + Variation_Selector - White_Space
    # - FFF9..FFFB - 13430..1343F - Prepended_Concatenation_Mark.
    formats = {point for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Cf"}
    without = points("FFF9-FFFB 13430-1343F") | points(PREPENDED)
    derived = (points(OTHER) | points(VARIATION_SELECTORS) | formats) - without

    dropped = {point for point in range(sys.maxunicode + 1) if ENGLISH.normalize("a" + chr(point) + "a") == "aa"}

    assert dropped == derived


def test_white_space_is_what_unicode_says() -> None:
    # PropList.txt: White_Space is Zs, Zl, Zp and six controls.
    controls = points("0009-000D 0085")
    spaces = {p for p in range(sys.maxunicode + 1) if unicodedata.category(chr(p))[0] == "Z"} | controls

    read = {p for p in range(sys.maxunicode + 1) if ENGLISH.normalize("a" + chr(p) + "a") == "a a"}

    assert read == spaces - {0x0A}
    assert all(map(is_invisible, map(chr, spaces)))


@pytest.mark.parametrize("name", SHIPPED_CHARSETS)
def test_every_charset_reads_a_text_with_and_without_them_alike(name: str) -> None:
    charset = shipped_charset(name)

    assert charset.normalize("\ufeff1\u200e-\u202a\xad(\u2060)\u2069\u180e") == charset.normalize("1-()")
    assert charset.normalize("1\xa0-\u2009(\u3000)\u2028") == charset.normalize("1 - ( ) ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\rb", "a b"),
        ("a\fb\vc\td", "a b c d"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\U0001f525"),  # a heart on fire
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),  # tags behind a flag
        ("\u1160\u3164\uffa0", ""),
        ("a\u034f\u0301", "\u00e1"),  # what kept the two from composing
        ("\u0301\u200d", "\u0301"),
        ("ab\u2800c", "ab\u2800c"),  # a braille cell without dots is a symbol of braille
    ],
)
def test_odd_texts_are_brought_to_what_is_seen(text: str, expected: str) -> None:
    assert ENGLISH.normalize(text) == expected


def test_a_label_of_the_charsets_own_stays() -> None:
    persian = Charset("persian", ("", "م", "ی", "خ", "\u200c", "\u3000"), script="Arab", direction="rtl")

    assert persian.encode("می\u200cخ\u3000م\u200d\u2060") == [1, 2, 4, 3, 5, 1][::-1]


def test_what_a_rewrite_names_is_left_to_the_rewrites() -> None:
    charset = Charset("x", ("", "a", "b"), rewrites=(Rewrite("a\u200d", "b"), Rewrite("\u2060a", "b")))

    assert charset.normalize("a\u200c\u200d a\u2060a \u200d\u200e") == "b ab \u200d"


def test_a_rewrite_to_a_space_of_another_kind_ends() -> None:
    charset = Charset("x", ("", "a", "\u2003"), rewrites=(Rewrite(" ", "\u2001"),))

    assert charset.normalize("a a\xa0a") == "a\u2003a\u2003a"


def test_they_are_counted_and_named() -> None:
    counts = ENGLISH.invisible("a\xa0b\ufeff\u200e\ufeff c\r\n\xa0")

    assert counts == Counter({"\xa0": 2, "\ufeff": 2, "\u200e": 1})
    assert described_invisible(counts) == (
        r"read as a space: '\xa0' (U+00A0 NO-BREAK SPACE) 2x; dropped, as nothing is seen of them: "
        r"'\ufeff' (U+FEFF ZERO WIDTH NO-BREAK SPACE) 2x, '\u200e' (U+200E LEFT-TO-RIGHT MARK) 1x"
    )


def test_what_the_rewrites_of_a_charset_treat_is_not_counted() -> None:
    assert MALAYALAM.invisible("അവന്\u200d\u200c\u200b\ufeff") == Counter({"\ufeff": 1})


@given(TEXTS, st.sampled_from([ENGLISH, MALAYALAM]))
def test_normalising_twice_is_normalising_once(text: str, charset: Charset) -> None:
    once = charset.normalize(text)

    assert charset.normalize(once) == once
    assert once.count("\n") == text.count("\n")
    assert not charset.invisible(once)


@given(st.lists(TEXTS, min_size=1), st.sampled_from([None, MALAYALAM]))
def test_no_label_of_a_charset_from_texts_is_invisible(texts: list[str], like: Charset | None) -> None:
    charset = Charset.from_texts([*texts, "x"], rewrites=like.rewrites if like else ())

    unseen = {symbol for symbol in charset.symbols[1:] if all(map(is_invisible, symbol))}
    # A ZWNJ that keeps a virama and a consonant apart can be seen, so Malayalam's own rules leave it.
    assert unseen <= ({" "} if like is None else {" ", "\u200c"})
    assert all(charset.normalize(charset.normalize(text)) == charset.normalize(text) for text in texts)
    assert all(unicodedata.category(found.character) == "Cc" for text in texts for found in charset.unencodable(text))


@given(st.lists(TEXTS, min_size=1))
def test_no_label_drafted_from_a_corpus_is_invisible(texts: list[str]) -> None:
    corpus = Corpus(Counter(word for text in ["x", *texts] for word in text.replace("\n", " ").split(" ") if word), 0)

    draft = draft_charset(take_inventory(corpus, ENGLISH.normalize), unit="akshara")

    labels = {symbol for symbol, _ in (*draft.characters, *draft.aksharas)}
    assert not any(is_invisible(character) for label in labels for character in label if character != " ")
