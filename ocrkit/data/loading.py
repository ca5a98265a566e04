"""Fitted lines from samples, in order, in worker processes; a bad image comes back as a record, not as an error."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ocrkit.data.image import fit_image, open_image
from ocrkit.data.records import BadImage
from ocrkit.errors import DataError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.image import Preprocessing
    from ocrkit.data.records import Sample

__all__ = ["FittedLine", "LineLoader", "load_or_report"]

_CHUNK = 16  # samples sent to a worker at a time
_WORTH_WORKERS = 256  # samples below which starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class FittedLine:
    """An image as a network takes it.

    Attributes:
        pixels: (H, W) uint8, 255 for white.
        source_width: px of the image before it was fitted, upright.
    """

    pixels: NDArray[np.uint8]
    source_width: int


class LineLoader:
    """Loads samples as fitted (H, W) uint8 lines.

    Worker processes import the script that was started, so a script that loads with workers must stand under
    ``if __name__ == "__main__":``.

    Args:
        preprocessing: the height, and what becomes of the width.
        workers: processes; 0 loads in this one, -1 takes a process a core once there is work for them.
    """

    def __init__(self, preprocessing: Preprocessing, *, workers: int = 0) -> None:
        self._preprocessing = preprocessing
        self._workers = _cores() if workers < 0 else workers
        self._eager = workers > 0
        self._pool: ProcessPoolExecutor | None = None

    def load(self, samples: Sequence[Sample]) -> Iterator[FittedLine | BadImage]:
        """Each sample's line, or what is wrong with its image, in the order of the samples.

        Raises:
            DataError: a worker process died.
        """
        load = partial(load_or_report, preprocessing=self._preprocessing)
        if self._workers == 0 or not (self._pool or self._eager or len(samples) >= _WORTH_WORKERS):
            yield from map(load, samples)
            return
        try:
            yield from self._started().map(load, samples, chunksize=_CHUNK)
        except BrokenProcessPool as error:
            raise DataError(
                "a process that loads images died; with workers = 0 none is started. "
                "A script that starts some must do so under 'if __name__ == \"__main__\":', since each imports it; "
                "else memory may have run out"
            ) from error

    def close(self) -> None:
        """Stop the workers, each after the few images that it has in hand."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Forking a process that runs torch's threads can deadlock; a fork server has none.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["ocrkit.data.loading"])
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin_work)
        return self._pool

    @classmethod
    @contextmanager
    def opened(cls, preprocessing: Preprocessing, *, workers: int = 0) -> Iterator[LineLoader]:
        """A loader whose workers stop at the end of the block."""
        loader = cls(preprocessing, workers=workers)
        try:
            yield loader
        finally:
            loader.close()


def load_or_report(sample: Sample, preprocessing: Preprocessing) -> FittedLine | BadImage:
    """A sample's fitted line, or the record of what is wrong with its image."""
    try:
        image = open_image(sample)
        return FittedLine(fit_image(image, preprocessing), image.width)
    except ImageError as error:
        prefix = f"{sample.name}: "
        return BadImage(name=sample.name, reason=str(error).removeprefix(prefix))


def _cores() -> int:
    """The cores that this process may run on, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin_work() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # The main thread waits for a queue of which it holds both ends: it would never learn that nobody is there.
        os._exit(1)
