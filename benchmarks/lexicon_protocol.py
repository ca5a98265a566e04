"""A row of the table in docs/lexicon-protocol.md: a model on scene words, without a list, with 50 and with 1,000 words.

Run as ``python benchmarks/lexicon_protocol.py DATA --model MODEL --words FILE``. The set's own lists, ``small`` and
``medium``, are taken where it has them; else lists are made from ``--words`` as ``ocrkit data lexicons`` does it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.list_making import make_lists, read_words
from ocrkit.evaluation import evaluate
from ocrkit.plugin.datasets import open_samples
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample

SIZES = (50, 1000)
OWN = ("small", "medium")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--model", default=None)
    parser.add_argument("--words", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--name", default=None, help="what the row calls the model")
    asked = parser.parse_args()
    samples = open_samples(asked.data)
    reader = Recognizer.load(asked.model)
    with tempfile.TemporaryDirectory() as folder:
        lists = lists_of(samples, asked.words, asked.seed, Path(folder) / "lists.jsonl")
        results = [evaluate(reader, samples, lexicons=name, ignore_case=True, alphanumeric=True) for name in lists]
    whose = "the set's own" if lists == list(OWN) else "self-made"
    exact = [f"{percent(result.exact)} ({', '.join(map(percent, result.exact_interval))})" for result in results]
    nearest = [percent(result.lexicons.nearest.exact) for result in results if result.lexicons]
    plain = results[0].lexicons.greedy if results[0].lexicons else None
    none = f"{percent(plain.exact)} ({', '.join(map(percent, plain.exact_interval))})" if plain else ""
    name = asked.name or f"`{asked.model}`"
    print("| model | words | lists | 50 | 1k | none | nearest, 50 | nearest, 1k |")
    print("|---|--:|---|--:|--:|--:|--:|--:|")
    print("| " + " | ".join([name, str(results[0].count), whose, *exact, none, *nearest]) + " |")


def lists_of(samples: Sequence[Sample], words: Path | None, seed: int, path: Path) -> list[str]:
    """The names of the set's own lists, or those of a file made here."""
    if set(OWN) <= set(samples[0].lexicons):
        return list(OWN)
    drawn_from = None if words is None else read_words(words)
    source = "" if words is None else words.name
    lines = make_lists(samples, SIZES, words=drawn_from, seed=seed, source=source)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return [f"{path}#lexicon_{size}" for size in SIZES]


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    main()
