"""The rewrites of the Malayalam charsets: one label sequence for what is written alike, however it is spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from ocrkit.text.charset import Charset

VIRAMA, ZWJ, ZWNJ = "\u0d4d", "\u200d", "\u200c"
AA, E, EE, AI, AU_LENGTH = "\u0d3e", "\u0d46", "\u0d47", "\u0d48", "\u0d57"
MALAYALAM = shipped_charset("malayalam")
BASIC = shipped_charset("malayalam-basic")
UNION = MALAYALAM + shipped_charset("english") + shipped_charset("ascii")

# The Unicode Standard 12.9, the table of vowel letters: what stands under "Do Not Use", and under "Use".
VOWEL_LETTERS = [
    ("ഇ" + AU_LENGTH, "ഈ"),
    ("ഉ" + AU_LENGTH, "ഊ"),
    ("എ" + E, "ഐ"),
    ("ഒ" + AA, "ഓ"),
    ("ഒ" + AU_LENGTH, "ഔ"),
]
# The Malayalam block's canonical decompositions, and the same parts the other way about, which shaping reorders.
TWO_E = (E + E, AI)
VOWEL_SIGNS = [(E + AA, "\u0d4a"), (EE + AA, "\u0d4b"), (E + AU_LENGTH, "\u0d4c")]
REORDERED = [(parts[::-1], whole) for parts, whole in VOWEL_SIGNS]
# Section 12.9 on nta; the second spelling is there since L2/19-345.
NTA = "ന" + VIRAMA + "റ"
NTA_SPELLINGS = ["ൻ" + VIRAMA + "റ", "ന" + VIRAMA + ZWJ + VIRAMA + "റ", "ന" + ZWJ + VIRAMA + "റ"]


@pytest.mark.parametrize("charset", [MALAYALAM, BASIC, UNION], ids=lambda charset: charset.name)
@pytest.mark.parametrize(("parts", "letter"), VOWEL_LETTERS)
def test_a_vowel_letter_put_together_from_parts_is_that_letter(charset: Charset, parts: str, letter: str) -> None:
    assert charset.encode(parts + "ക") == charset.encode(letter + "ക")


@pytest.mark.parametrize("charset", [MALAYALAM, BASIC, UNION], ids=lambda charset: charset.name)
@pytest.mark.parametrize(("parts", "sign"), [*VOWEL_SIGNS, *REORDERED, TWO_E])
def test_the_parts_of_a_vowel_sign_are_that_sign_in_either_order(charset: Charset, parts: str, sign: str) -> None:
    assert charset.encode("ക" + parts) == charset.encode("ക" + sign)


@pytest.mark.parametrize("charset", [MALAYALAM, BASIC, UNION], ids=lambda charset: charset.name)
@pytest.mark.parametrize("spelling", NTA_SPELLINGS)
def test_nta_has_one_spelling(charset: Charset, spelling: str) -> None:
    assert charset.encode("എ" + spelling + E) == charset.encode("എ" + NTA + E)


def test_a_zwnj_after_the_half_u_has_nothing_to_keep_apart() -> None:
    assert MALAYALAM.encode("ഗ\u0d41" + VIRAMA + ZWNJ + "ക") == MALAYALAM.encode("ഗ\u0d41" + VIRAMA + "ക")


ZERO_WIDTH_SPACE = "\u200b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("കീഴ" + VIRAMA + ZERO_WIDTH_SPACE + "വ", "കീഴ" + VIRAMA + ZWNJ + "വ"),
        ("ത" + VIRAMA + ZWJ + ZERO_WIDTH_SPACE + "വ", "ത" + VIRAMA + ZWNJ + "വ"),
        ("ത" + VIRAMA + ZERO_WIDTH_SPACE * 2 + " വ", "ത" + VIRAMA + " വ"),
        ("ൻ" + ZERO_WIDTH_SPACE + "കൂ" + ZERO_WIDTH_SPACE + "ർ", "ൻകൂർ"),
    ],
    ids=["conjunct", "behind a ZWJ", "end", "letters"],
)
def test_a_zero_width_space_parts_conjuncts_alone(text: str, expected: str) -> None:
    assert MALAYALAM.normalize(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NTA, "ൻറ"),
        (NTA, "ന" + VIRAMA + ZWNJ + "റ"),
        ("റ" + VIRAMA + "റ", "ററ"),
        ("ക" + AU_LENGTH, "ക\u0d4c"),
        ("\u0d4eക", "ർക"),
        ("\u0d4eക", "ര" + VIRAMA + "ക"),
        ("ര" + VIRAMA + "യ", "ർയ"),
        ("അവൻ", "അവന" + VIRAMA),
        ("ക" + VIRAMA, "ക\u0d41" + VIRAMA),
        ("ക\u0d02", "കമ" + VIRAMA),
        ("\u0d66", "\u0d02"),
        ("അ" + AA, "ആ"),
        ("ഴ" + VIRAMA + ZWNJ + "ന", "ഴ" + VIRAMA + "ന"),
    ],
    ids=[
        "nta beside n, rra",
        "nta kept apart",
        "tta beside rra, rra",
        "modern and old au",
        "dot reph and chillu",
        "dot reph and ra, virama",
        "rya",
        "chillu and virama",
        "half u",
        "anusvara and m",
        "zero and anusvara",
        "a, aa and aa",
        "a conjunct kept apart",
    ],
)
def test_what_print_tells_apart_stays_apart(one: str, other: str) -> None:
    assert MALAYALAM.encode(one) != MALAYALAM.encode(other)


CHILLUS = dict(zip("ൺൻർൽൾൿ\u0d54\u0d55\u0d56", "ണനരലളകമയഴ", strict=True))
SPELLINGS = {
    **{chillu: [consonant + VIRAMA + ZWJ] for chillu, consonant in CHILLUS.items()},
    **{letter: [parts, parts[0] + ZWJ + parts[1]] for parts, letter in VOWEL_LETTERS},
    **{"ക" + sign: ["ക" + parts, "ക" + parts[::-1], "ക" + parts[0] + ZWNJ + parts[1]] for parts, sign in VOWEL_SIGNS},
    "ക" + VIRAMA + "ഷ": ["ക" + ZWJ + VIRAMA + "ഷ", "ക" + ZWNJ + VIRAMA + "ഷ"],
    "പ" + VIRAMA + "ത": ["പ" + VIRAMA + ZWJ + "ത", "പ" + ZWJ + VIRAMA + "ത"],
    "ക" + AI: ["ക" + E + E, "ക" + E + ZWNJ + E],
    NTA: NTA_SPELLINGS,
    "മാ": ["മ" + ZWNJ + "ാ", "മാ" + ZWNJ, "മ" + ZWJ + "ാ", "മാ\u200b"],
    "ഴ" + VIRAMA + ZWNJ + "ന": [
        "ഴ" + VIRAMA + "\u200bന",
        "ഴ" + VIRAMA + ZWNJ + ZWNJ + "ന",
        "ഴ" + VIRAMA + ZWNJ + ZWJ + "ന",
    ],
    "ഗ\u0d41" + VIRAMA: ["ഗ\u0d41" + VIRAMA + ZWNJ],
}
PLAIN = ["റ", "ന", "ക", "ത" + VIRAMA + "ര", "\u0d4eമ", "വ\u0d02", "ത" + VIRAMA, " ", ".", "1", "ര" + VIRAMA + "യ"]


@st.composite
def written_twice(draw: st.DrawFn) -> tuple[str, str]:
    """One text in the charset's spelling and in a mixture of others."""
    units = draw(st.lists(st.sampled_from([*SPELLINGS, *PLAIN]), max_size=12))
    respelled = [draw(st.sampled_from([unit, *SPELLINGS.get(unit, [])])) for unit in units]
    return "".join(units), "".join(respelled)


@given(written_twice())
def test_a_text_encodes_alike_however_it_is_spelled(texts: tuple[str, str]) -> None:
    text, respelled = texts

    assert MALAYALAM.encode(respelled) == MALAYALAM.encode(text)
    assert UNION.encode(respelled) == UNION.encode(text)


@given(written_twice())
def test_the_one_spelling_stays_as_it_is(texts: tuple[str, str]) -> None:
    text, respelled = texts
    once = MALAYALAM.normalize(respelled)

    assert MALAYALAM.normalize(once) == once == MALAYALAM.normalize(text)


@given(st.text(st.sampled_from("ഇഉഎഒക\u0d3e\u0d46\u0d47\u0d57\u0d4aൻനറ" + VIRAMA + ZWJ + ZWNJ + "\u200b"), max_size=14))
def test_any_heap_of_parts_has_one_spelling(text: str) -> None:
    once = MALAYALAM.normalize(text)

    assert MALAYALAM.normalize(once) == once
    assert MALAYALAM.decode(MALAYALAM.encode(text)) == once
