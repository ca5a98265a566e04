"""Lists of words that are made for images."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from ocrkit.data.list_making import make_lists, read_words
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, MissingFileError, OptionError

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [f"word{number}" for number in range(100)]


def made(texts: list[str], *sizes: int, **options: Any) -> list[dict[str, Any]]:
    samples = [Sample(f"set/{number}.png", lambda: None, text) for number, text in enumerate(texts)]  # type: ignore[arg-type,return-value]
    return [json.loads(line) for line in make_lists(samples, sizes, **options)]


def test_a_list_holds_the_text_and_others_all_different() -> None:
    for record, text in zip(made(["amber", "word7"], 50, words=WORDS), ["amber", "word7"], strict=True):
        assert text in record["lexicon"]
        assert len(set(record["lexicon"])) == len(record["lexicon"]) == 50


def test_words_that_are_compared_as_the_text_or_each_other_are_not_drawn() -> None:
    [record] = made(["Amber"], 3, words=["AMBER", "am-ber", "birch", "BIRCH", "cedar"])

    assert sorted(word.lower() for word in record["lexicon"]) == ["amber", "birch", "cedar"]
    assert "Amber" in record["lexicon"]


def test_words_of_another_script_are_told_apart_by_what_they_are() -> None:
    [record] = made(["മലയാളം"], 3, words=["മലയാളം", "കടൽ", "മഴ"])

    assert sorted(record["lexicon"]) == sorted(["മലയാളം", "കടൽ", "മഴ"])


def test_the_text_may_stand_anywhere_in_its_list() -> None:
    places = {record["lexicon"].index("amber") for record in made(["amber"] * 40, 5, words=WORDS)}

    assert places == {0, 1, 2, 3, 4}


def test_a_seed_makes_the_same_lists_and_another_one_others() -> None:
    first, again, other = (made(["amber"], 20, words=WORDS, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert set(first[0]["lexicon"]) != set(other[0]["lexicon"])


def test_a_shorter_list_is_a_part_of_the_longer() -> None:
    [record] = made(["amber"], 5, 50, words=WORDS)

    assert set(record["lexicon_5"]) < set(record["lexicon_50"])
    assert (len(record["lexicon_5"]), len(record["lexicon_50"])) == (5, 50)


def test_without_words_the_texts_of_the_set_are_drawn_from() -> None:
    [record, *_] = made(["amber", "birch", "cedar"], 3)

    assert sorted(record["lexicon"]) == ["amber", "birch", "cedar"]


def test_lists_say_that_they_are_self_made() -> None:
    [record] = made(["amber"], 5, words=WORDS, seed=3, source="english.txt", folder="set")

    assert record["name"] == "0.png"
    assert record["origin"] == "self-made: the text and others out of english.txt, seed 3"


def test_too_few_words_are_an_error() -> None:
    with pytest.raises(OptionError, match=r"a list of 50 words needs as many others .* there are 2 different texts"):
        made(["amber", "birch", "AMBER"], 50)
    with pytest.raises(OptionError, match="there are 3 different words; give a longer list with `words`"):
        made(["amber"], 50, words=["a", "b", "c"])
    with pytest.raises(OptionError, match="`size` is 1; expected 2 words or more"):
        made(["amber"], 1, words=WORDS)


def test_a_sample_without_a_text_is_an_error() -> None:
    with pytest.raises(DataError, match=r"set/0\.png has no text; lists need labelled data"):
        made([""], 5, words=WORDS)


def test_word_lists_may_have_counts_and_be_packed(tmp_path: Path) -> None:
    (tmp_path / "words.txt.gz").write_bytes(gzip.compress(b"\xef\xbb\xbfone\t5\n\ntwo\r\n"))

    assert read_words(tmp_path / "words.txt.gz") == ["one", "two"]


def test_word_lists_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")

    with pytest.raises(DataError, match=r"latin\.txt: not UTF-8"):
        read_words(tmp_path / "latin.txt")
    with pytest.raises(MissingFileError, match="expected a word a line"):
        read_words(tmp_path / "gone.txt")
