"""Batches of crops, each by its number alone: pages are drawn and cut by processes while the network learns."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ocrkit.data.process_pool import WorkerDied
from ocrkit.data.workers import Workers, cores
from ocrkit.errors import DataError
from ocrkit.training.segmenting.crops import Crops, cut_crops
from ocrkit.training.segmenting.pages import PageFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from ocrkit.training.segmenting.pages import PageMaker
    from ocrkit.training.segmenting.settings import SegmentingSettings

__all__ = ["batches"]

_CUTTING, _MIXING = 1, 2  # what chance is for, beside seed and number


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Makes the crops of a page by its number."""

    maker: PageMaker
    settings: SegmentingSettings

    def __call__(self, number: int) -> Crops | PageFault:
        page = self.maker(number)
        if isinstance(page, PageFault):
            return page
        settings = self.settings
        rng = np.random.default_rng([settings.seed, number, _CUTTING])
        return cut_crops(page, rng, count=settings.crops_a_page, size=settings.crop, x_heights=settings.x_heights)


@contextmanager
def batches(
    maker: PageMaker, settings: SegmentingSettings, *, start: int, note: Callable[[str], None]
) -> Iterator[Iterator[Crops]]:
    """The batches from one on, without end, the same whatever number one begins with.

    Pages are taken in blocks of ``settings.pages_at_once``, whose crops are mixed and dealt out; a page that cannot be
    used is left out, and told of once.

    Args:
        maker: gives the pages.
        settings: how crops are cut, and how many make a batch.
        start: the first batch.
        note: told of pages that are left out.
    """
    count = max(1, cores() - 1) if settings.workers < 0 else settings.workers
    with Workers.opened(_Cutter(maker, settings), count=count, what="draws pages") as workers:
        yield _dealt(workers, settings, start, note)


def _dealt(
    workers: Workers[int, Crops | PageFault], settings: SegmentingSettings, start: int, note: Callable[[str], None]
) -> Iterator[Crops]:
    a_block = max(1, settings.pages_at_once * settings.crops_a_page // settings.batch_size)
    block, skipped = divmod(start, a_block)
    ahead: deque[list[Future[list[Crops | PageFault]]]] = deque()
    told: set[str] = set()
    while True:
        while len(ahead) < (2 if workers.count else 1):
            first = (block + len(ahead)) * settings.pages_at_once
            ahead.append([workers.submit(first + place) for place in range(settings.pages_at_once)])
        crops = _joined(workers, ahead.popleft(), told, note)
        rng = np.random.default_rng([settings.seed, block, _MIXING])
        # Where pages were left out, some crops come twice.
        order = np.concatenate(
            [rng.permutation(len(crops)) for _ in range(-(-a_block * settings.batch_size // len(crops)))]
        )
        for number in range(skipped, a_block):
            yield crops.chosen(order[number * settings.batch_size : (number + 1) * settings.batch_size])
        block, skipped = block + 1, 0


def _joined(
    workers: Workers[int, Crops | PageFault],
    futures: list[Future[list[Crops | PageFault]]],
    told: set[str],
    note: Callable[[str], None],
) -> Crops:
    """The crops of a block of pages."""
    kept: list[Crops] = []
    reason = ""
    for future in futures:
        try:
            found = future.result()[0]
        except WorkerDied:
            raise workers.death() from None
        if isinstance(found, PageFault):
            reason = found.reason
            if reason not in told:
                told.add(reason)
                note(f"a page is left out: {reason}")
        else:
            kept.append(found)
    if not kept:
        raise DataError(f"none of {len(futures)} pages in a row can be used; the last: {reason}")
    return Crops.joined(kept)
