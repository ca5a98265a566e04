from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.text.akshara import split_aksharas

VIRAMA, ZWJ, ZWNJ = "\u0d4d", "\u200d", "\u200c"


def check(case: str) -> None:
    """A case is a text with a bar wherever it is cut."""
    assert split_aksharas(case.replace("|", "")) == case.split("|")


@pytest.mark.parametrize(
    "case",
    [
        "ക|ലം",
        "മ|ല|യാ|ളം",
        "അ|മ്മ",
        "അ|ക്ഷ|രം",
        "പു|സ്ത|കം",
        "സ്ത്രീ",
        "രാ|ഷ്ട്രം",
        "സ്വാ|ത|ന്ത്ര്യം",
        "ശ്രീ",
        "വി|ദ്യാ|ഭ്യാ|സം",
        "ക്യൂ",
        "ഗ്രൗ|ണ്ട്",
        "കാ|ര്യം",
        "പ്ര|കൃ|തി",
        "സം|സ്കൃ|തം",
        "ചെ|യ്തു",
        "വൈ|ദ്യു|തി",
        "കോ|ട്ട|യം",
        "കൊ|ച്ചി",
        "മൌ|നം",
        "മൗ|നം",
        "ദുഃ|ഖം",
        "അ|തഃ",
    ],
)
def test_consonants_joined_by_viramas_take_the_signs_that_follow(case: str) -> None:
    check(case)


@pytest.mark.parametrize("case", ["അ|ത്", "ഉ|ണ്ട്", "ക്", "ക്|അ", "അ|ത്|,", "പാ|ട്ട്", "കാ|റ്റ്", "ക്ഷ്", "ത്|."])
def test_a_virama_that_joins_nothing_stays_with_its_consonant(case: str) -> None:
    check(case)


@pytest.mark.parametrize("case", ["അ|തു്", "ക|ണ്ണു്", "അ|തു്|ക", "പാ|ലു്|യ", "വീ|ടു്" + ZWNJ + "|ക"])
def test_the_half_u_ends_its_akshara(case: str) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    ["അ|വ|ൻ", "ക|ൺ|മ|ണി", "സ്വ|ർ|ഗ്ഗം", "പാ|ൽ|പ്പാ|യ|സം", "മ|ക|ൾ", "വാ|ൿ", "ർ|ക്ക", "ഇ|ന്ദ്ര|ൻ", "\u0d54|\u0d55|\u0d56"],
)
def test_a_chillu_stands_alone(case: str) -> None:
    check(case)


@pytest.mark.parametrize("consonant", "ണനരലളകമയഴ")
def test_a_legacy_chillu_stands_alone_too(consonant: str) -> None:
    check(f"അ|{consonant}{VIRAMA}{ZWJ}|ക്ക|{consonant}{VIRAMA}{ZWJ}")


@pytest.mark.parametrize(
    "case",
    [
        "എ|ന്റെ",
        "എ|ൻ്റെ",
        f"എ|ന{VIRAMA}{ZWJ}{VIRAMA}റെ",
        "പാ|ന്റ്സ്",
        "എ|ൻ|റെ",
        f"എ|ന{VIRAMA}{ZWJ}|റെ",
        f"എ|ന{VIRAMA}{ZWNJ}|റെ",
        "കാ|റ്റു",
        "കാ|റ|റു",
        "ൻ്|യ",
    ],
)
def test_nta_is_one_akshara_in_every_spelling(case: str) -> None:
    check(case)


@pytest.mark.parametrize("case", ["ധ|ൎമ്മം", "സ്വ|ൎഗ്ഗം", "കാ|ൎയ്യം", "പാ|ൎവ|തി", "ൎ| ", "ൎ"])
def test_a_dot_reph_goes_with_the_consonant_that_it_stands_above(case: str) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [
        f"ത|മി|ഴ{VIRAMA}{ZWNJ}|നാ|ട്",
        f"ക{VIRAMA}{ZWNJ}|ഷ",
        f"ക{ZWJ}{VIRAMA}ഷ",
        f"ക{ZWNJ}{VIRAMA}ഷ",
        f"പ{VIRAMA}{ZWJ}ത",
        f"ക{ZWNJ}ു|ക",
        f"ക{ZWNJ}|ക",
    ],
)
def test_joiners_part_or_join_as_the_standard_says(case: str) -> None:
    check(case)


@pytest.mark.parametrize("case", ["അം|ഗം", "ഇൗ", "ഐ|ക്യം", "ഔ|ഷ|ധം", "ഋ|ഷി", "ഌ|കാ|രം", "ആ|ആ"])
def test_an_independent_vowel_begins_an_akshara(case: str) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    ["1|9|9|5", "൧|൨|൩", "ക|-|1", "5|-ാം", "A|b|.", "“|ക|”", "ക| |ഖ", " |ം|ക", "ക|\n|ാ", "\r\n|ക", "ഽ|ക", "൹|൰"],
)
def test_digits_letters_and_signs_stand_one_by_one(case: str) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [
        "श्री|म|द्भ|ग|व|द्गी|ता",
        "क्‍ष|क्‌|ष",
        "ज़्या|दा",
        "বাং|লা",
        "র‍্যা|ব",
        "ਪ੍ਰ|ਸਾ|ਦ",
        "ગુ|જ|રા|તી",
        "ଓ|ଡ଼ି|ଆ",
        "த|மி|ழ்",
        "ந|ன்|றி",
        "க்ஷ|ண|ம்",
        "ஶ்ரீ|ஸ்ரீ",
        "తె|లు|గు",
        "ಕ|ನ್ನ|ಡ",
        "ශ්‍රී| |ලං|කා",
        "ක්|ෂ",
    ],
)
def test_other_indic_scripts_have_syllables_too(case: str) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    ["e\u0301|a", "한|글", "\u1112\u1161\u11ab|\u1100", "กำ|ลั|ง", "🇮🇳|🇫🇷", "👩‍👩‍👧|x", "👍🏽|!", "\u06004|2"],
)
def test_elsewhere_a_cluster_keeps_its_marks(case: str) -> None:
    check(case)


def test_nothing_has_no_aksharas() -> None:
    assert split_aksharas("") == []


anything = st.one_of(
    st.text(),
    st.text(st.characters(min_codepoint=0x900, max_codepoint=0xDFF)),
    st.text(st.sampled_from("കനറരലഷൻർൎാുെം1 -a" + VIRAMA + ZWJ + ZWNJ)),
)


@given(anything)
def test_the_aksharas_joined_are_the_text(text: str) -> None:
    assert "".join(split_aksharas(text)) == text


@given(anything)
def test_an_akshara_is_not_cut_again(text: str) -> None:
    assert all(split_aksharas(akshara) == [akshara] for akshara in split_aksharas(text))


@given(
    st.lists(st.sampled_from("കഗചടണതനപമയരലവഷസറള"), min_size=1, max_size=5),
    st.sampled_from(["", "ാ", "ി", "ു", "ൃ", "െ", "ോ", "ൗ", "ം", "ിം", VIRAMA, "ു" + VIRAMA]),
    st.sampled_from(["", "ൎ"]),
)
def test_a_conjunct_is_never_cut(consonants: list[str], sign: str, reph: str) -> None:
    conjunct = reph + VIRAMA.join(consonants) + sign

    assert split_aksharas("ആ" + conjunct + "ൻ") == ["ആ", conjunct, "ൻ"]
