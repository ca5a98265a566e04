"""ONNX Runtime beside torch: start, time of a line, memory, and whether both read the same, for docs/onnx.md.

``python benchmarks/onnx_beside_torch.py MODEL SET... [--lines N] [--threads 1 2] [--turns 3] [OPTION...]``, where the
options that are not its own go to ``ocrkit decode``: ``--lexicon words.txt --out-of-lexicon 1``, or ``--precision
float32``. Each reading is a process of its own, and both engines take turns; what is told is the least of the turns, in
seconds of computing, as a loaded machine leaves them alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from own_process import run_on

from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNTIMES = ("torch", "onnx")


@dataclass(frozen=True)
class _Taken:
    """Seconds of computing for the first line and for all, bytes at the most, and the texts."""

    first: float
    whole: float
    memory: int
    texts: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    asked, options = _parser().parse_known_args(arguments)
    print("| set, lines | threads | by | start, s | a line, ms | memory, MB | lines that differ |")
    print("|---|--:|---|--:|--:|--:|--:|")
    for place in asked.sets:
        images = _images(place, asked.lines)
        for threads in asked.threads:
            taken: dict[str, list[_Taken]] = defaultdict(list)
            for turn in range(asked.turns):
                for runtime in _RUNTIMES if turn % 2 else _RUNTIMES[::-1]:
                    taken[runtime].append(_read(asked.model, runtime, images, threads, options))
            texts = [taken[runtime][0].texts for runtime in _RUNTIMES]
            differ = sum(one != other for one, other in zip(*texts, strict=True))
            for runtime in _RUNTIMES:
                start, line = _costs(taken[runtime], len(images))
                memory = max(each.memory for each in taken[runtime]) / 1e6
                told = f"{Path(place).name}, {len(images)} | {threads} | {runtime} | {start:.2f} | {line:.1f}"
                print(f"| {told} | {memory:.0f} | {differ} |", flush=True)


def _read(model: str, runtime: str, images: list[str], threads: int, options: Sequence[str]) -> _Taken:
    command = [sys.executable, "-m", "ocrkit", "decode", "--model", model, "--runtime", runtime, "--to", "tsv"]
    command += ["--workers", "0", "--device", "cpu", "--threads", str(threads), *options]
    first = run_on(images[:1], command, threads=threads)
    whole = run_on(images, command, threads=threads)
    rows = [row.partition("\t") for row in whole.output.splitlines()]
    if [name for name, _, _ in rows] != images:
        raise RuntimeError(f"{runtime} read {len(rows)} lines of {len(images)}, or others")
    return _Taken(first.cpu, whole.cpu, whole.memory, tuple(text for _, _, text in rows))


def _costs(taken: Sequence[_Taken], lines: int) -> tuple[float, float]:
    """Seconds to start, and milliseconds a line."""
    first, whole = min(each.first for each in taken), min(each.whole for each in taken)
    line = (whole - first) / max(1, lines - 1)
    return max(0.0, first - line), 1e3 * line


def _images(place: str, most: int | None) -> list[str]:
    """The files of a set's lines, spread over it where it has more than are wanted."""
    files = [str(sample.image) for sample in open_samples(place) if isinstance(sample.image, Path)]
    if not files:
        raise SystemExit(f"{place}: its lines are not files of their own")
    count = min(most or len(files), len(files))
    return [files[index * len(files) // count] for index in range(count)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="an installed model that has both forms, or a run's folder")
    parser.add_argument("sets", nargs="+", metavar="SET", help="labelled lines")
    parser.add_argument("--lines", type=int, help="of a set at most")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--turns", type=int, default=3)
    return parser


if __name__ == "__main__":
    main()
