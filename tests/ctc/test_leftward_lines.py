"""Lexicons and language models of charsets whose lines run from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ngram_oracle import random_arpa

from ocrkit.ctc import BeamStream, Lexicon, NgramModel, beam_search, lexicon_search, text_search
from ocrkit.ctc.turning import turn_frames, turn_hypotheses
from ocrkit.errors import LexiconError, OptionError
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

HEBREW = Charset("hebrew", ("", "א", "ב", " "), direction="rtl")
DIGITS = Charset("digits", ("", *"אבג 123()"), direction="rtl")
EVERYTHING = 10**6

BIGRAMS = """\\data\\
ngram 1=5
ngram 2=2

\\1-grams:
-99 <s> 0
-1 </s>
-0.7 אב 0
-0.7 בא 0
-0.7 א 0

\\2-grams:
-0.01 <s> אב
-0.01 אב בא

\\end\\
"""


def random_line(seed: int, frames: int, labels: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    raw = np.random.default_rng(seed).normal(scale=2.0, size=(frames, labels))
    return (raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))).astype(np.float32)


def line_of(text: str, charset: Charset) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Frames in which the labels of a text stand from left to right, a blank after each."""
    labels = [label for seen in charset.encode(text) for label in (seen, 0)]
    frames = np.full((len(labels), len(charset)), np.log(0.05 / (len(charset) - 1)), np.float32)
    frames[np.arange(len(labels)), labels] = np.log(0.95)
    return frames


@pytest.mark.parametrize("word", ["אבג", "א12", "123", "א(בג)", "1א2"])
def test_an_entry_is_found_where_it_stands_as_on_paper(word: str) -> None:
    lexicon = Lexicon.from_words(["בא", word, "גגג"], DIGITS)

    best = lexicon_search(line_of(word, DIGITS), lexicon=lexicon)[0][0]

    assert best.entry == 1
    assert DIGITS.decode(best.labels.tolist()) == word
    assert lexicon.labels(1).tolist() == DIGITS.encode(word)


def test_counts_stay_with_their_entries() -> None:
    lexicon = Lexicon.from_words(["אב", "בא", "אב"], DIGITS, counts=[1, 2, 5])

    assert np.exp(lexicon.priors) == pytest.approx([6 / 8, 2 / 8])
    assert np.exp(lexicon.backwards().priors) == pytest.approx([6 / 8, 2 / 8])


def test_a_line_of_words_and_numbers_is_text_of_a_lexicon() -> None:
    lexicon = Lexicon.from_words(["אב", "גא"], DIGITS)
    separators = [DIGITS.symbols.index(one) for one in " 123()"]

    best = text_search(line_of("אב 12 (גא)", DIGITS), lexicon=lexicon, separators=separators)[0][0]

    assert DIGITS.decode(best.labels.tolist()) == "אב 12 (גא)"


def test_a_saved_lexicon_knows_the_order_of_its_charset(tmp_path: Path) -> None:
    saved = tmp_path / "words.lexicon"
    Lexicon.from_words(["אב"], DIGITS).save(saved)
    logical = Charset("logical", DIGITS.symbols, direction="rtl", order="logical")

    assert Lexicon.open(saved, charset=DIGITS).labels(0).tolist() == DIGITS.encode("אב")
    with pytest.raises(LexiconError, match="it was made for another charset"):
        Lexicon.open(saved, charset=logical)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(0, 5), st.integers(1, 3), st.floats(0, 2), st.floats(-2, 2))
def test_characters_are_weighed_in_the_order_of_reading(
    seed: int, frames: int, order: int, weight: float, bonus: float
) -> None:
    arpa = random_arpa(seed, ["א", "ב", "<space>"], order)
    line = random_line(seed, frames, 4)

    decoded = beam_search(
        line,
        beam_width=EVERYTHING,
        n_best=EVERYTHING,
        token_cut=0,
        language_model=NgramModel(arpa.text().encode(), HEBREW),
        lm_weight=weight,
        lm_bonus=bonus,
    )

    found = {HEBREW.decode(one.labels.tolist()): one.score for one in decoded[0]}
    expected = {}
    for labels, score in oracle.labellings(line).items():
        text = HEBREW.decode(labels)
        units = ["<space>" if one == " " else one for one in text]
        expected[text] = pytest.approx(score + weight * arpa.ln(units) + bonus * len(units), abs=2e-4, rel=1e-5)
    assert found == expected


