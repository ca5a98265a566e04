"""How long readers take for the same lines on one thread, and what they read: ocrkit beside Tesseract and rapidocr.

``PYTHONPATH=benchmarks python -m reading_contest FOLDER …`` reads each labelled folder with each of ``--readers`` in
turns, ``--turns`` times, each time in a process of its own for the whole folder. Without a folder, it draws lines. It
prints, for each set and reader, the error rate, CPU and wall time of the whole process a line, and the CPU time a line
less what the process takes for one line alone, all medians, with ratios to the reader named last.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reading_contest.readers import reader

from ocrkit.plugin.charset_expression import resolve_charset
from ocrkit.plugin.datasets import open_samples
from ocrkit.text.metrics import count_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reading_contest.readers import Outcome, Reader

_DRAWN = 60  # lines
_HEAD = "| {:24} | {:34} | {:>6} | {:>6} | {:>9} | {:>5} | {:>9} | {:>5} | {:>9} |"


@dataclass(frozen=True)
class Row:
    """What a reader made of a set: an error rate, the share of lines without an error, and ms a line."""

    reader: str
    cer: float
    exact: float
    cpu: float
    net: float
    wall: float


def main() -> None:
    """Read in turns, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", help="labelled lines; without any, drawn ones")
    parser.add_argument("--readers", nargs="+", default=["ocrkit:malayalam", "ocrkit:malayalam-fast", "tesseract:mal"])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--most", type=int, default=0, help="lines of each folder, evenly taken; 0 for all")
    parser.add_argument("--charset", default="malayalam+english+ascii", help="in whose normal form texts are compared")
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--alphanumeric", action="store_true", help="compare letters A-Z, a-z and digits alone")
    parser.add_argument("--rapidocr", default="python", help="the Python of an environment that has rapidocr")
    asked = parser.parse_args()
    readers = [reader(spelled, rapidocr=asked.rapidocr) for spelled in asked.readers]
    names = ("set, lines", "reader", "CER", "exact", "CPU ms", "ratio", "less 1st", "ratio", "wall ms")
    print(_HEAD.format(*names), _HEAD.format("---", "---", *["--:"] * 7), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as drawn:
        for folder in asked.folders or [_draw(Path(drawn) / "drawn")]:
            images, texts = _labelled(folder, asked.most)
            rows = [_row(each, texts, asked) for each in _in_turns(readers, images, asked.turns)]
            last = rows[-1]
            for row in rows:
                where = f"{Path(folder).name}, {len(images)}" if row is rows[0] else ""
                print(
                    _HEAD.format(
                        where, row.reader, f"{row.cer:.4f}", f"{row.exact:.3f}", f"{row.cpu:.1f}",
                        f"{row.cpu / last.cpu:.2f}", f"{row.net:.1f}", f"{row.net / last.net:.2f}", f"{row.wall:.1f}",
                    ),
                    flush=True,
                )  # fmt: skip


@dataclass(frozen=True)
class Turns:
    """A reader's processes: for one line, and for all of them."""

    reader: Reader
    first: list[Outcome]
    whole: list[Outcome]


def _in_turns(readers: Sequence[Reader], images: list[str], turns: int) -> list[Turns]:
    found = [Turns(each, [], []) for each in readers]
    for _ in range(turns):
        for each in found:
            each.first.append(each.reader.read(images[:1]))
            each.whole.append(each.reader.read(images))
    return found


def _row(turns: Turns, texts: list[str], asked: argparse.Namespace) -> Row:
    read = turns.whole[-1].texts
    charset = resolve_charset(asked.charset)
    pairs = zip(texts, read, strict=True)
    errors = count_errors(pairs, charset=charset, ignore_case=asked.ignore_case, alphanumeric=asked.alphanumeric)
    cpu = statistics.median(each.cpu for each in turns.whole)
    first = statistics.median(each.cpu for each in turns.first)
    wall = statistics.median(each.wall for each in turns.whole)
    a_line = 1000 / len(texts)
    net = (cpu - first) * 1000 / max(1, len(texts) - 1)
    return Row(turns.reader.name, errors.cer, errors.exact, cpu * a_line, net, wall * a_line)


def _labelled(folder: str, most: int) -> tuple[list[str], list[str]]:
    samples = [sample for sample in open_samples(folder) if isinstance(sample.image, Path)]
    if most and len(samples) > most:
        samples = [samples[place * len(samples) // most] for place in range(most)]
    return [str(sample.image) for sample in samples], [sample.text or "" for sample in samples]


def _draw(folder: Path) -> str:
    options = ("--count", str(_DRAWN), "--line-words", "1-8", "--degrade", "0.5", "--workers", "0")
    subprocess.run([sys.executable, "-m", "ocrkit", "data", "synth", "-o", str(folder), *options], check=True)
    return str(folder)


if __name__ == "__main__":
    main()
