from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ocrkit.errors import UnknownNameError
from ocrkit.plugin.specs import AugmentationSpec
from ocrkit.training.augmenter import Augmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.plugin.registry import Registry

    Picture = NDArray[np.uint8]

RESIZING = ("curl", "rotate", "crop")


@pytest.fixture
def line() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A 32 x 100 px picture with two dark bars, far from its edges."""
    picture = np.full((32, 100), 255, np.uint8)
    picture[8:24, 20:26] = picture[8:24, 60:66] = 0
    return picture


def test_augmentation_differs_from_epoch_to_epoch(line: Picture, registry: Registry) -> None:
    augmenter = Augmenter.named({"texture": 1}, seed=1, registry=registry)

    found = {augmenter(line, epoch=epoch, line=9).tobytes() for epoch in range(8)}

    # Each has an even chance to be left as it is.
    assert len(found) > 2


@pytest.mark.parametrize("name", RESIZING)
def test_a_degradation_that_resizes_still_degrades_and_keeps_the_size(
    name: str, registry: Registry, line: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
) -> None:
    augmenter = Augmenter.named({name: 1}, seed=1, registry=registry)

    found = [augmenter(line, epoch=epoch, line=0) for epoch in range(20)]

    assert {image.shape for image in found} == {line.shape}
    assert sum(not np.array_equal(image, line) for image in found) > 5


def test_a_strength_of_nothing_changes_next_to_nothing(
    registry: Registry, line: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
) -> None:
    augmenter = Augmenter.named({"motion": 0, "texture": 0}, seed=1, registry=registry)

    found = augmenter(line, epoch=0, line=0).astype(int)

    assert np.abs(found - line).max() <= 1


def test_an_unknown_augmentation_offers_the_nearest(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="no augmentation 'blurr'; did you mean 'blur'"):
        Augmenter.named({"blurr": 1}, seed=0, registry=registry)


def test_an_augmentation_is_met_by_half_of_the_lines_at_any_strength_up_to_its_own() -> None:
    met: list[float] = []

    def note(image: Picture, rng: np.random.Generator, strength: float) -> Picture:
        met.append(strength)
        return image

    augmenter = Augmenter(((AugmentationSpec("note", "Notes its strength.", note), 0.6),), seed=1)
    for line in range(1000):
        augmenter(np.zeros((4, 4), np.uint8), epoch=0, line=line)

    assert len(met) == pytest.approx(500, abs=80)  # five standard deviations
    assert np.mean(met) == pytest.approx(0.3, abs=0.04)
    assert max(met) <= 0.6
    assert min(met) < 0.05
    assert max(met) > 0.55
