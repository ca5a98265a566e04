"""Words and sentences drawn from a seed, and a word bigram model of them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DISCOUNT = 0.75


def synthetic_words(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """`count` distinct words of 2 to 12 letters, each letter drawn by the one before it, as in a language."""
    following = rng.dirichlet(np.full(len(LETTERS), 0.15), size=len(LETTERS)).cumsum(axis=1)
    words: dict[str, None] = {}
    while len(words) < count:
        lengths = np.clip(rng.poisson(7, count), 2, 12)
        letters = np.empty((count, 12), int)
        letters[:, 0] = rng.integers(0, len(LETTERS), count)
        for place in range(1, 12):
            passed = rng.random(count)[:, None] > following[letters[:, place - 1]]
            letters[:, place] = np.minimum(passed.sum(axis=1), len(LETTERS) - 1)
        spelled = np.array(list(LETTERS))[letters]
        words.update(dict.fromkeys("".join(row[:length]) for row, length in zip(spelled, lengths, strict=True)))
    return tuple(words)[:count]


@dataclass(frozen=True, slots=True)
class SyntheticText:
    """A vocabulary, and sentences of its words for a language model."""

    words: tuple[str, ...]
    sentences: tuple[str, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator, *, words: int, sentences: int) -> SyntheticText:
        """Words as frequent as in a language, by Zipf's law, each followed by some more readily than by others."""
        vocabulary = cls(synthetic_words(words, rng), ())
        drawn = tuple(vocabulary.sentence(rng, characters=(30, 70)) for _ in range(sentences))
        return cls(vocabulary.words, drawn)

    def sentence(self, rng: np.random.Generator, *, characters: tuple[int, int]) -> str:
        """Words with a space between two, of so many characters at least and at most."""
        wanted = int(rng.integers(*characters, endpoint=True))
        place = self._rank(rng)
        chosen = [self.words[place]]
        while True:
            # Half of the time the next word is one of eight that go with this one.
            place = (place * 31 + self._rank(rng) % 8 + 1) % len(self.words) if rng.random() < 0.5 else self._rank(rng)
            longer = [*chosen, self.words[place]]
            if len(" ".join(longer)) > wanted:
                return " ".join(chosen)
            chosen = longer

    def _rank(self, rng: np.random.Generator) -> int:
        return int(len(self.words) ** rng.random()) - 1


def write_bigrams(path: Path, sentences: tuple[str, ...]) -> None:
    """Write a word bigram model in ARPA format: absolute discounting, backing off to the words' own frequencies.

    Source: Ney, Essen and Kneser 1994, "On structuring probabilistic dependences in stochastic language modelling".
    """
    units = [["<s>", *sentence.split(), "</s>"] for sentence in sentences]
    pairs = Counter(pair for line in units for pair in pairwise(line))
    words = Counter(word for line in units for word in line[1:])
    begun: Counter[str] = Counter()
    followers: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    total = sum(words.values()) + 1  # one for the unknown word
    for (first, second), count in pairs.items():
        begun[first] += count
        followers[first] += 1
        covered[first] += words[second]
    rows = ["", "\\data\\", f"ngram 1={len(words) + 2}", f"ngram 2={len(pairs)}", "", "\\1-grams:"]
    rows.append(f"{-math.log10(total):.6f}\t<unk>\t0")
    for word in ["<s>", *sorted(words)]:
        left = DISCOUNT * followers[word] / begun[word] if begun[word] else 1.0
        back_off = math.log10(left / (1 - covered[word] / total))
        own = math.log10(words[word] / total) if words[word] else -99.0
        rows.append(f"{own:.6f}\t{word}" + (f"\t{back_off:.6f}" if word != "</s>" else ""))
    rows += ["", "\\2-grams:"]
    for (first, second), count in sorted(pairs.items()):
        rows.append(f"{math.log10((count - DISCOUNT) / begun[first]):.6f}\t{first} {second}")
    path.write_text("\n".join([*rows, "", "\\end\\", ""]), "utf-8")
