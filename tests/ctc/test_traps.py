"""The traps that other decoders fell into, a section each: what they lost, and that nothing of it is lost here."""

from __future__ import annotations

import math
import string
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ngram_oracle import random_arpa

from ocrkit.ctc import BeamStream, Lexicon, NgramModel, beam_search, greedy, lexicon_search, text_search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

    Decode = Callable[..., Decoded]

ALPHABET = "-" + string.ascii_lowercase + " "
SPACE = ALPHABET.index(" ")


class Symbols:
    """The alphabet, of which ``-`` is the blank."""

    symbols: tuple[str, ...] = ("", *ALPHABET[1:])

    def normalize(self, text: str) -> str:
        return text


class TwoLetters(Symbols):
    """The first three labels of the alphabet."""

    symbols = ("", "a", "b")


def spelled(words: Iterable[str]) -> Lexicon:
    return Lexicon([[ALPHABET.index(letter) for letter in word] for word in words])


def frames(path: str, *, peak: float = 0.9) -> NDArray[np.float32]:
    """A (T, V) line that says ``path``, frame by frame."""
    line = np.full((len(path), len(ALPHABET)), (1 - peak) / (len(ALPHABET) - 1))
    line[range(len(path)), [ALPHABET.index(letter) for letter in path]] = peak
    return np.log(line).astype(np.float32)


def streamed(line: NDArray[np.float32], *, pieces: int = 3, **options: object) -> Decoded:
    stream = BeamStream(line.shape[-1], **options)  # type: ignore[arg-type]
    for piece in np.array_split(line, pieces):
        stream.push(piece)
    return stream.finish()


LETTERS = NgramModel(random_arpa(1, [*string.ascii_lowercase, "<space>"], 2).text().encode(), Symbols())
WORDS = spelled(["hollywood", "hello", "ball", "balls", "add", "ad", "a", "i", "cab", "of", "off"])
READERS = {
    "greedy": greedy,
    "beam": beam_search,
    "narrow beam": partial(beam_search, beam_width=1),
    "beam with a model": partial(beam_search, language_model=LETTERS, lm_weight=0.05),
    "stream": streamed,
    "stream with a model": partial(streamed, language_model=LETTERS, lm_weight=0.05),
    "lexicon": partial(lexicon_search, lexicon=WORDS),
    "text": partial(text_search, lexicon=WORDS, separators=[SPACE]),
    "text of any words": partial(text_search, lexicon=WORDS, separators=[SPACE], out_of_lexicon=0.5),
    "text with a model": partial(
        text_search, lexicon=WORDS, separators=[SPACE], language_model=LETTERS, lm_weight=0.05
    ),
}
every_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


# Blank and non-blank hypotheses kept apart halve the beam (flashlight, pyctcdecode).


ab_searches = pytest.mark.parametrize(
    "search",
    [
        beam_search,
        streamed,
        partial(text_search, lexicon=Lexicon([[1], [2]]), separators=[1, 2]),
        partial(
            beam_search,
            language_model=NgramModel(random_arpa(2, ["a", "b"], 2).text().encode(), TwoLetters()),
            lm_weight=0.0,
        ),
    ],
    ids=["beam", "stream", "text", "model"],
)


@ab_searches
@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_a_hypothesis_has_one_place_in_the_beam_however_it_ends(search: Decode, width: int) -> None:
    # After the last frame each labelling has paths that end in a blank and paths that do not, both of much mass.
    line = np.log(np.array([[0.4, 0.35, 0.25]] * 4, np.float32))

    hypotheses = search(line, beam_width=width, n_best=width, token_cut=0)[0]

    assert len({tuple(one.labels.tolist()) for one in hypotheses}) == width


@ab_searches
def test_a_beam_of_two_has_room_for_two(search: Decode) -> None:
    # After two frames "a" has 0.6 * 0.5 that ends in a blank and 0.6 * 0.45 that does not: either is more than all that
    # "b" has, 0.4 * 0.5 and 0.4 * 0.05, but all together they are one hypothesis.
    line = np.log(np.array([[1e-9, 0.6, 0.4], [0.5, 0.45, 0.05], [1.0, 1e-9, 1e-9]], np.float32))

    hypotheses = search(line, beam_width=2, n_best=2, token_cut=0)[0]

    assert [one.labels.tolist() for one in hypotheses] == [[1], [2]]
    assert [one.score for one in hypotheses] == pytest.approx([math.log(0.57), math.log(0.22)], abs=1e-5)


# A leaf word whose last letter lasts two frames is lost, and words run together (flashlight).


@every_reader
@pytest.mark.parametrize(
    ("path", "text"), [("bal-lss", "balls"), ("hel-looo", "hello"), ("cabb--", "cab"), ("ii", "i")]
)
def test_the_last_letter_of_a_word_may_last(read: Decode, path: str, text: str) -> None:
    # Each is a leaf of the trie: nothing follows in it.
    assert read(frames(path)).texts(ALPHABET) == [text]


@pytest.mark.parametrize("path", ["adda", "ad-da", "of--fad", "offa", "cabballs"])
@pytest.mark.parametrize("options", [{}, {"beam_width": 1}, {"language_model": LETTERS, "lm_weight": 0.05}])
def test_words_do_not_run_together(path: str, options: dict[str, object]) -> None:
    decoded = text_search(frames(path, peak=0.6), lexicon=WORDS, separators=[SPACE], n_best=9, **options)  # type: ignore[arg-type]

    words = {"".join(ALPHABET[label] for label in WORDS.labels(entry)) for entry in range(len(WORDS))}
    texts = ["".join(ALPHABET[label] for label in one.labels) for one in decoded[0]]
    assert texts
    assert all(word in words for text in texts for word in text.split())


