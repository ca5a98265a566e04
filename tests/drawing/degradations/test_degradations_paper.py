from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.drawing.degradations.paper import show_through, stain, texture, watermark

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Degradation, Picture

SEEDS = range(10)


@pytest.mark.parametrize(("darken", "share"), [(stain, 0.45), (show_through, 0.45), (watermark, 0.4)])
@pytest.mark.parametrize("seed", SEEDS)
def test_paper_darkens_by_no_more_than_said(darken: Degradation, share: float, seed: int, bars: Picture) -> None:
    darker = darken(bars, np.random.default_rng(seed), 1.0)

    assert (darker <= bars).all()
    assert darker[bars == 255].min() >= 255 * (1 - share) - 2


def test_the_back_of_the_page_is_the_line_mirrored() -> None:
    # A flag: its pole at the left, so that the mirrored one has it at the right.
    front = np.full((40, 120), 255, np.uint8)
    front[10:30, 20:24] = 0
    front[10:18, 24:60] = 0

    behind = show_through(front, np.random.default_rng(2), 1.0).astype(float)

    ghost = np.where(front == 0, 0.0, 255 - behind)
    columns = np.roll(ghost.sum(axis=0), -int(ghost.sum(axis=0).argmin()))
    tallest = int(columns.argmax())
    inked = np.flatnonzero(columns > 0.2 * columns.max())
    assert tallest > inked.mean()


@pytest.mark.parametrize("seed", SEEDS)
def test_texture_is_rough_and_the_strokes_stay(seed: int, bars: Picture) -> None:
    rough = texture(bars, np.random.default_rng(seed), 1.0)

    assert 1 < rough[bars == 255].std() < 15
    assert rough[bars == 0].max() < 100 < rough[bars == 255].min()


def test_blank_paper_bears_no_trace_of_a_back(paper: Picture) -> None:
    assert np.array_equal(show_through(paper, np.random.default_rng(1), 1.0), paper)
