"""Lines drawn a second: what training on drawn lines costs one core."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocrkit.data.synthetic import Synthetic, SyntheticOptions
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

COUNT = 200


def _draw(samples: Synthetic) -> int:
    drawn = 0
    for sample in samples:
        assert not isinstance(sample.image, Path)
        drawn += sample.image().height >= 10
    return drawn


@pytest.mark.parametrize("degrade", [0.0, 0.5])
@pytest.mark.parametrize(("charset", "words"), [("malayalam", (1, 1)), ("malayalam", (1, 6)), ("english", (1, 6))])
def test_lines_are_drawn(benchmark: BenchmarkFixture, charset: str, words: tuple[int, int], degrade: float) -> None:
    options = SyntheticOptions(count=COUNT, line_words=words, degrade=degrade)
    samples = Synthetic(shipped_charset(charset), options, seed=1)
    benchmark.extra_info["lines"] = COUNT

    assert benchmark(_draw, samples) == COUNT


@pytest.mark.parametrize("charset", ["malayalam", "english"])
def test_texts_are_composed(benchmark: BenchmarkFixture, charset: str) -> None:
    samples = Synthetic(shipped_charset(charset), SyntheticOptions(count=1000), seed=1)

    texts = benchmark(lambda: [sample.text for sample in samples])

    assert len(set(texts)) > 900