def test_frames_and_confidences_stay_with_their_labels() -> None:
    line = np.log(np.array([[0.1, 0.7, 0.1, 0.1], [0.6, 0.1, 0.2, 0.1], [0.1, 0.1, 0.8, 0.0001]], np.float32))
    arpa = random_arpa(1, ["א", "ב", "<space>"], 1)

    best = beam_search(line, language_model=NgramModel(arpa.text().encode(), HEBREW), lm_weight=0.0)[0][0]

    assert best.labels.tolist() == [1, 2]
    assert best.frames.tolist() == [0, 2]
    assert best.confidences.tolist() == pytest.approx([0.7, 0.8], rel=1e-3)


def test_lines_of_several_lengths_are_turned_each_for_itself() -> None:
    lines = np.stack([random_line(1, 6, 4), random_line(2, 6, 4)])
    lines[1, 4:] = np.nan  # never read
    model = NgramModel(random_arpa(3, ["א", "ב", "<space>"], 2).text().encode(), HEBREW)

    together = beam_search(lines, [6, 4], n_best=3, language_model=model)
    alone = [beam_search(line, n_best=3, language_model=model)[0] for line in (lines[0], lines[1, :4])]

    for found, expected in zip(together, alone, strict=True):
        assert [one.labels.tolist() for one in found] == [one.labels.tolist() for one in expected]
        assert [one.frames.tolist() for one in found] == [one.frames.tolist() for one in expected]


def test_words_are_weighed_in_the_order_of_reading() -> None:
    model = NgramModel(BIGRAMS.encode(), HEBREW, unit="word")
    lexicon = Lexicon.from_words(["א", "אב", "בא"], HEBREW)
    line = line_of("אב בא", HEBREW)

    best = text_search(line, lexicon=lexicon, separators=[3], language_model=model, lm_weight=1.0)[0][0]

    assert HEBREW.decode(best.labels.tolist()) == "אב בא"
    # -0.01 for each of the two bigrams, and -1 for the end.
    assert best.score - best.acoustic_score == pytest.approx(-1.02 * np.log(10), abs=1e-3)


def test_a_mirrored_bracket_is_weighed_as_it_is_read() -> None:
    text = "\\data\\\nngram 1=5\n\n\\1-grams:\n-99 <s>\n-1 </s>\n-0.1 (\n-5 )\n-1 א\n\n\\end\\\n"
    model = NgramModel(text.encode(), DIGITS)

    best = beam_search(line_of("(א", DIGITS), language_model=model, lm_weight=1.0)[0][0]

    assert best.score - best.acoustic_score == pytest.approx(-2.1 * np.log(10), abs=1e-3)


def test_a_stream_cannot_be_read_from_its_end() -> None:
    model = NgramModel(random_arpa(1, ["א"], 1).text().encode(), HEBREW)

    with pytest.raises(OptionError, match="reads a line from its right end, and a stream begins at the left"):
        BeamStream(4, language_model=model)


@pytest.mark.parametrize("lengths", [None, np.array([3, 1], np.int64)])
def test_turning_twice_changes_nothing(lengths: np.ndarray[tuple[int], np.dtype[np.int64]] | None) -> None:
    lines = np.stack([random_line(1, 3, 4), random_line(2, 3, 4)])
    found = beam_search(lines, lengths, n_best=4)

    frames = turn_frames(turn_frames(lines, lengths), lengths)
    twice = turn_hypotheses(turn_hypotheses(found, lengths, 3), lengths, 3)

    assert np.array_equal(frames[0], lines[0])
    assert np.array_equal(frames[1, :1], lines[1, :1])
    assert np.array_equal(twice.labels, found.labels)
    assert np.array_equal(twice.frames, found.frames)
    assert np.array_equal(twice.confidences, found.confidences)
