from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.data.degradations import chain
from ocrkit.plugin.builtin.augmentations import ocrkit_augmentations

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = sorted(set(chain.__all__) - {"degrade"})


def _bars() -> NDArray[np.uint8]:
    """Upright strokes 3 px wide on white paper, with margins of 6 px."""
    picture = np.full((40, 120), 255, np.uint8)
    for left in range(6, 112, 9):
        picture[6:34, left : left + 3] = 0
    return picture


def _apply(name: str, picture: NDArray[np.uint8], strength: float, seed: int = 3) -> NDArray[np.uint8]:
    function: chain.Degradation = getattr(chain, name)
    return function(picture, np.random.default_rng(seed), strength)


def test_each_degradation_is_offered_to_plugins_under_its_name() -> None:
    assert sorted(spec.name for spec in ocrkit_augmentations()) == NAMES


def test_an_offered_degradation_is_the_function_itself() -> None:
    blur = next(spec for spec in ocrkit_augmentations() if spec.name == "blur")

    degraded = blur.apply(_bars(), np.random.default_rng(3), 0.7)

    assert np.array_equal(degraded, _apply("blur", _bars(), 0.7))


@pytest.mark.parametrize("name", [*NAMES, "degrade"])
def test_a_degradation_draws_from_its_generator_alone(name: str) -> None:
    assert np.array_equal(_apply(name, _bars(), 0.8), _apply(name, _bars(), 0.8))


@pytest.mark.parametrize("name", NAMES)
def test_a_degradation_at_full_strength_shows(name: str) -> None:
    changed = [_apply(name, _bars(), 1.0, seed) for seed in range(5)]

    assert any(not np.array_equal(picture, _bars()) for picture in changed)


@pytest.mark.parametrize("name", [*NAMES, "degrade"])
def test_a_degradation_leaves_its_argument_alone(name: str) -> None:
    picture = _bars()

    _apply(name, picture, 1.0)

    assert np.array_equal(picture, _bars())


@pytest.mark.parametrize("name", [*NAMES, "degrade"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (14, 1), (60, 700)])
def test_a_picture_of_any_size_stays_a_picture(name: str, shape: tuple[int, int]) -> None:
    pictures = [_apply(name, np.full(shape, 200, np.uint8), 1.0, seed) for seed in range(4)]

    assert {(picture.dtype, picture.ndim) for picture in pictures} == {(np.dtype(np.uint8), 2)}
    assert all(picture.size for picture in pictures)


def test_no_strength_is_no_degradation() -> None:
    assert np.array_equal(_apply("degrade", _bars(), 0.0), _bars())


@pytest.mark.parametrize("seed", range(10))
def test_thickened_ink_is_darker_everywhere(seed: int) -> None:
    assert (_apply("thicken", _bars(), 1.0, seed) <= _bars()).all()


@pytest.mark.parametrize("seed", range(10))
def test_thinned_ink_is_lighter_everywhere(seed: int) -> None:
    assert (_apply("thin", _bars(), 1.0, seed) >= _bars()).all()


@pytest.mark.parametrize("seed", range(10))
def test_a_crop_cuts_no_ink(seed: int) -> None:
    cropped = _apply("crop", _bars(), 1.0, seed)

    assert (cropped == 0).sum() == (_bars() == 0).sum()


@pytest.mark.parametrize("name", ["slant", "rotate"])
@pytest.mark.parametrize("seed", range(10))
def test_a_geometric_change_keeps_the_ink(name: str, seed: int) -> None:
    moved = _apply(name, _bars(), 1.0, seed)

    before, after = (255.0 - _bars()).sum(), (255.0 - moved).sum()
    assert after == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize("seed", range(10))
def test_faded_ink_stays_darker_than_the_paper(seed: int) -> None:
    faded = _apply("fade", _bars(), 1.0, seed)

    assert int(faded.max()) - int(faded.min()) >= 60


@pytest.mark.parametrize("seed", range(20))
def test_strokes_can_be_told_from_paper_after_all_of_it(seed: int) -> None:
    rows = _apply("degrade", _bars(), 0.5, seed).astype(float)

    across = rows[rows.shape[0] // 3 : rows.shape[0] // 2].mean(axis=0)

    assert across.max() - across.min() > 30
