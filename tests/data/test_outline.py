"""Masks of polygons, held to Pillow's own, and their time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocrkit.data import outline
from ocrkit.data.outline import is_box, is_flat, polygon_mask


def pillows(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon([tuple(point) for point in points.tolist()], fill=255, outline=255)
    return np.asarray(mask)


@pytest.mark.parametrize("seed", range(20))
def test_a_polygon_covers_what_pillow_fills(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-20, 220, (rng.integers(3, 60), 2)) * [1, 0.4]

    assert np.array_equal(np.asarray(polygon_mask(points, (200, 80))), pillows(points, (200, 80)))


@pytest.mark.parametrize("seed", range(10))
def test_counting_edges_covers_the_same_but_for_pixels_on_the_edge(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "_MANY", 0)
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    points = np.stack([100 + 85 * np.cos(angles), 50 + 35 * np.sin(angles)], axis=1)

    counted, filled = np.asarray(polygon_mask(points, (200, 100))), pillows(points, (200, 100))

    assert np.count_nonzero(counted != filled) <= 30  # of some 280 on the edge
    shrunk = (points - points.mean(0)) * 0.9 + points.mean(0)
    assert np.all(counted[pillows(shrunk, (200, 100)) > 0] == 255)


def test_edges_beyond_the_picture_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "_MANY", 0)
    around = np.array([(-1000.0, -1000.0), (1000, -1000), (1000, 1000), (-1000, 1000)])

    assert np.asarray(polygon_mask(around, (7, 5))).min() == 255
    assert np.asarray(polygon_mask(around + np.array([3000, 0]), (7, 5))).max() == 0


@pytest.mark.parametrize("wild", [False, True])
def test_many_points_take_seconds(wild: bool) -> None:
    angles = np.linspace(0, 2 * np.pi, 200_000 if wild else 1_000_000)
    points = np.stack([500 + 490 * np.cos(angles), 30 + 28 * np.sin(angles)], axis=1)
    if wild:
        np.random.default_rng(0).shuffle(points)
    begun = time.process_time()

    assert not is_box(points)
    assert not is_flat(points)
    assert polygon_mask(points, (1000, 60)).getbbox() is not None

    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([(0, 0), (5, 0), (5, 3), (0, 3)], True),
        ([(5, 3), (0, 0), (5, 0), (0, 3), (0, 0)], True),
        ([(0, 0), (5, 0), (5, 3)], False),
        ([(0, 0), (5, 0), (5, 3), (0, 3), (2, 0)], False),
        ([(0, 0), (5, 1), (5, 3), (0, 3)], False),
        ([(0, 0), (5, 0), (5, 0), (0, 0)], False),
    ],
)
def test_a_box_is_four_corners_and_nothing_else(points: list[tuple[int, int]], box: bool) -> None:
    assert is_box(np.array(points, float)) == box


@pytest.mark.parametrize(
    ("points", "flat"),
    [
        ([(1, 1), (9, 1), (5, 1)], True),
        ([(1, 1), (1, 1), (1, 1)], True),
        ([(0, 0), (1, 2), (2, 4), (3, 6)], True),
        ([(0, 0), (9, 1), (9, 0), (0, 1)], False),  # a bow tie, whose signed area is none
    ],
)
def test_what_lies_on_one_line_is_flat(points: list[tuple[int, int]], flat: bool) -> None:
    assert is_flat(np.array(points, float)) == flat
