"""Crops of pages, and their maps."""

from __future__ import annotations

import block_pages
import numpy as np
import pytest

from ocrkit.segmentation.line_truth import truths_of_lines
from ocrkit.segmentation.maps import MAPS
from ocrkit.training.segmenting.crops import Crops, cut_crops
from ocrkit.training.segmenting.pages import TrainingPage
from ocrkit.training.segmenting.wear import shown_through, worn

ROWS = [60, 120, 180]


@pytest.fixture(scope="module")
def page() -> TrainingPage:
    grey = block_pages.block_page(ROWS)
    lines = truths_of_lines([block_pages.block_line(number, row) for number, row in enumerate(ROWS)], grey)
    return TrainingPage(255 - grey, lines, None, None, 12.0)


def cut(page: TrainingPage, count: int = 8, *, seed: int = 1, wear: bool = False) -> Crops:
    rng = np.random.default_rng(seed)
    return cut_crops(page, rng, count=count, size=128, x_heights=(6, 14), wear=wear)


def test_the_ink_of_a_crop_lies_on_its_body_whatever_the_scale_and_angle(page: TrainingPage) -> None:
    crops = cut(page, 16)
    body = crops.maps[:, MAPS.index("body")] / 255
    ink = crops.ink.reshape(16, 64, 2, 64, 2).mean((2, 4)) / 255
    shared = {
        (down, right): float((np.roll(body, (down, right), (1, 2)) * ink)[:, 8:-8, 8:-8].sum())
        for down in range(-4, 5)
        for right in (-4, 0, 4)
    }

    best = max(shared, key=lambda shift: shared[shift])

    assert abs(best[0]) <= 1
    assert best[1] == 0
    assert (body * ink).sum() > 0.5 * ink.sum()


def test_what_counts_is_kept_in_bits(page: TrainingPage) -> None:
    crops = cut(page)
    weights = np.unpackbits(crops.weights, axis=3)

    assert weights.shape == crops.maps.shape == (8, 7, 64, 64)
    assert weights[:, MAPS.index("baseline")].min() == 1
    assert not np.any(weights[:, MAPS.index("ascender")] & (crops.maps[:, MAPS.index("ascender")] == 0))


def test_the_same_chance_cuts_the_same_crops(page: TrainingPage) -> None:
    first, second, other = cut(page, wear=True), cut(page, wear=True), cut(page, seed=2, wear=True)

    assert np.array_equal(first.ink, second.ink)
    assert np.array_equal(first.maps, second.maps)
    assert not np.array_equal(first.ink, other.ink)


def test_a_page_smaller_than_a_crop_stands_on_paper(page: TrainingPage) -> None:
    small = TrainingPage(page.ink[:70, :100], [], None, None, 12.0)

    crops = cut(small)

    assert crops.ink[:, 100:].max() == 0
    assert crops.maps[:, MAPS.index("baseline")].max() == 0


def test_what_shows_through_is_no_text_where_it_is_seen() -> None:
    ink, other = np.zeros((20, 60), np.uint8), np.zeros((20, 60), np.uint8)
    ink[:, 10:20] = 255
    other[:, 15:30] = 255

    found, seen = shown_through(ink, other, np.random.default_rng(1))

    assert np.array_equal(found[:, 10:20], ink[:, 10:20])
    assert 30 < found[10, 25] < 220
    assert found[:, 40:].max() == 0
    assert seen[:, 22:28].all()
    assert not seen[:, 10:20].any()
    assert not seen[:, 40:].any()


def test_wear_leaves_the_crop_it_is_given(page: TrainingPage) -> None:
    ink = page.ink[:64, :64].copy()

    for seed in range(20):
        assert worn(ink, np.random.default_rng(seed)).shape == (64, 64)

    assert np.array_equal(ink, page.ink[:64, :64])
