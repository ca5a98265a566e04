"""Fitted lines from samples, in order, in worker processes; a bad image comes back as a record, not as an error."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ocrkit.data.image import fit_image, to_grey
from ocrkit.data.image_file import open_framed
from ocrkit.data.records import BadImage
from ocrkit.data.visibility import MOVING, note_on
from ocrkit.data.workers import Workers
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.frame import Frame
    from ocrkit.data.image import Preprocessing
    from ocrkit.data.records import Sample

__all__ = ["FittedLine", "LineLoader", "load_or_report"]

_WORTH_WORKERS = 256  # samples below which starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class FittedLine:
    """An image as a network takes it.

    Attributes:
        pixels: (H, W) uint8, 255 for white.
        frame: the image before it was fitted.
        note: what is odd about it, one of those in ``ocrkit.data.visibility``; empty where nothing is.
    """

    pixels: NDArray[np.uint8]
    frame: Frame
    note: str = ""


class LineLoader:
    """Loads samples as fitted (H, W) uint8 lines.

    Args:
        preprocessing: the height, and what becomes of the width.
        workers: processes; 0 loads in this one, -1 takes a process a core once there is work for them.
    """

    def __init__(self, preprocessing: Preprocessing, *, workers: int = 0) -> None:
        self._load = partial(load_or_report, preprocessing=preprocessing)
        self._workers = Workers(self._load, count=workers)
        self._eager = workers > 0
        self._started = False

    def load(self, samples: Sequence[Sample]) -> Iterator[FittedLine | BadImage]:
        """Each sample's line, or what is wrong with its image, in the order of the samples.

        Raises:
            DataError: a worker process died.
        """
        if self._workers.count == 0 or not (self._started or self._eager or len(samples) >= _WORTH_WORKERS):
            yield from map(self._load, samples)
            return
        self._started = True
        yield from self._workers.map(samples)

    def close(self) -> None:
        """Stop the workers, each after the few images that it has in hand."""
        self._workers.close()
        self._started = False

    def abandon(self) -> None:
        """Stop the workers at once, whatever they have in hand."""
        self._workers.abandon()
        self._started = False

    @classmethod
    @contextmanager
    def opened(cls, preprocessing: Preprocessing, *, workers: int = 0) -> Iterator[LineLoader]:
        """A loader whose workers stop at the end of the block."""
        loader = cls(preprocessing, workers=workers)
        try:
            yield loader
        except BaseException:
            loader.abandon()
            raise
        finally:
            loader.close()


def load_or_report(sample: Sample, preprocessing: Preprocessing) -> FittedLine | BadImage:
    """A sample's fitted line, or the record of what is wrong with its image."""
    try:
        image, frame, moves = open_framed(sample)
        grey = to_grey(image)
        return FittedLine(fit_image(grey, preprocessing), frame, note_on(grey) or (MOVING if moves else ""))
    except ImageError as error:
        return BadImage(sample.name, error.reason, sample.origin)
