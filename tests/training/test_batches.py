from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import LineLoader
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, UnknownNameError
from ocrkit.plugin.specs import AugmentationSpec
from ocrkit.training.batches import Augmenter, epoch_order, make_batch, stream
from ocrkit.training.lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

    from pathlib import Path

    from ocrkit.plugin.registry import Registry

RESIZING = ("slant", "rotate", "crop")


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """Ten lines 8 px high, line k 10 + k px wide with the label k + 1."""
    rng = np.random.default_rng(0)
    return Lines(
        samples=[Sample(str(number), tmp_path / f"{number}.png") for number in range(10)],
        labels=[np.array([number + 1]) for number in range(10)],
        widths=np.arange(10, 20),
        bad=[],
        loader=LineLoader(Preprocessing(height=8)),
        images=[rng.integers(0, 256, (8, 10 + number)).astype(np.uint8) for number in range(10)],
    )


@pytest.fixture
def line() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A 32 x 100 px picture with two dark bars, far from its edges."""
    picture = np.full((32, 100), 255, np.uint8)
    picture[8:24, 20:26] = picture[8:24, 60:66] = 0
    return picture


def test_a_batch_pads_images_with_paper_and_joins_labels() -> None:
    images = [np.zeros((4, 3), np.uint8), np.zeros((4, 5), np.uint8)]

    batch = make_batch(images, [np.array([1, 2]), np.array([3])])

    assert batch.images.shape == (2, 1, 4, 5)
    assert batch.images[0, 0, 0].tolist() == [1, 1, 1, 0, 0]
    assert batch.widths.tolist() == [3, 5]
    assert batch.labels.tolist() == [1, 2, 3]
    assert batch.label_lengths.tolist() == [2, 1]
    assert len(batch) == 2


def test_an_epoch_holds_every_line_once(lines: Lines) -> None:
    order = epoch_order(lines, 3, seed=1, epoch=0)

    assert sorted(np.concatenate(order).tolist()) == list(range(10))
    assert len(order) == 4


def test_an_epochs_order_depends_on_seed_and_epoch_alone(lines: Lines) -> None:
    def order(seed: int, epoch: int) -> list[list[int]]:
        return [batch.tolist() for batch in epoch_order(lines, 3, seed=seed, epoch=epoch)]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3)
    assert order(1, 2) != order(2, 2)


def test_a_batch_of_very_long_lines_holds_fewer(lines: Lines) -> None:
    lines.widths = np.array([6000, 5000, *[40] * 8])

    order = epoch_order(lines, 4, seed=1, epoch=0)

    # 4 lines of 2,000 px each are the most, so the two long ones stand alone, and 8 lines fill two batches.
    assert sorted(map(len, order)) == [1, 1, 4, 4]


def test_a_stream_gives_the_batches_in_order(lines: Lines) -> None:
    order = epoch_order(lines, 3, seed=1, epoch=0)

    found = [batch.labels.tolist() for batch in stream(lines, order)]

    assert found == [(indices + 1).tolist() for indices in order]


def test_a_stream_may_be_left_early(lines: Lines) -> None:
    batches = stream(lines, epoch_order(lines, 1, seed=1, epoch=0))

    next(batches)
    batches.close()

    assert list(batches) == []


def test_an_error_in_the_making_of_a_batch_reaches_the_one_who_takes_it(lines: Lines) -> None:
    lines.images[7] = None  # to be loaded from a file that there is not

    with pytest.raises(DataError, match="7: was readable when the training began"):
        list(stream(lines, epoch_order(lines, 3, seed=1, epoch=0)))


def test_augmentation_depends_on_seed_epoch_and_line_not_on_the_order(lines: Lines, registry: Registry) -> None:
    augmenter = Augmenter.named({"blur": 1, "grain": 1}, seed=1, registry=registry)
    order = epoch_order(lines, 1, seed=1, epoch=0)

    onward = {int(b.labels[0]): b.images for b in stream(lines, order, epoch=3, augmenter=augmenter)}
    backward = {int(b.labels[0]): b.images for b in stream(lines, order[::-1], epoch=3, augmenter=augmenter)}

    assert all(torch.equal(onward[label], backward[label]) for label in onward)


def test_augmentation_differs_from_epoch_to_epoch(lines: Lines, registry: Registry) -> None:
    augmenter = Augmenter.named({"grain": 1}, seed=1, registry=registry)
    image = lines.images[9]
    assert image is not None

    found = {augmenter(image, epoch=epoch, line=9).tobytes() for epoch in range(8)}

    # Each has an even chance to be left as it is.
    assert len(found) > 2


def test_the_lines_themselves_stay_as_they_are(lines: Lines, registry: Registry) -> None:
    augmenter = Augmenter.named({"grain": 1, "speckle": 1}, seed=1, registry=registry)
    before = [image.copy() for image in lines.images if image is not None]

    list(stream(lines, epoch_order(lines, 3, seed=1, epoch=0), augmenter=augmenter))

    assert all(np.array_equal(one, other) for one, other in zip(before, lines.images, strict=True) if other is not None)


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
    augmenter = Augmenter.named({"blur": 0, "fade": 0}, seed=1, registry=registry)

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
