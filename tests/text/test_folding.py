"""Labels that are one where texts are compared, against all paths there are."""

from __future__ import annotations

from itertools import groupby, product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.ctc import Lexicon, lexicon_search
from ocrkit.text.charset import Charset
from ocrkit.text.folding import FoldedAlphabet
from ocrkit.text.metrics import comparable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BOTH = Charset("both", ("", "a", "A", "b", "!"))


def emissions(frames: int, labels: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(7).dirichlet(np.ones(labels), frames)
    return np.log(drawn).astype(np.float32)


def summed(log_probs: NDArray[np.float32], wanted: str, read: Callable[[tuple[int, ...]], str]) -> float:
    """The log of the probability of all paths that are read as a text."""
    total = 0.0
    for path in product(range(log_probs.shape[1]), repeat=len(log_probs)):
        if read(path) == wanted:
            total += float(np.exp(sum(float(log_probs[frame, label]) for frame, label in enumerate(path))))
    return float(np.log(total))


def score(alphabet: FoldedAlphabet, log_probs: NDArray[np.float32], word: str) -> float:
    labels = alphabet.labels(word, word)
    assert labels is not None
    return lexicon_search(alphabet.fold(log_probs), lexicon=Lexicon([labels]))[0][0].score


@pytest.mark.parametrize("word", ["a", "ab", "aa"])
def test_what_spells_nothing_is_summed_as_the_texts_are_compared(word: str) -> None:
    # Every path whose text is the word once the marks are dropped, whatever the way there.
    log_probs = emissions(5, len(BOTH))
    alphabet = FoldedAlphabet.of(BOTH, alphanumeric=True)

    def read(path: tuple[int, ...]) -> str:
        return comparable(BOTH.decode(label for label, _ in groupby(path)), alphanumeric=True)

    assert score(alphabet, log_probs, word) == pytest.approx(summed(log_probs, word, read), abs=1e-4)


@pytest.mark.parametrize("word", ["a", "ab", "aa", "ba"])
def test_both_cases_are_summed_frame_by_frame(word: str) -> None:
    # A frame of a beside one of A is one letter: labels are folded before repeats merge.
    log_probs = emissions(5, len(BOTH))
    alphabet = FoldedAlphabet.of(BOTH, ignore_case=True, alphanumeric=True)

    def read(path: tuple[int, ...]) -> str:
        folded = [comparable(BOTH.symbols[label], ignore_case=True, alphanumeric=True) for label in path]
        return "".join(symbol for symbol, _ in groupby(folded))

    assert score(alphabet, log_probs, word) == pytest.approx(summed(log_probs, word, read), abs=1e-4)


def test_a_space_stays_a_label_unless_only_letters_and_digits_count() -> None:
    spaced = Charset("spaced", ("", "a", "A", " "))

    assert FoldedAlphabet.of(spaced, ignore_case=True).symbols == ("", "a", " ")
    assert FoldedAlphabet.of(spaced, alphanumeric=True).symbols == ("", "a", "A")


def test_nothing_is_folded_where_texts_are_compared_as_they_are() -> None:
    log_probs = emissions(3, len(BOTH))
    alphabet = FoldedAlphabet.of(BOTH)

    assert alphabet.symbols == BOTH.symbols
    assert alphabet.fold(log_probs) is log_probs


def test_a_word_in_a_case_that_the_charset_lacks_is_spelled_in_the_other() -> None:
    capitals = Charset("capitals", ("", "A", "B"))

    assert FoldedAlphabet.of(capitals, ignore_case=True).labels("ab", "ab") == (1, 2)
    assert FoldedAlphabet.of(capitals).labels("ab", "ab") is None


def test_a_letter_that_folds_to_two_is_spelled_by_its_own_label() -> None:
    german = Charset("german", ("", "s", "S", "ß"))
    alphabet = FoldedAlphabet.of(german, ignore_case=True)

    assert alphabet.labels("Sß", "sss") == (1, 2)
    assert alphabet.labels("ss", "ss") == (1, 1)


def test_a_label_of_several_letters_goes_with_its_other_case() -> None:
    joined = Charset("joined", ("", "f", "fi", "FI"))

    assert FoldedAlphabet.of(joined, ignore_case=True).symbols == ("", "f", "fi")
