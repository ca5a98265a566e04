"""A model in 8 bits beside the same in floats: what both read, and how much faster one is, for docs/onnx.md.

``python benchmarks/int8_beside_float.py MODEL EIGHT.onnx SET... [--lines N] [--ignore-case NAME...]``. Both read by
ONNX Runtime on one thread, a line at a time and in turns; the speed is the median over the lines of the one's time of
computing in the other's, as a loaded machine leaves that alone. ``NAME`` is a set's as the table has it.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from ocrkit.evaluation import evaluate
from ocrkit.plugin.datasets import open_samples
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrkit.data.records import Sample


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    models = [Recognizer.load(name, runtime="onnx", device="cpu", threads=1) for name in (asked.model, asked.eight)]
    print("| lines | float | 8 bits | times as fast |")
    print("|---|--:|--:|--:|")
    for place in asked.sets:
        name, samples = Path(place).stem, _spread(place, asked.lines)
        ratios = [_ratio(models, sample) for sample in samples]
        told = []
        for model in models:
            found = evaluate(model, samples, ignore_case=name in asked.ignore_case)
            told.append(f"{found.cer:.4f} / {found.exact:.2f}")
        print(f"| {name}, {len(samples)} | {told[0]} | {told[1]} | {median(ratios):.2f} |", flush=True)


def _ratio(models: Sequence[Recognizer], sample: Sample) -> float:
    """How many times as fast the second reads a line, by the least of two turns."""
    least = [float("inf"), float("inf")]
    for _ in range(2):
        for which, model in enumerate(models):
            begun = time.process_time()
            list(model.read([sample]))
            least[which] = min(least[which], time.process_time() - begun)
    return least[0] / least[1]


def _spread(place: str, most: int | None) -> list[Sample]:
    """The samples of a set, spread over it where it has more than are wanted."""
    samples = list(open_samples(place))
    count = min(most or len(samples), len(samples))
    return [samples[index * len(samples) // count] for index in range(count)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="an installed model that has an ONNX form, or such a file")
    parser.add_argument("eight", help="what `ocrkit export MODEL --int8` wrote")
    parser.add_argument("sets", nargs="+", metavar="SET", help="labelled lines")
    parser.add_argument("--lines", type=int, help="of a set at most")
    parser.add_argument("--ignore-case", nargs="+", default=[], metavar="NAME", help="in which case does not count")
    return parser


if __name__ == "__main__":
    main()
