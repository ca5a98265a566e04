"""Which lines go together in a batch, and how they are padded."""

from __future__ import annotations

import numpy as np
import pytest

from ocrkit.data.batching import batches, epoch_rng, pad_batch
from ocrkit.errors import DataError, OptionError

WIDTHS = np.random.default_rng(7).integers(10, 2000, 1003)


def test_padding_is_paper_at_the_right() -> None:
    images = [np.zeros((2, 3), np.uint8), np.full((2, 1), 204, np.uint8)]

    ink, widths = pad_batch(images)

    assert ink.dtype == np.float32
    assert widths.dtype == np.int64
    assert widths.tolist() == [3, 1]
    assert ink[0].tolist() == [[[1, 1, 1], [1, 1, 1]]]
    # 1 - 204 / 255 = 0.2
    assert ink[1] == pytest.approx(np.array([[[0.2, 0, 0], [0.2, 0, 0]]]))


@pytest.mark.parametrize("images", [[], [np.zeros((2, 3), np.uint8), np.zeros((3, 3), np.uint8)]])
def test_a_batch_needs_images_of_one_height(images: list[np.ndarray]) -> None:
    with pytest.raises(DataError, match="expected one height"):
        pad_batch(images)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(1)], ids=["sorted", "shuffled"])
@pytest.mark.parametrize("max_columns", [None, 1, 5_000])
@pytest.mark.parametrize("count", [0, 1, 16, 17, 1003])
def test_every_line_is_in_exactly_one_batch(
    rng: np.random.Generator | None, max_columns: int | None, count: int
) -> None:
    found = batches(WIDTHS[:count], 16, rng, max_columns=max_columns)

    assert sorted(index for batch in found for index in batch.tolist()) == list(range(count))
    assert all(1 <= len(batch) <= 16 for batch in found)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(1)], ids=["sorted", "shuffled"])
def test_a_batch_keeps_to_its_columns_unless_one_line_alone_is_wider(rng: np.random.Generator | None) -> None:
    found = batches(WIDTHS, 64, rng, max_columns=1_500)

    assert all(len(batch) == 1 or len(batch) * WIDTHS[batch].max() <= 1_500 for batch in found)
    assert any(len(batch) > 1 for batch in found)


def test_evaluation_takes_the_widest_lines_first() -> None:
    assert [batch.tolist() for batch in batches([5, 9, 1, 9, 7], 2)] == [[1, 3], [4, 0], [2]]


def test_the_same_seed_and_epoch_give_the_same_order() -> None:
    first = batches(WIDTHS, 16, epoch_rng(3, 5))
    second = batches(WIDTHS, 16, epoch_rng(3, 5))

    assert [batch.tolist() for batch in first] == [batch.tolist() for batch in second]


@pytest.mark.parametrize("other", [(3, 6), (4, 5)])
def test_another_seed_or_epoch_gives_another_order(other: tuple[int, int]) -> None:
    first = batches(WIDTHS, 16, epoch_rng(3, 5))
    second = batches(WIDTHS, 16, epoch_rng(*other))

    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_other_lines_meet_in_a_batch_in_another_epoch() -> None:
    first = {frozenset(batch.tolist()) for batch in batches(WIDTHS, 8, epoch_rng(0, 0))}
    second = {frozenset(batch.tolist()) for batch in batches(WIDTHS, 8, epoch_rng(0, 1))}

    assert len(first & second) < 5


def test_like_widths_go_together() -> None:
    # Of random batches of 16 about half the columns would be padding: the widest of 16 even draws from 10 to 2000
    # is 1880 on average, and the mean 1005.
    found = batches(WIDTHS, 16, epoch_rng(0, 0))

    padded = sum(len(batch) * WIDTHS[batch].max() for batch in found)
    assert padded < 1.1 * WIDTHS.sum()


def test_shuffled_batches_do_not_come_by_width() -> None:
    widest = [int(WIDTHS[batch].max()) for batch in batches(WIDTHS, 16, epoch_rng(0, 0))]

    assert widest != sorted(widest)
    assert widest != sorted(widest, reverse=True)


@pytest.mark.parametrize(("size", "columns"), [(0, None), (-1, None), (1, 0)])
def test_impossible_batches_are_refused(size: int, columns: int | None) -> None:
    with pytest.raises(OptionError, match="expected at least 1"):
        batches([1, 2], size, max_columns=columns)
