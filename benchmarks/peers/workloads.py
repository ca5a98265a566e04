"""What is decoded: posteriors simulated from a seed, and those of a folder.

Tensor letters: N lines, T frames, V labels; label 0 is the blank.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from peers.words import SyntheticText, synthetic_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LEXICON_FILES = {100_000: "lexicon_100k.txt", 1_000_000: "lexicon_1m.txt.gz"}


@dataclass(frozen=True, slots=True, eq=False)
class Workload:
    """Posteriors with what is written on their lines.

    Attributes:
        log_probs: (N, T, V) float32, contiguous.
        lengths: (N,) int64 frames that count.
        texts: what is written, N strings.
        symbols: V strings of one character; the blank's is empty.
        vocabulary: the words that lexicons are made of, those written first; empty where lines are no words.
        sizes: how many of them each lexicon takes.
        text: words and sentences for text search, or None.
    """

    name: str
    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64]
    texts: tuple[str, ...]
    symbols: tuple[str, ...]
    vocabulary: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    text: SyntheticText | None = None

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def is_large(self) -> bool:
        return len(self.symbols) > 1000

    def first(self, count: int) -> Workload:
        """Its first lines."""
        return replace(self, log_probs=self.log_probs[:count], lengths=self.lengths[:count], texts=self.texts[:count])

    def lines(self) -> list[NDArray[np.float32]]:
        """Each line's counting frames, (t, V)."""
        return [row[:length] for row, length in zip(self.log_probs, self.lengths, strict=True)]

    def spelled(self, text: str) -> list[int]:
        """A text's labels."""
        numbers = {symbol: label for label, symbol in enumerate(self.symbols)}
        return [numbers[character] for character in text]

    def only(self, numbers: Sequence[int]) -> Workload:
        """The lines of these numbers."""
        chosen = np.asarray(numbers, int)
        texts = tuple(self.texts[number] for number in numbers)
        return replace(self, log_probs=self.log_probs[chosen], lengths=self.lengths[chosen], texts=texts)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a simulated workload is like.

    Attributes:
        lines: N.
        frames: fewest and most frames of a line.
        labels: V.
        characters: fewest and most labels of a text, where it is no word.
    """

    lines: int
    frames: tuple[int, int]
    labels: int
    characters: tuple[int, int] = (0, 0)


SHAPES = {
    "word": Shape(lines=1000, frames=(26, 32), labels=37),
    "mal": Shape(lines=200, frames=(85, 85), labels=81, characters=(12, 38)),
    "line": Shape(lines=150, frames=(128, 256), labels=80),
    "large": Shape(lines=64, frames=(80, 80), labels=6000, characters=(18, 30)),
}
# By how much logits are stretched: on peaked lines, as of a trained network, two to three labels a frame reach a
# thousandth of the likeliest; on flat ones six to eight.
STRETCHING = {"peaked": 1.3, "flat": 1.0}


def simulated(*, seed: int, quick: bool) -> Iterator[Workload]:
    """Every shape, peaked and flat."""
    for number, (name, shape) in enumerate(SHAPES.items()):
        for kind, stretching in STRETCHING.items():
            wanted = replace(shape, lines=min(shape.lines, 16), labels=min(shape.labels, 2000)) if quick else shape
            yield _simulate(f"{name}, {kind}", wanted, stretching, np.random.default_rng([seed, number]), quick=quick)


def _simulate(name: str, shape: Shape, stretching: float, rng: np.random.Generator, *, quick: bool) -> Workload:
    symbols: tuple[str, ...]
    vocabulary: tuple[str, ...] = ()
    text = None
    if name.startswith("word"):
        symbols = ("", *LETTERS)
        vocabulary = synthetic_words(2_000 if quick else 100_000, rng)
        # Lexicons are the first words of the vocabulary: half of the lines are among any thousand of them.
        ranks = np.where(
            rng.random(shape.lines) < 0.5,
            rng.integers(0, 1000, shape.lines),
            rng.integers(0, len(vocabulary), shape.lines),
        )
        ranks[: shape.lines // 8] = rng.integers(0, 50, shape.lines // 8)
        texts = [vocabulary[rank] for rank in ranks]
    elif name.startswith("line"):
        symbols = ("", " ", *LETTERS, *map(chr, range(0xC0, 0xC0 + shape.labels - 2 - len(LETTERS))))
        text = SyntheticText.draw(rng, words=500 if quick else 20_000, sentences=100 if quick else 10_000)
        texts = [text.sentence(rng, characters=(30, 70)) for _ in range(shape.lines)]
    else:
        symbols = ("", *map(chr, range(0x4E00, 0x4E00 + shape.labels - 1)))
        lengths = rng.integers(*shape.characters, size=shape.lines, endpoint=True)
        texts = ["".join(symbols[label] for label in rng.integers(1, shape.labels, length)) for length in lengths]
    numbers = {symbol: label for label, symbol in enumerate(symbols)}
    labels = [np.array([numbers[character] for character in line]) for line in texts]
    frames = rng.integers(*shape.frames, size=shape.lines, endpoint=True)
    frames = np.minimum(np.maximum(frames, [2 * len(line) for line in labels]), shape.frames[1])
    return Workload(
        name=name,
        log_probs=_posteriors(labels, frames, shape.labels, stretching, rng),
        lengths=frames.astype(np.int64),
        texts=tuple(texts),
        symbols=symbols,
        vocabulary=vocabulary,
        sizes=tuple(size for size in (50, 1_000, 100_000) if size <= len(vocabulary)),
        text=text,
    )


def _posteriors(
    lines: Sequence[NDArray[np.int64]],
    frames: NDArray[np.int64],
    label_count: int,
    stretching: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """(N, T, V) log-probabilities as a network gives them: blanks, and between them labels with what looks like them.

    A label reaches 1 or 2 frames with a height of its own, its look-alikes lie some nats below, and in one of ten
    they come near it or exceed it.
    """
    logits = rng.standard_normal((len(lines), int(frames.max()), label_count), dtype=np.float32)
    above = np.log(label_count / 37)  # by so much, all others together weigh more than among 37 labels
    logits[:, :, 0] += above + rng.uniform(8.0, 11.0, logits.shape[:2])
    alike = rng.integers(1, label_count, (label_count, 4))
    for row, labels, length in zip(logits, lines, frames, strict=True):
        begins = np.linspace(0, length, len(labels) + 1).astype(int)
        for label, (begin, end) in zip(labels, pairwise(begins), strict=True):
            # A blank frame is left at the end, which parts equal neighbours.
            first = rng.integers(begin, max(begin + 1, end - 1))
            last = min(first + rng.integers(1, 3), max(end - 1, first + 1))
            height = above + rng.uniform(8.0, 12.0)
            below = rng.normal(1.0, 1.3, 4) if rng.random() < 0.1 else rng.normal(5.0, 1.5, 4)
            row[first:last, 0] = above + rng.normal(2.0, 1.5)
            row[first:last, alike[label]] = np.maximum(row[first:last, alike[label]], height - below)
            row[first:last, label] = height
    logits *= stretching * np.where(rng.random((len(lines), 1, 1)) < 0.1, 0.7, 1.0).astype(np.float32)
    logits -= np.log(np.exp(logits).sum(axis=2, keepdims=True))
    return logits


def read_posteriors(folder: Path, *, quick: bool) -> Iterator[Workload]:
    """The workloads of a folder's .npz files: log_probs (N, T, V), lengths, labels (N texts), alphabet (V - 1).

    Lexicons are made of ``lexicon_100k.txt`` and ``lexicon_1m.txt.gz`` where lines are words without spaces, and text
    search's of ``lexicon_line.txt`` with ``corpus_line.txt`` where the file is named ``line``.
    """
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            count = 16 if quick else None
            log_probs = file["log_probs"][:count].astype(np.float32)
            lengths = file["lengths"][:count].astype(np.int64)
            texts = tuple(map(str, file["labels"][:count]))
            symbols = ("", *map(str, file["alphabet"]))
        workload = Workload(path.stem, log_probs, lengths, texts, symbols)
        if path.stem.startswith("word"):
            workload = replace(workload, **_lexicons(folder, workload, quick=quick))
        elif path.stem == "line" and (folder / "corpus_line.txt").exists():
            words = _words(folder / "lexicon_line.txt")
            sentences = (folder / "corpus_line.txt").read_text("utf-8").splitlines()
            workload = replace(workload, text=SyntheticText(tuple(words), tuple(sentences)))
        yield workload


def _lexicons(folder: Path, workload: Workload, *, quick: bool) -> dict[str, tuple[str, ...] | tuple[int, ...]]:
    """The words on the lines, then those of the largest file: every lexicon is the beginning of the next."""
    known = list(dict.fromkeys(workload.texts))
    sizes = [50, 1_000]
    for size, name in LEXICON_FILES.items():
        if not quick and (folder / name).exists() and (size == 100_000 or workload.name == "word_real"):
            known = list(dict.fromkeys([*known, *_words(folder / name)]))
            sizes.append(size)
    return {"vocabulary": tuple(known), "sizes": tuple(size for size in sizes if size <= len(known))}


def _words(path: Path) -> list[str]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split()
