"""What every degradation owes: a picture from any picture, by its generator alone, hardly changed at strength 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ocrkit.drawing.degradations.chain import DEGRADATIONS
from ocrkit.drawing.degradations.picture import soften
from ocrkit.plugin.builtin.augmentations import ocrkit_augmentations
from ocrkit.plugin.testing import check_augmentation

if TYPE_CHECKING:
    from ocrkit.drawing.degradations.picture import Picture
    from ocrkit.plugin.specs import AugmentationSpec

SHAPES = [(1, 1), (2, 2), (1, 50), (14, 1), (5, 5), (8, 500), (60, 700), (300, 20)]
# JPEG moves greys even at its best.
AT_REST = {"compress": 1.0}


def apply(name: str, picture: Picture, strength: float, seed: int = 3) -> Picture:
    return DEGRADATIONS[name](picture, np.random.default_rng(seed), strength)


def pictures_of(shape: tuple[int, int]) -> dict[str, Picture]:
    half = np.full(shape, 255, np.uint8)
    half[:, : shape[1] // 2] = 0
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    return {
        "white": np.full(shape, 255, np.uint8),
        "grey": np.full(shape, 190, np.uint8),
        "black": np.zeros(shape, np.uint8),
        "half": half,
        "noise": noise,
    }


def test_each_degradation_is_offered_to_plugins_under_its_name() -> None:
    assert [spec.name for spec in ocrkit_augmentations()] == [*DEGRADATIONS, "shrink", "cut_out"]


def test_an_offered_degradation_is_the_function_itself(bars: Picture) -> None:
    blur = next(spec for spec in ocrkit_augmentations() if spec.name == "blur")

    degraded = blur.apply(bars, np.random.default_rng(3), 0.7)

    assert np.array_equal(degraded, apply("blur", bars, 0.7))


@pytest.mark.parametrize("spec", list(ocrkit_augmentations()), ids=lambda spec: spec.name)
def test_an_offered_degradation_keeps_the_contract(spec: AugmentationSpec) -> None:
    check_augmentation(spec)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_a_degradation_at_full_strength_shows(name: str, bars: Picture) -> None:
    # Grey edges on grey paper: there is no screen for black and white, and nothing to sharpen.
    scan = soften(bars, 0.8) // 2 + np.uint8(60)

    pictures = [apply(name, scan, 1.0, seed) for seed in range(5)]

    assert any(not np.array_equal(picture, scan) for picture in pictures)


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_a_degradation_writes_to_no_picture_that_it_is_given(name: str, bars: Picture) -> None:
    mine = bars.copy()

    for seed in range(5):
        apply(name, mine, 1.0, seed)

    assert np.array_equal(mine, bars)


@pytest.mark.parametrize("name", DEGRADATIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_picture_of_any_size_and_shade_stays_a_picture(name: str, shape: tuple[int, int]) -> None:
    for picture in pictures_of(shape).values():
        for seed in range(3):
            degraded = apply(name, picture, 1.0, seed)

            assert (degraded.dtype, degraded.ndim) == (np.dtype(np.uint8), 2)
            assert degraded.size
            # A picture may grow by what leans, curls, or is laid about it, and lose a margin.
            assert 0.7 * shape[0] - 1 <= degraded.shape[0] <= 1.6 * shape[0] + 3
            assert 0.4 * shape[1] - 1 <= degraded.shape[1] <= shape[1] + 0.6 * shape[0] + 2


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_without_strength_nothing_moves(name: str, bars: Picture) -> None:
    for picture in [bars, *pictures_of((30, 90)).values()][:-1]:
        resting = apply(name, picture, 0.0)

        assert resting.shape == picture.shape
        assert np.abs(resting.astype(float) - picture).mean() <= AT_REST.get(name, 0.0)


@pytest.mark.parametrize("name", sorted(set(DEGRADATIONS) - {"invert"}))
def test_with_next_to_no_strength_next_to_nothing_moves(name: str, bars: Picture) -> None:
    for seed in range(10):
        hardly = apply(name, bars, 0.02, seed)

        assert hardly.shape == pytest.approx(bars.shape, abs=1)
        rows, columns = (min(pair) for pair in zip(hardly.shape, bars.shape, strict=True))
        assert np.abs(hardly[:rows, :columns].astype(float) - bars[:rows, :columns]).mean() <= 5


@given(
    picture=arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40)),
    strength=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=40, deadline=None)
def test_whatever_the_picture_strength_and_seed_a_picture_comes(picture: Picture, strength: float, seed: int) -> None:
    for name in DEGRADATIONS:
        degraded = apply(name, picture, strength, seed)

        assert (degraded.dtype, degraded.ndim) == (np.dtype(np.uint8), 2)
        assert degraded.size
        assert np.array_equal(degraded, apply(name, picture, strength, seed))


@pytest.mark.parametrize("name", sorted(set(DEGRADATIONS) - {"invert"}))
def test_ink_remains_at_full_strength(name: str, bars: Picture) -> None:
    """By a proxy for legibility: columns of strokes stay darker than those between them."""
    before = (255.0 - bars).sum()

    for seed in range(10):
        degraded = apply(name, bars, 1.0, seed).astype(float)
        middle = degraded[degraded.shape[0] // 3 : degraded.shape[0] * 2 // 3]
        across = middle.mean(axis=0)

        assert np.percentile(across, 90) - np.percentile(across, 10) > 25
        assert (degraded.max() - degraded).sum() > 0.35 * before
