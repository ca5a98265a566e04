"""How often a hard text search gives less than a beam of 1,000 without a cut finds, and what it takes.

    python benchmarks/text_search_misses.py FOLDER [--write FILE] [--against FILE] [--lines N]

FOLDER holds ``word_real.npz``, ``word.npz``, ``mal.npz`` and ``line.npz`` (those that are there are measured) with
``log_probs`` (N, T, V), ``lengths``, ``labels`` (texts) and ``alphabet`` (label k + 1 is its k-th symbol, 0 the blank),
and the word lists ``lexicon_100k.txt``, ``lexicon_mal.txt`` and ``lexicon_line.txt``. Of each, lexicons of 18, 1,000
and 100,000 words are tried, with the lines' own words in them and without, and what may part words: nothing, the space,
the symbols of Unicode's categories Z, P and S. Without separators a line's own word is the whole of it.

A line is missed where the search with default options is worse by over 0.1 nats than the wide beam. ``--write`` keeps
scores and times; ``--against`` compares with those that another version wrote for the same lines: its wide beam is then
the reference too, and its time the one that the ratio is of.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.ctc import Lexicon, text_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

WORD_LISTS = {
    "word_real": "lexicon_100k.txt",
    "word": "lexicon_100k.txt",
    "mal": "lexicon_mal.txt",
    "line": "lexicon_line.txt",
}
SIZES = [18, 1_000, 100_000]
LITTLE = 0.1  # nats
WIDE: dict[str, Any] = {"beam_width": 1_000, "token_cut": 0.0}
CATEGORIES = {"none": "", "space": "Z", "ZPS": "ZPS"}
IN_WORDS = "'"  # a separator that the lists' words hold too


@dataclass(frozen=True)
class Lines:
    """Lines of one file, and all words that their alphabet can spell."""

    log_probs: NDArray[np.float32]
    lengths: NDArray[np.int64]
    texts: list[str]
    alphabet: list[str]
    words: list[str]

    def separators(self, kind: str) -> list[int]:
        """The labels that may part words."""
        wanted = CATEGORIES[kind]
        return [
            label for label, symbol in enumerate(self.alphabet, start=1) if unicodedata.category(symbol)[0] in wanted
        ]

    def own_words(self, line: int, kind: str) -> list[str]:
        """The entries that a line's text needs."""
        parting = {self.alphabet[label - 1] for label in self.separators(kind)} - {IN_WORDS}
        plain = "".join(" " if symbol in parting else symbol for symbol in self.texts[line])
        words = plain.split(" ") if parting else [plain]
        return [word for word in words if word.strip(IN_WORDS)]


@cache
def read(folder: Path, name: str, most: int) -> Lines:
    """The first `most` lines of a file."""
    with np.load(folder / f"{name}.npz") as file:
        alphabet = [str(symbol) for symbol in file["alphabet"]]
        known = set(alphabet)
        listed = dict.fromkeys((folder / WORD_LISTS[name]).read_text(encoding="utf-8").splitlines())
        return Lines(
            log_probs=file["log_probs"][:most].astype(np.float32),
            lengths=file["lengths"][:most].astype(np.int64),
            texts=[str(text) for text in file["labels"][:most]],
            alphabet=alphabet,
            words=[word for word in listed if word and known.issuperset(word)],
        )


def lexicons(lines: Lines, kind: str, size: int, present: bool) -> Iterator[tuple[list[int], list[str]]]:
    """Groups of lines, each with `size` words, which hold all of the lines' own or none; small lists need several."""
    chosen = random.Random(0)
    own = [lines.own_words(line, kind) for line in range(len(lines.texts))]
    gone = {word for words in own for word in words}
    others = [word for word in lines.words if word not in gone]
    if not present:
        yield list(range(len(own))), chosen.sample(others, min(size, len(others)))
        return
    group: list[int] = []
    words: dict[str, None] = {}
    for line, mine in enumerate(own):
        if group and len({*words, *mine}) > size:
            yield group, filled(words, others, size, chosen)
            group, words = [], {}
        group.append(line)
        words.update(dict.fromkeys(mine))
    yield group, filled(words, others, size, chosen)


def filled(words: dict[str, None], others: list[str], size: int, chosen: random.Random) -> list[str]:
    """The words, and others up to `size`."""
    return [*words, *chosen.sample(others, min(len(others), max(0, size - len(words))))]


def search(lines: Lines, kind: str, size: int, present: bool, *, wide: bool = False) -> tuple[list[float], float]:
    """Each line's best score, -inf where there is none, and seconds of process time."""
    scores: dict[int, float] = {}
    seconds = 0.0
    label = {symbol: number for number, symbol in enumerate(lines.alphabet, start=1)}
    for group, words in lexicons(lines, kind, size, present):
        lexicon = Lexicon([[label[symbol] for symbol in word] for word in words])
        log_probs, lengths = lines.log_probs[group], lines.lengths[group]
        start = time.process_time()
        found = text_search(
            log_probs, lengths, lexicon=lexicon, separators=lines.separators(kind), threads=1, **(WIDE if wide else {})
        )
        seconds += time.process_time() - start
        scores.update(
            {line: float(best[0].score) if best else -np.inf for line, best in zip(group, found, strict=True)}
        )
    return [scores[line] for line in range(len(lines.texts))], seconds


def cases(folder: Path, most: int) -> Iterator[tuple[str, Lines, str, int, bool]]:
    """Every file, parting of words, size, and whether the lines' own words are listed."""
    for name in WORD_LISTS:
        if not (folder / f"{name}.npz").exists():
            continue
        lines = read(folder, name, most)
        kinds = {tuple(lines.separators(kind)): kind for kind in reversed(CATEGORIES)}
        for kind in reversed(kinds.values()):
            for size in SIZES:
                for present in (True, False):
                    yield name, lines, kind, size, present


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=10**9, help="lines of each file, at most")
    parser.add_argument("--write", type=Path, help="keep scores and times here")
    parser.add_argument("--against", type=Path, help="scores and times of another version")
    chosen = parser.parse_args()
    before = json.loads(chosen.against.read_text()) if chosen.against else {}
    kept = {}
    print("| lines | parted by | words | listed | missed | by at most | better | us a line | wide beam's | ratio |")
    print("|---|---|--:|---|--:|--:|--:|--:|--:|--:|")
    for name, lines, kind, size, present in cases(chosen.folder, chosen.lines):
        key = f"{name} {kind} {size} {present}"
        scores, seconds = search(lines, kind, size, present)
        old = before.get(key)
        wide, wide_seconds = (
            (old["wide"], old["wide_seconds"]) if old else search(lines, kind, size, present, wide=True)
        )
        kept[key] = {"seconds": seconds, "wide": wide, "wide_seconds": wide_seconds}
        with np.errstate(invalid="ignore"):
            gap = np.nan_to_num(np.array(wide) - np.array(scores), nan=0.0)
        count = len(gap)
        ratio = f"{seconds / old['seconds']:.2f}" if old else ""
        print(
            f"| {name}, {count} | {kind} | {size:,} | {'yes' if present else 'no'} | {(gap > LITTLE).mean():.2%} "
            f"| {max(gap.max(), 0.0):.1f} | {(gap < -LITTLE).mean():.2%} | {seconds / count * 1e6:,.0f} "
            f"| {wide_seconds / count * 1e6:,.0f} | {ratio} |",
            flush=True,
        )
        if chosen.write:
            chosen.write.write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
