"""Batches from lines: the same whatever makes them, and what becomes of lines that are bad."""

from __future__ import annotations

import gc
import multiprocessing
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from numbered import Drawn, Picture, telling_torch, wrong

from ocrkit.data.image import Preprocessing
from ocrkit.data.records import Sample
from ocrkit.errors import DataError, PluginError, WorkerLostError
from ocrkit.plugin.specs import AugmentationSpec
from ocrkit.training.augmenter import Augmenter
from ocrkit.training.batch_augmenter import BatchAugmenter
from ocrkit.training.feeding import store as store_module
from ocrkit.training.feeding.feed import Feed
from ocrkit.training.feeding.order import Order
from ocrkit.training.feeding.supply import Share
from ocrkit.training.labels import Labels
from ocrkit.training.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ocrkit.data.records import BadImage
    from ocrkit.plugin.registry import Registry
    from ocrkit.training.batches import Batch

    MakeLines = Callable[..., Lines]

CPU = torch.device("cpu")
HEIGHT_8 = Preprocessing(height=8, contrast="keep")
COUNT = 75


def drawn(count: int = COUNT, *, kept: bool = False, what: str = "training", frames: object = None) -> Lines:
    """Lines whose label is their number and another; as a list where ``kept``."""
    samples = Drawn(numbers=range(count))
    labels = Labels.of([[line + 1, 9] for line in range(count)])
    return Lines(what, list(samples) if kept else samples, labels, frames=frames)  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path) -> MakeLines:
    """Lines of files, those of some numbers no pictures."""

    def make(count: int, bad: Sequence[int] = ()) -> Lines:
        for number in range(count):
            picture = Picture(number)().convert("L")
            picture.save(tmp_path / f"{number}.png")
            if number in bad:
                (tmp_path / f"{number}.png").write_text("no picture")
        samples = [Sample(f"{number}.png", tmp_path / f"{number}.png", "a") for number in range(count)]
        return Lines("training", samples, Labels.of([[line + 1] for line in range(count)]))

    return make


def taken(
    lines: Lines,
    order: Order,
    *,
    start: int = 0,
    augmented: bool = False,
    passes: int = 1,
    **options: object,
) -> list[tuple[Batch, ...]]:
    """The batches of the last of some passes."""
    found: list[tuple[Batch, ...]] = []
    options = {"cache": 1 << 20, "batch_size": order.batch_size, "device": CPU, **options}
    with Feed([lines], HEIGHT_8, **options) as feed:  # type: ignore[arg-type]
        for _ in range(passes):
            found = list(feed.batches(lines, order, start=start, augmented=augmented))
    return found


def assert_same(one: list[tuple[Batch, ...]], other: list[tuple[Batch, ...]]) -> None:
    assert list(map(len, one)) == list(map(len, other))
    for first, second in zip((part for parts in one for part in parts), (p for ps in other for p in ps), strict=True):
        assert first.lines.tolist() == second.lines.tolist()
        assert torch.equal(first.images, second.images)
        assert torch.equal(first.widths, second.widths)
        assert torch.equal(first.labels, second.labels)


def test_a_batch_holds_its_lines_padded_with_paper_and_their_labels() -> None:
    found = taken(drawn(), Order(COUNT, 8, seed=3))

    assert len(found) == 10
    assert sorted(line for [batch] in found for line in batch.lines.tolist()) == list(range(COUNT))
    for [batch] in found:
        assert batch.widths.tolist() == [10 + line % 17 for line in batch.lines]
        assert batch.labels.reshape(-1, 2).tolist() == [[line + 1, 9] for line in batch.lines]
        assert batch.label_lengths.tolist() == [2] * len(batch)
        assert batch.all_labels == 2 * len(batch)
        for image, line, width in zip(batch.images, batch.lines.tolist(), batch.widths.tolist(), strict=True):
            pixels = np.asarray(Picture(line)())
            np.testing.assert_allclose(image[0, :, :width], (255 - pixels) / 255, rtol=1e-6)
            assert not image[0, :, width:].any()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kept", [False, True], ids=["lazy", "listed"])