# Double letters lost (EasyOCR).


@every_reader
@pytest.mark.parametrize(("path", "text"), [("hhol-llyw-oo-od", "hollywood"), ("hel-lo", "hello"), ("ad-d", "add")])
def test_double_letters_are_kept(read: Decode, path: str, text: str) -> None:
    assert read(frames(path, peak=0.98)).texts(ALPHABET) == [text]


# The last word unfinished (CTCWordBeamSearch).


@pytest.mark.parametrize(
    ("path", "whole", "begun"),
    [("bal-l hel", "ball", "hel"), ("a hol-lywo", "a", "hollywo"), ("ad-d b", "add", "b"), ("cab ca", "cab", "ca")],
)
@pytest.mark.parametrize("width", [1, 4, 32])
def test_the_last_word_is_finished(path: str, whole: str, begun: str, width: int) -> None:
    text = text_search(frames(path), lexicon=WORDS, separators=[SPACE], beam_width=width).texts(ALPHABET)[0]

    words = {"".join(ALPHABET[label] for label in WORDS.labels(entry)) for entry in range(len(WORDS))}
    first, _, last = text.partition(" ")
    assert first == whole
    assert last in words | {""}
    assert begun not in words


# The cut compared across log and linear (parlance).


@pytest.mark.parametrize("offset", [0.0, -30.0, 0.6])
@pytest.mark.parametrize(
    "search",
    [
        beam_search,
        streamed,
        partial(text_search, lexicon=Lexicon([[1], [2], [3]]), separators=[], out_of_lexicon=9.0),
        partial(beam_search, language_model=LETTERS, lm_weight=0.0),
    ],
    ids=["beam", "stream", "text", "model"],
)
@pytest.mark.parametrize(("cut", "kept"), [(0.0, 4), (0.009, 4), (0.011, 3), (0.09, 3), (0.11, 2), (0.6, 2)])
def test_the_cut_is_a_ratio_of_probabilities(search: Decode, cut: float, kept: int, offset: float) -> None:
    # The likeliest label "a" has 0.5; "b" a tenth of that, "c" a hundredth; the blank always survives.
    line = np.full((1, len(ALPHABET)), -np.inf, np.float32)
    line[0, :4] = np.log([0.445, 0.5, 0.05, 0.005]) + offset

    decoded = search(line, n_best=9, token_cut=cut)

    assert [one.labels.tolist() for one in decoded[0]] == [[1], [], [2], [3]][:kept]
    assert decoded.proved.tolist() == [kept == 4]


# Lengths ignored, so that padding is read (OpenCV).


@pytest.mark.parametrize("read", [READERS[name] for name in READERS if "stream" not in name])
def test_padding_is_never_read(read: Decode) -> None:
    lines = [frames(path) for path in ("ad-d", "ball", "", "cab-")]
    batch = np.full((4, 9, len(ALPHABET)), np.nan, np.float32)
    for row, line in zip(batch, lines, strict=True):
        row[: len(line)] = line

    decoded = read(batch, [len(line) for line in lines])

    for padded, line in zip(decoded, lines, strict=True):
        alone = read(line)[0]
        assert [(one.labels.tolist(), one.score) for one in padded] == [
            (one.labels.tolist(), one.score) for one in alone
        ]


# Timesteps of a label's first creation instead of its most probable frame (DeepSpeech#3279).


@every_reader
def test_a_label_stands_where_it_is_likeliest(read: Decode) -> None:
    line = frames("aa-dd-ddd", peak=0.8)
    line[[1, 4, 7], [ALPHABET.index(letter) for letter in "add"]] = math.log(0.95)

    best = read(line)[0][0]

    assert "".join(ALPHABET[label] for label in best.labels) == "add"
    assert best.frames.tolist() == [1, 4, 7]
    sums = np.exp(line[[1, 4, 7]]).sum(axis=1) if read is not greedy else 1.0
    np.testing.assert_allclose(best.confidences, 0.95 / sums, rtol=1e-5)


# No scores, no n-best (fast-ctc-decode).


@pytest.mark.parametrize("read", [READERS[name] for name in READERS if name not in {"greedy", "narrow beam"}])
def test_several_hypotheses_come_with_their_scores_in_order(read: Decode) -> None:
    hypotheses = read(frames("of-f", peak=0.5), n_best=5)[0]

    assert len(hypotheses) == 5
    scores = [one.score for one in hypotheses]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1


# Hotwords whose cost grows with their number (pyctcdecode#109): counts weigh words here, however many they are.


@pytest.mark.parametrize("count", [10, 1_000, 100_000])
def test_a_line_is_searched_in_as_many_steps_however_many_words_are_weighed(count: int) -> None:
    random = np.random.default_rng(1)
    letters = np.unique(random.integers(1, 27, (count, 8)), axis=0)
    lexicon = Lexicon([*letters.tolist(), [1, 2, 3]], counts=[*random.integers(1, 9, len(letters)).tolist(), 5])

    decoded = lexicon_search(frames("ab-c", peak=0.98), lexicon=lexicon, prior_weight=0.1, budget=60)

    assert decoded[0][0].labels.tolist() == [1, 2, 3]
    assert decoded.proved.tolist() == [True]
