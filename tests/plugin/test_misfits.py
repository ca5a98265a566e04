"""Lines that no entry of a lexicon fits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest

from ocrkit.ctc import Decoded, Lexicon
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition import make_decoder
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Sequence

CHARSET = Charset("cases", ("", "a", "b", "c", "A", "B", "C", "1", " "))


def decoded(texts: Sequence[str], words: Sequence[str], decoder: str = "text", **options: object) -> Decoded:
    asked = DecoderOptions(lexicon=Lexicon.from_words(words, CHARSET), **options)  # type: ignore[arg-type]
    built = make_decoder(CHARSET, decoder, asked, load_registry("none"))
    frames = 2 * max(map(len, texts)) + 1
    return built.decode(bars.log_probs(list(texts), CHARSET, frames=frames), np.full(len(texts), frames))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("abc", ["ABC", "CBA"]),  # another case: the entry, or no entry, are both far away
        ("ab", ["ccc 1"]),  # nothing but separators, or nothing, is left to read
        ("abc 1", ["ABC"]),  # the number may stand there, and is no entry
    ],
)
def test_a_line_that_no_entry_fits_has_no_reading(shown: str, words: list[str]) -> None:
    result = decoded([shown], words)

    assert list(map(len, result)) == [0]
    assert not result.proved[0]


@pytest.mark.parametrize(
    ("shown", "words", "read"),
    [
        ("abc", ["abb"], "abb"),  # one letter is another
        ("11 1", ["abc"], "11 1"),  # nothing is shown that had to be an entry
        ("", ["abc"], ""),
    ],
)
def test_a_line_that_shares_something_with_its_reading_keeps_it(shown: str, words: list[str], read: str) -> None:
    assert decoded([shown], words).texts(CHARSET.symbols) == [read]


def test_the_lines_beside_it_keep_theirs() -> None:
    result = decoded(["ab", "ABC", "ba"], ["ab", "ba"], n_best=2)
    alone = decoded(["ab"], ["ab", "ba"], n_best=2), decoded(["ba"], ["ab", "ba"], n_best=2)

    assert result.texts(CHARSET.symbols) == ["ab", "", "ba"]
    assert len(result[1]) == 0
    assert [[one.labels.tolist() for one in result[line]] for line in (0, 2)] == [
        [one.labels.tolist() for one in other[0]] for other in alone
    ]


def test_what_is_no_entry_may_be_read_where_it_is_asked_for() -> None:
    assert decoded(["abc"], ["ABC"], out_of_lexicon=0.1).texts(CHARSET.symbols) == ["abc"]


def test_the_lexicon_decoder_keeps_its_entry_and_tells_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        result = decoded(["abc", "bca"], ["ABC"], decoder="lexicon")

    assert result.texts(CHARSET.symbols) == ["ABC", "ABC"]
    assert caplog.text.count("where a line shows") == 1
    assert "where a line shows 'abc', the entry that fits best is 'ABC'" in caplog.text


def test_the_lexicon_decoder_tells_no_second_time(caplog: pytest.LogCaptureFixture) -> None:
    options = DecoderOptions(lexicon=Lexicon.from_words(["ABC"], CHARSET))
    decoder = make_decoder(CHARSET, "lexicon", options, load_registry("none"))
    log_probs, lengths = bars.log_probs(["abc", "bca"], CHARSET, frames=6), np.array([6, 6])

    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        for _ in range(3):
            decoder.decode(log_probs, lengths)

    assert caplog.text.count("where a line shows") == 1


def test_an_odd_line_among_others_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="ocrkit"):
        decoded(["abc", "bca", "ABC"], ["abc", "bca"], decoder="lexicon")

    assert caplog.text == ""


@pytest.mark.parametrize(("shown", "read"), [("ab", "AB"), ("abc", "")])
def test_two_letters_may_both_be_misread_and_three_are_not(shown: str, read: str) -> None:
    # In each frame the capital is the next likeliest, so that the entry is far likelier than no text at all.
    log_probs = bars.log_probs([shown], CHARSET, frames=2 * len(shown))
    log_probs[0, range(0, 2 * len(shown), 2), CHARSET.encode(shown.upper())] = np.log(0.08)
    options = DecoderOptions(lexicon=Lexicon.from_words([shown.upper()], CHARSET))

    result = make_decoder(CHARSET, "text", options, load_registry("none")).decode(log_probs, np.array([2 * len(shown)]))

    assert result.texts(CHARSET.symbols) == [read]
