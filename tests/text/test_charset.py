from __future__ import annotations

import hashlib
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.errors import CharsetError, UnencodableText
from ocrkit.text.charset import Charset
from ocrkit.text.encoding import Unencodable
from ocrkit.text.normalization import Rewrite

ABC = Charset("abc", ("", "a", "b", "c"))
CONJUNCTS = Charset("conjuncts", ("", "ക", "ഷ", "\u0d4d", "ക\u0d4dഷ", "ൊ", "െ", "ാ"), script="Mlym", languages=("ml",))
symbol_texts = st.text("abcdeé ക്ഷൊ", min_size=1, max_size=3)


def test_label_zero_is_the_blank() -> None:
    assert ABC.symbols[0] == ""
    assert ABC.encode("abc") == [1, 2, 3]


def test_the_length_counts_the_blank() -> None:
    assert len(ABC) == 4


def test_decoding_passes_over_blanks() -> None:
    assert ABC.decode([0, 3, 0, 1, 1]) == "caa"


def test_encoding_normalises_first() -> None:
    charset = Charset("e", ("", "\u00e9"))

    assert charset.encode("e\u0301") == [1]


def test_a_conjunct_is_one_label() -> None:
    assert CONJUNCTS.encode("ക\u0d4dഷക") == [4, 1]


def test_a_two_part_vowel_sign_encodes_like_the_whole_one() -> None:
    assert CONJUNCTS.encode("ക\u0d46\u0d3e") == CONJUNCTS.encode("ക\u0d4a") == [1, 5]


@given(st.lists(symbol_texts, min_size=1, max_size=8, unique=True), st.text("abcdeé ക്ഷൊ\u0301", max_size=12))
def test_what_can_be_encoded_decodes_to_its_normal_spelling(symbols: list[str], text: str) -> None:
    try:
        charset = Charset("any", ("", *symbols))
    except CharsetError:
        return

    if charset.spells(text):
        assert charset.decode(charset.encode(text)) == charset.normalize(text)
    else:
        assert charset.unencodable(text)


def test_an_unknown_character_is_named_with_file_line_and_position() -> None:
    with pytest.raises(UnencodableText) as caught:
        ABC.encode("abcഌ", where="lines/labels.tsv:17")

    assert str(caught.value) == (
        "lines/labels.tsv:17: 'ഌ' (U+0D0C MALAYALAM LETTER VOCALIC L) at character 4 is not in charset 'abc'"
    )


def test_an_unknown_character_of_a_text_without_a_place_is_named_alone() -> None:
    with pytest.raises(UnencodableText, match=r"^'x' \(U\+0078 LATIN SMALL LETTER X\) at character 1 is not"):
        ABC.encode("xa")


def test_every_unknown_character_can_be_counted() -> None:
    assert ABC.unencodable("xaxb?") == (Unencodable("x", 1), Unencodable("x", 3), Unencodable("?", 5))


@pytest.mark.parametrize(("text", "expected"), [("abc", True), ("", True), ("abx", False)])
def test_a_charset_says_whether_it_spells_a_text(text: str, expected: bool) -> None:
    assert ABC.spells(text) is expected


@pytest.mark.parametrize(("symbols", "expected"), [(("", "a", " "), True), (("", "a b"), False)])
def test_only_a_space_label_makes_a_charset_have_a_space(symbols: tuple[str, ...], expected: bool) -> None:
    assert Charset("s", symbols).has_space is expected


def test_the_fingerprint_is_the_hash_of_the_symbols_in_lines() -> None:
    assert ABC.fingerprint == hashlib.sha256(b"\na\nb\nc").hexdigest()


def test_order_changes_the_fingerprint() -> None:
    assert Charset("abc", ("", "b", "a", "c")).fingerprint != ABC.fingerprint


def test_equal_fields_make_equal_charsets_that_hash_alike() -> None:
    twin = Charset("abc", ("", "a", "b", "c"))
    twin.encode("a")

    assert twin == ABC
    assert hash(twin) == hash(ABC)


def test_a_charset_travels_between_processes() -> None:
    charset = Charset("x", ("", "a", "ab"), "Latn", ("en", "de"), "rtl", "NFD", (Rewrite("b", "", "a", "c"),))
    charset.encode("a")

    twin = pickle.loads(pickle.dumps(charset))

    assert twin == charset
    assert twin.encode("aba") == [2, 1]