@pytest.mark.parametrize("cache", [0, 4000, 1 << 20], ids=["nothing", "some", "all"])
def test_batches_are_the_same_whatever_makes_them_and_whatever_is_kept(
    workers: int, kept: bool, cache: int, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrkit.training.feeding.order._MOST_BATCHES", 3)
    monkeypatch.setattr("ocrkit.training.feeding.order._FEWEST_BATCHES", 3)
    named = {"strengths": {"speckle": 1, "crop": 1, "blur": 1, "grain": 1}, "seed": 1, "registry": registry}
    both = {
        "augmenter": Augmenter.named(**named),  # type: ignore[arg-type]
        "batch_augmenter": BatchAugmenter.named(**named),  # type: ignore[arg-type]
    }
    order = Order(COUNT, 4, seed=3, epoch=2)

    expected = taken(drawn(), order, augmented=True, **both)
    found = taken(drawn(kept=kept), order, augmented=True, workers=workers, cache=cache, passes=2, **both)

    assert len(expected) == 19
    assert_same(expected, found)


@pytest.mark.parametrize("start", [0, 5, 18, 19])
@pytest.mark.parametrize("workers", [0, 2])
def test_a_pass_may_begin_anywhere(start: int, workers: int) -> None:
    order = Order(COUNT, 4, seed=3)

    assert_same(taken(drawn(), order)[start:], taken(drawn(), order, start=start, workers=workers))


def test_what_finds_no_room_in_shared_memory_comes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = taken(drawn(), Order(COUNT, 8, seed=3))
    monkeypatch.setattr("ocrkit.data.shared_memory.free_memory", lambda: 0.0)

    for workers in (0, 1):
        assert_same(expected, taken(drawn(), Order(COUNT, 8, seed=3), workers=workers, passes=2))


@pytest.mark.parametrize("workers", [0, 2])
def test_a_bad_line_is_left_out_and_told_once(files: MakeLines, workers: int) -> None:
    told: list[BadImage] = []
    lines = files(12, bad=[2, 7])

    found = taken(lines, Order(12, 4, seed=1), workers=workers, passes=2, left_out=lambda _, bad: told.append(bad))

    assert sorted(line for parts in found for part in parts for line in part.lines) == [
        line for line in range(12) if line not in (2, 7)
    ]
    assert sorted(bad.name for bad in told) == ["2.png", "7.png"]
    assert sorted(lines.bad) == [2, 7]


def test_a_label_that_is_too_long_for_its_image_makes_the_line_bad() -> None:
    lines = drawn(20, frames=lambda width: width // 10)  # two labels need two frames

    found = taken(lines, Order(20, 4, seed=1))

    assert sorted(line for parts in found for part in parts for line in part.lines) == [10, 11, 12, 13, 14, 15, 16]
    assert lines.bad[0].reason.startswith("its label needs 2 frames and its image gives 1")


def test_an_image_that_turns_bad_later_is_left_out_from_there_on(files: MakeLines, tmp_path: Path) -> None:
    lines = files(8)
    order = Order(8, 4, seed=1)
    with Feed([lines], HEIGHT_8, device=CPU, batch_size=4) as feed:
        before = list(feed.batches(lines, order))
        (tmp_path / "5.png").write_text("no picture any more")
        after = list(feed.batches(lines, order))

    assert sum(len(part) for parts in before for part in parts) == 8
    assert sum(len(part) for parts in after for part in parts) == 7
    assert list(lines.bad) == [5]


def test_a_batch_without_a_good_line_comes_without_a_part(files: MakeLines) -> None:
    found = taken(files(6, bad=range(5)), Order(6, 4, seed=1))

    assert sorted(map(len, found)) == [0, 1]


def test_too_many_bad_lines_end_a_pass(files: MakeLines) -> None:
    with pytest.raises(DataError, match=r"2 of 40 lines are bad, more than `data.max_bad=0.04` allows: "):
        taken(files(40, bad=[3, 33]), Order(40, 4, seed=1), max_bad=0.04)


def test_lines_all_of_which_are_bad_are_told_before_anything(files: MakeLines) -> None:
    lines = files(4, bad=range(4))
    with (
        pytest.raises(DataError, match=r"none of the 4 training lines can be used: 0.png: "),
        Feed([lines], HEIGHT_8, device=CPU, batch_size=4) as feed,
    ):
        feed.try_first()


def test_of_many_lines_the_first_are_tried(monkeypatch: pytest.MonkeyPatch, files: MakeLines) -> None:
    monkeypatch.setattr("ocrkit.training.feeding.feed._TRIED", 3)
    lines = files(5, bad=[0, 1, 2])
    with (
        pytest.raises(DataError, match=r"none of the first 3 of 5 training lines can be used: 0.png: "),
        Feed([lines], HEIGHT_8, device=CPU, batch_size=4) as feed,
    ):
        feed.try_first()


def test_no_line_gives_no_batch() -> None:
    lines = Lines.none("validation")

    assert taken(lines, Order(0, 4)) == []


@pytest.mark.parametrize("workers", [0, 2])
def test_a_pass_may_be_left_early_and_another_begun(workers: int) -> None:
    lines, order = drawn(), Order(COUNT, 2, seed=1)
    with Feed([lines], HEIGHT_8, device=CPU, batch_size=2, workers=workers, cache=2000) as feed:
        for _ in range(3):
            with closing(feed.batches(lines, order)) as batches:
                next(batches)
        found = list(feed.batches(lines, order))

    assert_same(taken(drawn(), order), found)


def test_an_augmentation_that_no_other_process_can_be_given_works_here() -> None:
    darker = AugmentationSpec("darker", "Darkens.", lambda image, rng, strength: image // 2)
    augmenter = Augmenter(((darker, 1.0),), seed=1)
    order = Order(COUNT, 8, seed=1)

    expected = taken(drawn(), order, augmenter=augmenter, augmented=True)

    assert_same(expected, taken(drawn(), order, augmenter=augmenter, augmented=True, workers=1))


@pytest.mark.parametrize("workers", [0, 1])
def test_an_error_in_the_making_of_a_batch_reaches_who_takes_it(workers: int) -> None:
    augmenter = Augmenter(((AugmentationSpec("wrong", "Gives floats.", wrong), 1.0),), seed=1)  # type: ignore[arg-type]

    with pytest.raises(PluginError, match="augmentation 'wrong' gave float64"):
        taken(drawn(), Order(COUNT, 8, seed=1), augmenter=augmenter, augmented=True, workers=workers)


def test_a_worker_that_is_killed_is_an_error_and_no_wait_without_end() -> None:
    lines = Lines("training", Drawn(numbers=[*range(40), -1]), Labels.of([[1]] * 41))

    with pytest.raises(WorkerLostError, match="a process that makes batches died"):
        taken(lines, Order(41, 4, seed=1), workers=2)


def test_nothing_is_left_of_a_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {child.pid for child in multiprocessing.active_children()}
    taken(drawn(), Order(COUNT, 8, seed=1), workers=2)
    gc.collect()

    assert {child.pid for child in multiprocessing.active_children()} <= before
    if Path("/proc/self/fd").exists():
        opened = [os.readlink(file) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
        assert not [name for name in opened if "memfd:ocrkit" in name]
        assert "memfd:ocrkit" not in Path("/proc/self/maps").read_text()


def test_processes_that_share_the_lines_make_the_batches_of_one_together() -> None:
    order = Order(COUNT, 8, seed=3)
    whole = taken(drawn(), order)
    pool = order.pools()[0]
    widths = np.array([10 + line % 17 for line in pool], np.int32)

    def share_of(rank: int) -> list[tuple[Batch, ...]]:
        def exchange(name: str, mine: NDArray[np.int32], stopped: Callable[[], bool]) -> list[NDArray[np.int32]] | None:
            assert (name, stopped()) == ("1/0", False)
            assert (mine[rank::2] == widths[rank::2]).all()
            assert not mine[1 - rank :: 2].any()
            return [mine, widths - mine]

        return taken(drawn(), order, share=Share(rank, 2, exchange))

    for [batch], one, other in zip(whole, share_of(0), share_of(1), strict=True):
        parts = [*one, *other]
        assert sorted(line for part in parts for line in part.lines) == sorted(batch.lines.tolist())
        assert {part.images.shape[-1] for part in parts} == {batch.images.shape[-1]}
        assert {part.all_labels for part in parts} == {batch.all_labels}
        assert {part.all_lines for part in parts} == {batch.all_lines} == {len(batch)}


def test_few_lines_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {child.pid for child in multiprocessing.active_children()}
    lines = drawn()
    with Feed([lines], HEIGHT_8, device=CPU, batch_size=8, workers=-1) as feed:
        list(feed.batches(lines, Order(COUNT, 8, seed=1)))

        assert {child.pid for child in multiprocessing.active_children()} <= before
    assert store_module._WORTH_WORKERS > COUNT


@pytest.mark.parametrize("workers", [0, 1])
def test_worker_processes_import_no_torch(workers: int) -> None:
    augmenter = Augmenter(((AugmentationSpec("telling", "Tells by its colour.", telling_torch), 1.0),), seed=1)

    found = taken(drawn(), Order(COUNT, 64, seed=1), augmenter=augmenter, augmented=True, workers=workers)

    black = sum(bool((image[..., :10] == 1).all()) for [batch] in found for image in batch.images)
    assert (black > 10) == (workers == 0)


@pytest.mark.parametrize("workers", [0, 1])
def test_what_the_first_batch_waits_for_is_told_and_nothing_where_all_is_there(workers: int) -> None:
    told: list[tuple[int, int]] = []
    lines, order = drawn(), Order(COUNT, 8, seed=1)

    with Feed(
        [lines],
        HEIGHT_8,
        device=CPU,
        batch_size=8,
        workers=workers,
        cache=1 << 20,
        progress=lambda done, total: told.append((done, total)),
    ) as feed:
        list(feed.batches(lines, order))
        first, told[:] = list(told), []
        list(feed.batches(lines, order))

    assert first == sorted(set(first))
    assert not first or first[-1] == (COUNT, COUNT)
    assert {total for _, total in first} <= {COUNT}
    assert not told
