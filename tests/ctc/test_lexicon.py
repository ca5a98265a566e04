"""The lexicon: numbering, merging, spelling and refusing."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest

from ocrkit.ctc import Lexicon
from ocrkit.errors import LexiconError


class Letters:
    """A symbol table of single letters, and of whatever else it is given."""

    def __init__(self, *more: str) -> None:
        self.symbols = ["", *"abcdefghijklmnopqrstuvwxyz", *more]

    def normalize(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


def test_entries_are_numbered_by_first_appearance() -> None:
    lexicon = Lexicon([[3, 1], [1], [3, 1], [2, 2], [1]])

    assert [lexicon.labels(entry).tolist() for entry in range(len(lexicon))] == [[3, 1], [1], [2, 2]]


def test_counts_of_equal_entries_add_up() -> None:
    lexicon = Lexicon([[1], [2], [1]], counts=[1, 2, 5])

    assert lexicon.priors is not None
    np.testing.assert_allclose(lexicon.priors, [math.log(6 / 8), math.log(2 / 8)], rtol=1e-6)


def test_an_entry_that_never_occurs_has_prior_zero() -> None:
    lexicon = Lexicon([[1], [2]], counts=[0, 3])

    assert lexicon.priors is not None
    assert lexicon.priors.tolist() == [-math.inf, 0.0]


def test_without_counts_there_are_no_priors() -> None:
    assert Lexicon([[1]]).priors is None


@pytest.mark.parametrize(
    "sequences",
    [
        [[1, 2], [3]],
        ((1, 2), (3,)),
        (sequence for sequence in ([1, 2], [3])),
        [np.array([1, 2]), np.array([3], np.uint8)],
        [range(1, 3), range(3, 4)],
    ],
    ids=["lists", "tuples", "generator", "arrays", "ranges"],
)
def test_label_sequences_come_in_many_forms(sequences: list[list[int]]) -> None:
    lexicon = Lexicon(sequences)

    assert [lexicon.labels(entry).tolist() for entry in range(2)] == [[1, 2], [3]]


def test_an_array_of_rows_is_a_list_of_entries() -> None:
    lexicon = Lexicon(np.array([[5, 6], [4, 4]]))

    assert lexicon.labels(1).tolist() == [4, 4]


def test_every_word_of_a_large_lexicon_is_found_again() -> None:
    rng = np.random.default_rng(7)
    sequences = [tuple(rng.integers(1, 6, rng.integers(1, 9)).tolist()) for _ in range(5000)]

    lexicon = Lexicon(sequences)

    assert [tuple(lexicon.labels(entry).tolist()) for entry in range(len(lexicon))] == list(dict.fromkeys(sequences))


def test_words_are_spelled_by_longest_match() -> None:
    lexicon = Lexicon.from_words(["cashaft", "sh"], Letters("sh", "ha"))

    assert lexicon.labels(0).tolist() == [3, 1, 27, 1, 6, 20]  # c a sh a f t


def test_words_are_normalised_before_they_are_spelled() -> None:
    lexicon = Lexicon.from_words(["cafe\u0301"], Letters("é"))

    assert lexicon.labels(0).tolist() == [3, 1, 6, 27]


def test_words_that_normalise_alike_are_one_entry() -> None:
    lexicon = Lexicon.from_words(["\u00e9", "e\u0301"], Letters("é"), counts=[1, 1])

    assert len(lexicon) == 1


def test_malayalam_conjuncts_may_be_labels() -> None:
    class Malayalam:
        symbols = ("", "ക", "്", "ഷ", "ക്ഷ")

        def normalize(self, text: str) -> str:
            return text

    lexicon = Lexicon.from_words(["ക്ഷക", "ഷക്"], Malayalam())

    assert [lexicon.labels(entry).tolist() for entry in range(2)] == [[4, 1], [3, 1, 2]]


def test_the_blank_may_be_any_symbol() -> None:
    class BlankLast:
        symbols = ("a", "b", "")

        def normalize(self, text: str) -> str:
            return text

    assert Lexicon.from_words(["ba"], BlankLast()).labels(0).tolist() == [1, 0]


def test_unspellable_words_are_counted_and_the_first_three_named() -> None:
    words = ["cat", "ca7", "dog", "Éa", "x y", "~"]

    with pytest.raises(LexiconError) as raised:
        Lexicon.from_words(words, Letters())

    assert str(raised.value) == (
        "4 of 6 words cannot be spelled with these symbols: 'ca7' ('7', U+0037 DIGIT SEVEN), "
        "'Éa' ('É', U+00C9 LATIN CAPITAL LETTER E WITH ACUTE), 'x y' (' ', U+0020 SPACE) and 1 more; "
        "leave them out, or take a charset that has the characters"
    )


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(LexiconError, match="U\\+D800"):
        Lexicon.from_words(["a\ud800"], Letters())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the lexicon is empty"),
        (["a", ""], "entry 1 is empty"),
        (["a\nb"], "holds a line feed"),
        ("cat", "expected an iterable of words"),
        (["a", 3], "word 1 is 3; expected a string"),
        (None, "words is None; expected an iterable of words"),
    ],
)
def test_impossible_words_are_refused(words: list[str], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        Lexicon.from_words(words, Letters())


def test_a_normalisation_that_breaks_lines_is_refused() -> None:
    class Breaking:
        symbols = ("", "a", "b")

        def normalize(self, text: str) -> str:
            return text.replace("b", "\n")

    with pytest.raises(LexiconError, match="3 words of 2"):
        Lexicon.from_words(["aba", "a"], Breaking())


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([], "the lexicon is empty; give at least one entry"),
        ([[1], []], "entry 1 is empty"),
        ([[1], [2, -5]], "entry 1 holds label -5; labels are 0 or more"),
        ([[1, 2**31]], "labels are at most 2147483647"),
        ([[1.5]], "labels are whole numbers"),
        ([[True]], "labels are whole numbers"),
        (["abc"], "Lexicon.from_words takes words"),
        ([3], "expected a sequence of labels"),
        ([[[1]]], "labels are whole numbers"),
        ([[1, [2]]], "an entry is a flat one"),
        (None, "label_sequences is None; expected an iterable of sequences of labels"),
    ],
)
def test_impossible_entries_are_refused(sequences: list[list[int]], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        Lexicon(sequences)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1], "there are 1 counts for 2 entries"),
        ([], "there are 0 counts for 2 entries"),
        ([1, -1], "the count of entry 1 is -1"),
        ([math.nan, 1], "the count of entry 0 is nan"),
        ([math.inf, 1], "the count of entry 0 is inf"),
        ([0, 0], "every count is 0"),
        ([[1, 2]], "counts has shape"),
        (["a", "b"], "counts cannot be read as numbers"),
        ([10**400, 1], "counts cannot be read as numbers"),
    ],
)
def test_impossible_counts_are_refused(counts: list[float], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        Lexicon([[1], [2]], counts=counts)


@pytest.mark.parametrize("entry", [-1, 2])
def test_an_entry_that_is_not_there_is_refused(entry: int) -> None:
    with pytest.raises(LexiconError, match=r"entries 0\.\.1"):
        Lexicon([[1], [2]]).labels(entry)


def test_it_describes_itself() -> None:
    # The trie of ab and ac: root, a, b, c.
    assert repr(Lexicon([[1, 2], [1, 3]], counts=[1, 1])) == "<Lexicon of 2 entries, 4 nodes, with counts>"
