"""Lexicon search and the building of its trie, on seeded posteriors and a seeded lexicon.

Run it with ``pytest benchmarks/bench_lexicon.py --benchmark-only``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.ctc import Lexicon, greedy, lexicon_search

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LINES = 200
FRAMES = 32


class Letters:
    """The blank and the letters a to z."""

    symbols = ("", *LETTERS)

    def normalize(self, text: str) -> str:
        return text


def synthetic_words(count: int) -> list[str]:
    """`count` distinct words of 3 to 12 letters, each letter drawn by the one before it, as in a language."""
    rng = np.random.default_rng(20)
    following = rng.dirichlet(np.full(len(LETTERS), 0.15), size=len(LETTERS)).cumsum(axis=1)
    words: dict[str, None] = {}
    while len(words) < count:
        lengths = np.clip(rng.poisson(7, count), 3, 12)
        letters = np.empty((count, 12), int)
        letters[:, 0] = rng.integers(0, len(LETTERS), count)
        for place in range(1, 12):
            drawn = rng.random(count)[:, None] > following[letters[:, place - 1]]
            letters[:, place] = np.minimum(drawn.sum(axis=1), len(LETTERS) - 1)
        spelled = np.array(list(LETTERS))[letters]
        words.update(dict.fromkeys("".join(row[:length]) for row, length in zip(spelled, lengths, strict=True)))
    return list(words)[:count]


def written(words: list[str], noise: float) -> NDArray[np.float32]:
    """(lines, FRAMES, labels) log-probs of networks that saw `words`, less sure of it the more the noise."""
    rng = np.random.default_rng(21)
    logits = rng.normal(scale=noise, size=(len(words), FRAMES, len(LETTERS) + 1))
    logits[:, :, 0] += 4.0
    for row, word in zip(logits, words, strict=True):
        starts = np.linspace(1, FRAMES - 1, len(word) + 1).astype(int)
        for letter, (begin, end) in zip(word, pairwise(starts), strict=True):
            row[begin : max(begin + 1, end - 1), LETTERS.index(letter) + 1] += 6.0
    logits -= np.log(np.exp(logits).sum(axis=2, keepdims=True))
    return logits.astype(np.float32)


@pytest.fixture(scope="module")
def words() -> list[str]:
    return synthetic_words(100_000)


@pytest.mark.parametrize("size", [1_000, 100_000])
@pytest.mark.parametrize("noise", [1.0, 1.4], ids=["clean", "noisy"])
def test_lexicon_search(benchmark: BenchmarkFixture, words: list[str], size: int, noise: float) -> None:
    lexicon = Lexicon.from_words(words[:size], Letters())
    spoken = [words[i] for i in np.random.default_rng(22).integers(0, size, LINES)]
    log_probs = written(spoken, noise)

    decoded = lexicon_search(log_probs, lexicon=lexicon, threads=1)
    read = decoded.texts(Letters.symbols)
    assert decoded.proved.all()
    # What was written is in the lexicon, so nothing found scores less; and a lexicon makes no reading worse.
    truth = lexicon_search(log_probs, lexicon=Lexicon.from_words(spoken, Letters()), threads=1)
    assert (decoded.scores >= truth.scores - 1e-4).all()
    exact = np.mean([got == word for got, word in zip(read, spoken, strict=True)])
    guessed = greedy(log_probs).texts(Letters.symbols)
    assert exact >= np.mean([got == word for got, word in zip(guessed, spoken, strict=True)])

    benchmark.extra_info.update(exact=float(exact), lines=LINES)
    benchmark(lexicon_search, log_probs, lexicon=lexicon, threads=1)


def test_building_a_lexicon_from_words(benchmark: BenchmarkFixture, words: list[str]) -> None:
    lexicon = Lexicon.from_words(words, Letters())
    assert len(lexicon) == len(words)
    assert "".join(Letters.symbols[label] for label in lexicon.labels(4321)) == words[4321]

    benchmark(Lexicon.from_words, words, Letters())


def test_opening_a_saved_lexicon(benchmark: BenchmarkFixture, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "words.lexicon"
    Lexicon.from_words(words, Letters()).save(path)
    assert Lexicon.open(path, verify=True).labels(4321).tolist() == [Letters.symbols.index(c) for c in words[4321]]

    benchmark(Lexicon.open, path)


def test_rejecting_words_that_are_in_no_lexicon(benchmark: BenchmarkFixture, words: list[str]) -> None:
    lexicon = Lexicon.from_words(words[:1_000], Letters())
    log_probs = written(words[50_000 : 50_000 + LINES], noise=1.0)
    decoded = lexicon_search(log_probs, lexicon=lexicon, reject_below=5.0, threads=1)
    assert decoded.proved.all()
    # What is kept is no more than 5 nats below greedy's labelling; most other words are much further off.
    kept = np.diff(decoded.line_offsets) == 1
    floors = greedy(log_probs, rescore=True).acoustic_scores - 5.0
    assert (decoded.acoustic_scores >= floors[kept]).all()
    assert kept.mean() < 0.2

    benchmark.extra_info["lines"] = LINES
    benchmark(lexicon_search, log_probs, lexicon=lexicon, reject_below=5.0, threads=1)
