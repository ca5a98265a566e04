"""Lines drawn a second: what training on drawn lines costs one core."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.rendering.fonts import find_faces
from ocrkit.drawing.rendering.render import render_line
from ocrkit.drawing.rendering.typesetting import Typesetting
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
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
@pytest.mark.parametrize(("charset", "words"), [("malayalam", (1, 1)), ("malayalam", (1, 8)), ("english", (1, 8))])
def test_lines_are_drawn(benchmark: BenchmarkFixture, charset: str, words: tuple[int, int], degrade: float) -> None:
    options = SyntheticOptions(count=COUNT, line_words=words, degrade=degrade)
    samples = Synthetic(shipped_charset(charset), options, seed=1)
    benchmark.extra_info["lines"] = COUNT

    assert benchmark(_draw, samples) == COUNT


@pytest.mark.parametrize(
    "typesetting", [Typesetting(), Typesetting(tracking=0.1, jitter=0.02, pressure=0.5)], ids=["run", "letters"]
)
def test_one_line_is_set(benchmark: BenchmarkFixture, typesetting: Typesetting) -> None:
    face = next(face for face in find_faces() if face.family == "Rachana")
    rng = np.random.default_rng(1)

    line = benchmark(render_line, "സാധാരണ കാലങ്ങളിൽ വളരെ", face, 30, typesetting=typesetting, rng=rng)

    assert line.shape[1] > 10 * 30


@pytest.mark.parametrize("charset", ["malayalam", "english"])
def test_texts_are_composed(benchmark: BenchmarkFixture, charset: str) -> None:
    samples = Synthetic(shipped_charset(charset), SyntheticOptions(count=1000), seed=1)

    texts = benchmark(lambda: [sample.text for sample in samples])

    assert len(set(texts)) > 900