def test_texts_give_the_sorted_charset_of_their_characters() -> None:
    charset = Charset.from_texts(["ba\n", "e\u0301\ta"], name="mine")

    assert charset.name == "mine"
    assert charset.symbols == ("", " ", "a", "b", "\u00e9")


def test_texts_without_a_character_give_no_charset() -> None:
    with pytest.raises(CharsetError, match="they hold no character"):
        Charset.from_texts(["", "\n", "\ufeff"])


@given(st.lists(st.text(), max_size=5))
def test_a_charset_from_texts_spells_them(texts: list[str]) -> None:
    lines = ["x", *(re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text) for text in texts)]

    charset = Charset.from_texts(lines)

    assert all(charset.spells(line) for line in lines)


def test_a_union_keeps_our_labels_and_adds_what_we_lack() -> None:
    union = ABC + Charset("cde", ("", "e", "c", "d"))

    assert union.name == "abc+cde"
    assert union.symbols == ("", "a", "b", "c", "e", "d")


def test_a_union_applies_the_rewrites_of_both_in_order() -> None:
    first = Charset("first", ("", "a"), rewrites=(Rewrite("x", ""),))
    second = Charset("second", ("", "b"), rewrites=(Rewrite("x", ""), Rewrite("y", "")))

    assert (first + second).rewrites == (Rewrite("x", ""), Rewrite("y", ""))
    assert (first + second).encode("xayb") == [1, 2]


def test_a_union_with_a_common_script_keeps_the_script_that_says_something() -> None:
    digits = Charset("digits", ("", "1"))

    assert (digits + CONJUNCTS).script == "Mlym"
    assert (CONJUNCTS + digits).languages == ("ml",)


def test_a_union_across_normal_forms_is_refused() -> None:
    with pytest.raises(CharsetError, match=r"'abc' \(NFC\) and 'd' \(NFD\) differ in normalization"):
        ABC + Charset("d", ("", "d"), normalization="NFD")


def test_a_union_in_which_one_rewrites_the_others_symbol_is_refused() -> None:
    with pytest.raises(CharsetError, match=r"'abc' and 'd' do not go together: symbol 'b' \(U\+0062\) can never"):
        ABC + Charset("d", ("", "d"), rewrites=(Rewrite("b", ""),))


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("",), "at least one more"),
        (("a", "b"), "needs the blank '' as its first symbol"),
        (("", "a", ""), "a symbol is empty"),
        (("", "a", "b", "a"), r"symbol 'a' \(U\+0061\) is given twice"),
        (("", "\u00e9", "e\u0301"), r"symbols .* \(U\+00E9\) and .* \(U\+0065 U\+0301\) are one after normalisation"),
        (("", "e\u0301"), r"\(U\+0065 U\+0301\) can never be read, as normalisation makes it .* \(U\+00E9\)"),
        (("", "a\tb"), r"holds '\\t' \(U\+0009 control character\), and no text may"),
    ],
)
def test_symbols_that_no_text_could_reach_are_refused(symbols: tuple[str, ...], message: str) -> None:
    with pytest.raises(CharsetError, match=message):
        Charset("x", symbols)


def test_a_symbol_that_a_rewrite_always_changes_is_refused() -> None:
    with pytest.raises(CharsetError, match=r"can never be read, as normalisation makes it nothing"):
        Charset("x", ("", "a", "\u200d"), rewrites=(Rewrite("\u200d", ""),))


def test_a_symbol_that_a_rewrite_spares_somewhere_is_kept() -> None:
    charset = Charset("x", ("", "a", "-"), rewrites=(Rewrite("-", "", unless_after="a"),))

    assert charset.encode("-a-") == [1, 2]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "needs a name"),
        ("script", "mlym", "script is 'mlym'; expected an ISO 15924 code"),
        ("languages", (), "languages is empty"),
        ("languages", ("malay alam",), "languages holds 'malay alam'; expected BCP 47"),
        ("direction", "up", "direction is 'up'; expected 'ltr' or 'rtl'"),
        ("normalization", "NFX", "normalization is 'NFX'; expected one of NFC, NFD, NFKC, NFKD"),
    ],
)
def test_a_property_outside_its_standard_is_refused(field: str, value: object, message: str) -> None:
    properties: dict[str, object] = {"name": "x", "symbols": ("", "a"), field: value}

    with pytest.raises(CharsetError, match=message):
        Charset(**properties)  # type: ignore[arg-type]  # the point of the test
