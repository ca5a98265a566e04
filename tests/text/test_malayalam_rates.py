from __future__ import annotations

import collections
import re

import numpy as np
import pytest

from ocrkit.text.scripts.malayalam_tables import CONJUNCTS
from ocrkit.text.scripts.malayalam_words import MalayalamWords
from ocrkit.text.shipped import shipped_charset

WORDS = 60_000
VIRAMA = "\u0d4d"
ONSET = re.compile(f"[\u0d15-\u0d3a](?:{VIRAMA}[\u0d15-\u0d3a])*")
# Readers of print are reported to err on these: the conjuncts, and the syllables that loans bring.
HARD = "ദ്യു ട്യു ഗ്രൗ സ്കൂ ക്ട ഷ്ഫ ക്യൂ യ്ത ക്ഷി റ്റു ഫ്ര സ്ക"
# Occurrences in a thousand words of the Malayalam Wikipedia, counted for this test.
RUNNING = {
    "ി": 578,
    "ു": 388,
    "ാ": 350,
    "െ": 180,
    "േ": 91,
    "ോ": 78,
    "ീ": 58,
    "ം": 203,
    "ർ": 88,
    "ൽ": 83,
    "ൻ": 50,
    "ൾ": 44,
}
RUNNING_ONSETS = {"ന്ന": 121, "ത്ത": 93, "ക്ക": 84, "ച്ച": 42, "ങ്ങ": 42, "പ്പ": 39, "ട്ട": 36, "ണ്ട": 30, "പ്ര": 36, "ന്റ": 28}


@pytest.fixture(scope="module")
def words() -> list[str]:
    rng = np.random.default_rng(11)
    composer = MalayalamWords(frozenset(shipped_charset("malayalam").symbols[1:]))
    return [composer.word(rng) for _ in range(WORDS)]


@pytest.fixture(scope="module")
def onsets(words: list[str]) -> collections.Counter[str]:
    return collections.Counter(onset for word in words for onset in ONSET.findall(word))


def test_every_conjunct_occurs_in_one_word_of_ten_thousand_at_least(onsets: collections.Counter[str]) -> None:
    rare = {conjunct: onsets[conjunct] for conjunct in CONJUNCTS if onsets[conjunct] < WORDS / 10_000}

    assert rare == {}


def test_the_inventory_has_the_kinds_of_conjuncts_that_print_has() -> None:
    # Geminates, homorganic nasals, the signs of ya, ra, la and va, Sanskrit and native clusters, loans.
    kinds = "ക്ക ള്ള ങ്ക ന്റ ക്യ ക്ര ക്ല ക്വ ക്ഷ ജ്ഞ ത്സ ന്ത്ര ഴ്ച ക്ട സ്ക സ്റ്റ ഫ്ര ഷ്ഫ യ്ത ത്ഥ ക്ഷ്മ"

    assert set(CONJUNCTS) >= set(kinds.split())
    assert len(CONJUNCTS) > 320


@pytest.mark.parametrize("conjunct", CONJUNCTS)
def test_a_conjunct_is_consonants_joined_by_viramas(conjunct: str) -> None:
    assert ONSET.fullmatch(conjunct)
    assert VIRAMA in conjunct


@pytest.mark.parametrize("syllable", HARD.split())
def test_what_readers_err_on_occurs_in_one_word_of_ten_thousand_at_least(words: list[str], syllable: str) -> None:
    assert sum(syllable in word for word in words) >= WORDS / 10_000


@pytest.mark.parametrize("symbol", [*"ാിീുൂൃൄൢൣെേൈൊോൌൗ", *"ൺൻർൽൾൿൔൕൖ", *"അആഇഈഉഊഋൠഌൡഎഏഐഒഓഔഺ", *"ംഃ്ൎഽ഻഼"])
def test_every_sign_chillu_and_vowel_occurs_in_one_word_of_three_thousand_at_least(
    words: list[str], symbol: str
) -> None:
    assert sum(symbol in word for word in words) >= WORDS / 3000


def test_the_half_u_is_written_with_a_virama_alone_far_more_often_than_with_a_u_before_it(words: list[str]) -> None:
    plain, old = (sum(word.endswith(end) for word in words) for end in (VIRAMA, f"ു{VIRAMA}"))

    assert 0.05 * plain < old < 0.2 * plain


def test_dot_reph_stands_before_a_consonant_and_never_begins_a_word(words: list[str]) -> None:
    found = [word for word in words if "ൎ" in word]

    assert len(found) > WORDS / 250
    assert all(re.search("^[^ൎ].*", word) and re.search("ൎ[ക-ഹ]", word) for word in found)


@pytest.mark.parametrize(("symbol", "rate"), RUNNING.items())
def test_common_signs_are_as_frequent_as_in_running_text(words: list[str], symbol: str, rate: float) -> None:
    composed = 1000 * sum(word.count(symbol) for word in words) / WORDS

    assert composed == pytest.approx(rate, rel=0.15)


@pytest.mark.parametrize(("onset", "rate"), RUNNING_ONSETS.items())
def test_common_conjuncts_are_as_frequent_as_in_running_text(
    onsets: collections.Counter[str], onset: str, rate: float
) -> None:
    assert 1000 * onsets[onset] / WORDS == pytest.approx(rate, rel=0.3)
