"""Pictures worn a second by one core, and where the time goes: run as a script, this prints a table.

``python benchmarks/bench_degradations.py`` shows, for words and for lines, how often each degradation comes and what
it costs a call and a picture, at the strength that drawn lines have by default.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.chain import DEGRADATIONS, degrade, plan
from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.render import render_line, size_of

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from ocrkit.drawing.degradations.picture import Picture

COUNT = 400
STRENGTH = 0.5
TEXTS = {"words": "പുസ്തകങ്ങൾ", "lines": "മലയാളത്തിലെ പഴയ പുസ്തകങ്ങൾ വായിക്കുന്ന യന്ത്രം, 1956"}


def pictures_of(text: str) -> list[Picture]:
    """Clean pictures of a text, of letters 10 to 22 px high, in a face that has it."""
    face = next(face for face in find_faces() if face.family == "Manjari" and face.style == "Regular")
    return [render_line(text, face, size_of(face, height)) for height in (10, 12, 14, 16, 19, 22)]


def wear(pictures: list[Picture]) -> int:
    """The number of pictures that came out of ``COUNT``."""
    worn = (degrade(pictures[k % len(pictures)], np.random.default_rng(k), STRENGTH) for k in range(COUNT))
    return sum(picture.shape[0] >= 10 for picture in worn)


@pytest.mark.parametrize("text", TEXTS)
def test_pictures_are_worn(benchmark: BenchmarkFixture, text: str) -> None:
    pictures = pictures_of(TEXTS[text])
    benchmark.extra_info["pictures"] = COUNT

    assert benchmark(wear, pictures) == COUNT


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_a_line_is_worn_by_one(benchmark: BenchmarkFixture, name: str) -> None:
    line = pictures_of(TEXTS["lines"])[3]
    rng = np.random.default_rng(1)

    assert benchmark(DEGRADATIONS[name], line, rng, STRENGTH).dtype == np.uint8


@dataclass
class Spent:
    """Seconds and calls of each degradation, and the seconds of everything."""

    seconds: Counter[str]
    calls: Counter[str]
    whole: float


def profile(pictures: list[Picture]) -> Spent:
    """Where the time of the processor goes while ``COUNT`` pictures are worn."""
    wear(pictures[:1])  # draws the sheets of noise
    began = time.process_time()
    wear(pictures)
    spent = Spent(Counter(), Counter(), time.process_time() - began)
    for k in range(COUNT):
        picture = pictures[k % len(pictures)]
        for planned in plan(np.random.default_rng(k), STRENGTH):
            own = np.random.default_rng(planned.seed)
            started = time.process_time()
            picture = DEGRADATIONS[planned.name](picture, own, planned.amount)
            spent.seconds[planned.name] += time.process_time() - started
            spent.calls[planned.name] += 1
    return spent


def main() -> None:
    for kind, text in TEXTS.items():
        pictures = pictures_of(text)
        spent = profile(pictures)
        pixels = sum(picture.size for picture in pictures) // len(pictures)
        print(f"\n{kind} of {pixels} px on average: {COUNT / spent.whole:.0f} a second")
        print(f"{'degradation':14} {'calls a picture':>16} {'us a call':>10} {'us a picture':>13}")
        for name, seconds in spent.seconds.most_common():
            calls = spent.calls[name]
            print(f"{name:14} {calls / COUNT:16.2f} {1e6 * seconds / calls:10.0f} {1e6 * seconds / COUNT:13.0f}")
        rest = spent.whole - sum(spent.seconds.values())
        print(f"{'drawing plans':14} {1:16.2f} {1e6 * rest / COUNT:10.0f} {1e6 * rest / COUNT:13.0f}")


if __name__ == "__main__":
    main()
