from __future__ import annotations

import numpy as np
import pytest

from ocrkit.training.feeding.order import Order

WIDTHS = np.random.default_rng(0).integers(20, 900, 10_000).astype(np.int32)


def lines_of(order: Order, widths: np.ndarray[tuple[int], np.dtype[np.int32]] = WIDTHS) -> list[list[int]]:
    """The lines of each batch of a pass."""
    found = []
    for number, pool in enumerate(order.pools()):
        batches = order.batches(number, pool, widths[pool])
        found += [np.concatenate(parts).tolist() if parts else [] for parts in batches]
    return found


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize(("count", "batch_size"), [(10, 3), (1, 8), (8, 8), (9, 8), (5000, 4), (1700, 64)])
def test_a_pass_holds_every_line_once_in_as_many_batches_as_it_says(
    count: int, batch_size: int, seed: int | None
) -> None:
    order = Order(count, batch_size, seed=seed)

    found = lines_of(order)

    assert sorted(line for batch in found for line in batch) == list(range(count))
    assert len(found) == len(order) == -(-count // batch_size)
    assert max(map(len, found)) <= batch_size


def test_a_passs_order_depends_on_seed_and_epoch_alone() -> None:
    first = lines_of(Order(1000, 8, seed=1, epoch=2))

    assert lines_of(Order(1000, 8, seed=1, epoch=2)) == first
    assert lines_of(Order(1000, 8, seed=1, epoch=3)) != first
    assert lines_of(Order(1000, 8, seed=2, epoch=2)) != first


def test_lines_of_like_width_come_together() -> None:
    found = lines_of(Order(10_000, 32, seed=1))

    columns = sum(len(batch) * int(WIDTHS[batch].max()) for batch in found)
    at_random = sum(32 * int(WIDTHS[start : start + 32].max()) for start in range(0, 10_000, 32))
    assert columns < 1.06 * WIDTHS.sum()
    assert at_random > 1.8 * WIDTHS.sum()


def test_wide_and_narrow_batches_come_in_random_order() -> None:
    means = [WIDTHS[batch].mean() for batch in lines_of(Order(1024, 32, seed=1))]

    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.5


def test_a_bad_line_is_in_no_batch_and_no_batch_is_missing() -> None:
    widths = WIDTHS[:40].copy()
    widths[[3, 7]] = -1
    order = Order(40, 8, seed=1)

    found = lines_of(order, widths)

    assert sorted(line for batch in found for line in batch) == [line for line in range(40) if line not in (3, 7)]
    assert len(found) == 5


def test_batches_all_of_whose_lines_are_bad_are_empty() -> None:
    assert lines_of(Order(20, 8, seed=1), np.full(20, -1, np.int32)) == [[], [], []]


def test_without_a_seed_the_widest_lines_of_each_pool_come_first() -> None:
    found = lines_of(Order(100, 10))

    assert [line for batch in found for line in batch] == np.argsort(-WIDTHS[:100], kind="stable").tolist()


def test_a_batch_of_very_long_lines_comes_in_parts() -> None:
    widths = np.array([6000, 5000, 40, 40], np.int32)
    order = Order(4, 4, seed=1)

    [parts] = order.batches(0, np.arange(4), widths)

    # Four lines of 2,000 px each are the most that a part may have, so the two long ones stand alone.
    assert [part.tolist() for part in parts] == [[0], [1], [2, 3]]
