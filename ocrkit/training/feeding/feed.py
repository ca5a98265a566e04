"""What training and validation take their batches from."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Self, TypeAlias

import torch

from ocrkit.training.batches import Batch, ink_of
from ocrkit.training.feeding.staging import Staged, Stager
from ocrkit.training.feeding.store import Store
from ocrkit.training.feeding.supply import WHOLE, Made, Share, Stopped, Supply
from ocrkit.training.lines import Lines, check_share_of_bad, check_some_usable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.image import Preprocessing
    from ocrkit.data.progress import Progress
    from ocrkit.data.records import BadImage
    from ocrkit.training.augmenter import Augmenter
    from ocrkit.training.batch_augmenter import BatchAugmenter
    from ocrkit.training.feeding.order import Order

__all__ = ["Feed"]

_AHEAD = 2  # batches on the device that wait for their turn
_TRIED = 256  # lines of each set, before anything else
_GLANCE = 0.005  # seconds between two looks whether the first batch is there
_LOOK = 0.2  # seconds between two looks whether somebody still takes batches


_Ready: TypeAlias = "list[tuple[Made, Staged]] | BaseException | None"


class Feed:
    """Gives the batches of passes over sets of lines, made ahead by worker processes or a thread.

    What a batch holds depends neither on the workers nor on what was given before: on the order, and on the images.
    At the end of a ``with`` block its processes stop and its memory is given back.

    Args:
        sets: all that passes will go over.
        preprocessing: the height of lines, and what becomes of their width.
        device: where the batches are wanted.
        batch_size: lines of a batch, at most.
        workers: processes; 0 for a thread, -1 for one a core where there is work for them.
        cache: bytes of lines to keep from epoch to epoch.
        augmenter: what lines of an augmented pass go through one by one.
        batch_augmenter: what they go through after that, on the device.
        max_bad: the share of bad lines, of all sets together, above which there is an end.
        left_out: told of each bad line once, as it is met, in the thread that takes batches.
        progress: told how many of the lines that the first batch of a pass waits for are loaded, of how many.
        share: of the lines, where several processes train together.
    """

    def __init__(
        self,
        sets: Sequence[Lines],
        preprocessing: Preprocessing,
        *,
        device: torch.device,
        batch_size: int,
        workers: int = 0,
        cache: int = 0,
        augmenter: Augmenter | None = None,
        batch_augmenter: BatchAugmenter | None = None,
        max_bad: float = 1.0,
        left_out: Callable[[Lines, BadImage], None] | None = None,
        progress: Progress | None = None,
        share: Share = WHOLE,
    ) -> None:
        self._left_out = left_out
        self._progress = progress
        self._sets = tuple(sets)
        self._device = device
        self._batch_augmenter = batch_augmenter
        self._max_bad = max_bad
        self._share = share
        self._passes = 0  # that have begun: as many in every process
        self._stager = Stager(device)
        self._store = Store(
            sets, preprocessing, batch_size=batch_size, workers=workers, cache=cache, augmenter=augmenter
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._store.abandon()
        self._store.close()

    def try_first(self) -> None:
        """Load the first lines of each set, so that what is wrong with all of them is told before training begins.

        Raises:
            DataError: all of them are bad, or more of them than may be.
        """
        for lines in self._sets:
            tried = min(_TRIED, len(lines))
            self._store.load_first(self._store.number_of(lines), tried)
            self._tell_bad()
            check_some_usable(lines, tried)
        self._check_bad()

    def batches(
        self, lines: Lines, order: Order, *, start: int = 0, augmented: bool = False
    ) -> Generator[tuple[Batch, ...], None, None]:
        """The batches of a pass over a set, each in its parts, made ahead of who takes them; close it when done.

        Args:
            lines: the set.
            order: of the pass.
            start: the first batch to give.
            augmented: whether the lines go through the augmenter.

        Yields:
            One part, more where lines are very long, and none where all lines of a batch are bad.

        Raises:
            WorkerLostError: a process died.
            DataError: more lines are bad than may be.
        """
        epoch = order.epoch if augmented else None
        number = self._store.number_of(lines)
        self._passes += 1
        supply = Supply(self._store, number, order, start=start, epoch=epoch, share=self._share, name=str(self._passes))
        ready: queue.Queue[_Ready] = queue.Queue(_AHEAD)
        producer = threading.Thread(target=self._produce, args=(supply, ready), name="ocrkit-batches", daemon=True)
        producer.start()
        try:
            self._await_first(ready, supply)
            while (parts := ready.get()) is not None:
                self._tell_bad()
                self._check_bad()
                if isinstance(parts, BaseException):
                    raise parts
                yield tuple(self._batch_of(lines, part, epoch) for part in parts)
            self._tell_bad()
            self._check_bad()
        finally:
            supply.stop()
            producer.join()

    def image(self, lines: Lines, line: int) -> NDArray[np.uint8] | None:
        """A line's fitted (H, W) image; None where it is bad."""
        return self._store.image(lines, line)

    def _await_first(self, ready: queue.Queue[_Ready], supply: Supply) -> None:
        """Tell of the lines that are being loaded until the first batch is there."""
        told = 0, 0
        while ready.empty():
            time.sleep(_GLANCE)
            if supply.loaded != told and self._progress is not None:
                told = supply.loaded
                self._progress(*told)
        done, total = told
        if done < total and self._progress is not None:  # the last of them came with the batch
            self._progress(total, total)

    def _produce(self, supply: Supply, ready: queue.Queue[_Ready]) -> None:
        """In a thread: bring each batch to the device as it is made."""
        try:
            with closing(supply.__iter__()) as batches:
                for parts in batches:
                    if not _put(ready, [(part, self._stager.stage(part.images)) for part in parts], supply):
                        return
            _put(ready, None, supply)
        except Stopped:
            return
        except BaseException as error:  # carried over to the thread that takes the batches
            _put(ready, error, supply)

    def _batch_of(self, lines: Lines, part: tuple[Made, Staged], epoch: int | None) -> Batch:
        made, staged = part
        images, widths = ink_of(staged.taken()), torch.from_numpy(made.widths)
        if epoch is not None and self._batch_augmenter is not None:
            images = self._batch_augmenter(images, widths, lines=made.lines, epoch=epoch)
        return Batch(
            images=images,
            widths=widths,
            labels=torch.from_numpy(lines.labels.of_lines(made.lines)),
            label_lengths=torch.from_numpy(lines.labels.lengths(made.lines)),
            lines=made.lines,
            all_lines=len(made.all_lines),
            all_labels=int(lines.labels.lengths(made.all_lines).sum()),
        )

    def _tell_bad(self) -> None:
        while self._store.found_bad:
            lines, line, bad = self._store.found_bad.popleft()
            lines.bad[line] = bad
            if self._left_out is not None:
                self._left_out(lines, bad)

    def _check_bad(self) -> None:
        for lines in self._sets:
            check_some_usable(lines, len(lines))
        check_share_of_bad(*self._sets, max_bad=self._max_bad)


def _put(ready: queue.Queue[_Ready], item: _Ready, supply: Supply) -> bool:
    """Whether somebody still takes batches, and has been given the item."""
    while not supply.stopped:
        try:
            ready.put(item, timeout=_LOOK)
        except queue.Full:
            continue
        return True
    return False
