"""The native loops over pages beside their oracle, on pictures of any size, and views of larger ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ink_oracle
import numpy as np
import pytest

import ocrkit._ink as _ink

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPES = ((1, 1), (1, 40), (40, 1), (5, 7), (16, 16), (33, 50), (70, 129))


def picture_of(shape: tuple[int, int], kind: str) -> NDArray[np.uint8]:
    """Strokes, specks or noise on paper that darkens to the right, as a view whose rows lie apart."""
    rng = np.random.default_rng(shape[0] * 1000 + shape[1])
    height, width = shape
    wide = np.linspace(250, 120, width + 5) + rng.integers(-4, 5, (height, width + 5))
    if kind == "strokes":
        ink = (np.arange(width + 5) % 9 < 3) & (np.arange(height)[:, None] % 13 > 4)
        wide = np.where(ink, 0.3 * wide, wide)
    elif kind == "specks":
        wide = np.where(rng.random((height, width + 5)) < 0.3, rng.integers(0, 256, (height, width + 5)), wide)
    elif kind == "noise":
        wide = rng.integers(0, 256, (height, width + 5))
    return wide.astype(np.uint8)[:, 2 : width + 2]


PICTURES = [picture_of(shape, kind) for shape in SHAPES for kind in ("strokes", "specks", "noise", "paper")]


def test_depths_are_the_oracles() -> None:
    for picture in PICTURES:
        depths, counts = _ink.depth(picture, 0.5)

        assert np.abs(depths - ink_oracle.depth(picture, 0.5)).max() <= 0.51
        assert np.array_equal(counts, np.bincount(depths.ravel(), minlength=256))


@pytest.mark.parametrize(("edge", "core"), [(1, 1), (60, 60), (60, 150), (200, 255)])
def test_components_are_the_oracles(edge: int, core: int) -> None:
    for picture in PICTURES:
        runs, components = _ink.components(picture, edge, core, 10**6)
        wanted = ink_oracle.components(picture, edge, core)

        assert ([tuple(run) for run in runs.tolist()], [tuple(one) for one in components.tolist()]) == wanted


@pytest.mark.parametrize("place", [(1, 0, 0, 0, 1, 0), (0.5, 0.1, -3, -0.1, 0.5, 8), (0, -1, 60, 1, 0, 0)])
def test_rasters_are_the_oracles(place: tuple[float, ...]) -> None:
    for picture in PICTURES:
        runs, components = _ink.components(picture, 100, 100, 10**6)
        counts = (np.arange(len(components)) % 3 > 0).astype(np.uint8)

        laid = _ink.raster(runs, counts, tuple(float(number) for number in place), 40, 50)

        assert np.array_equal(laid, ink_oracle.raster(runs, counts, place, 40, 50))


def test_too_many_runs_are_an_error() -> None:
    with pytest.raises(ValueError, match="more runs of ink"):
        _ink.components(np.tile(np.array([0, 255], np.uint8), (10, 20)), 100, 100, 150)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((0, 3), np.uint8), 1, 1, 9), "at least one pixel"),
        ((np.zeros(3, np.uint8), 1, 1, 9), "at least one pixel"),
        ((np.zeros((3, 3), np.uint8), 0, 1, 9), "deeper than 0"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _ink.components(*arguments)  # type: ignore[arg-type]


def test_a_run_of_a_component_without_a_number_is_refused() -> None:
    runs = np.array([[0, 0, 2, 3]], np.int32)

    with pytest.raises(ValueError, match="without a number"):
        _ink.raster(runs, np.ones(3, np.uint8), (1, 0, 0, 0, 1, 0), 4, 4)
