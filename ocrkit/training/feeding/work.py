"""What worker processes do for training, without torch: they load lines into shared memory, and make batches there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ocrkit.data.image import Preprocessing
from ocrkit.data.loading import load_or_report
from ocrkit.data.records import BadImage, Sample
from ocrkit.training.augmenter import Augmenter
from ocrkit.training.sent_samples import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.data.shared_memory import SharedMemory

__all__ = ["Load", "Loaded", "Make", "Part", "Place", "Task"]

PAPER = 255

Place: TypeAlias = "int | NDArray[np.uint8]"
"""Where the (H, W) uint8 pixels of a line are: from which byte of the shared memory on, or here, where it was full."""

Loaded: TypeAlias = "tuple[int, Place] | BadImage"
"""A line's width in px and its place, or why it cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Load:
    """Lines to load.

    Attributes:
        set_number: of which set.
        lines: their numbers.
        samples: theirs, where the processes do not have the set's source.
        rooms: of the shared memory, in which to look for a place, one after another.
    """

    set_number: int
    lines: list[int]
    samples: Sequence[Sample] | None
    rooms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a batch.

    Attributes:
        lines: their numbers.
        widths: px.
        places: where their pixels are.
        columns: px, at least the widest of them.
        start: the byte of the shared memory from which on the (B, H, W) part is made.
    """

    lines: list[int]
    widths: list[int]
    places: list[Place]
    columns: int
    start: int


@dataclass(frozen=True, slots=True)
class Make:
    """A batch to make.

    Attributes:
        parts: of it.
        epoch: in which it is, for what the lines go through; None leaves them as they are.
    """

    parts: list[Part]
    epoch: int | None


@dataclass(frozen=True, slots=True)
class Task:
    """Loads lines and makes batches.

    Attributes:
        sources: of each set, where the processes have it.
        preprocessing: the height of lines, and what becomes of their width.
        augmenter: what lines go through.
    """

    sources: tuple[Source | None, ...]
    preprocessing: Preprocessing
    augmenter: Augmenter | None = None

    def __call__(self, item: Load | Make, shared: SharedMemory) -> list[Loaded]:
        """Do it: what became of the lines to load, in their order; nothing of a batch, which is in the memory then."""
        if isinstance(item, Load):
            return self._load(item, shared)
        for part in item.parts:
            self._make(part, item.epoch, shared)
        return []

    def _load(self, load: Load, memory: SharedMemory) -> list[Loaded]:
        source = self.sources[load.set_number]
        samples = load.samples if source is None else [source.samples[line] for line in load.lines]
        found = [load_or_report(sample, self.preprocessing) for sample in samples or ()]
        pixels = [line.pixels for line in found if not isinstance(line, BadImage)]
        places = iter(_placed(pixels, load.rooms, memory))
        return [line if isinstance(line, BadImage) else (line.pixels.shape[1], next(places)) for line in found]

    def _make(self, part: Part, epoch: int | None, memory: SharedMemory) -> None:
        height = self.preprocessing.height
        batch = memory.array(part.start, (len(part.lines), height, part.columns))
        for row, line, width, place in zip(batch, part.lines, part.widths, part.places, strict=True):
            pixels = memory.array(place, (height, width)) if isinstance(place, int) else place
            if epoch is not None and self.augmenter is not None:
                pixels = self.augmenter(pixels, epoch=epoch, line=line)
            row[:, :width] = pixels
            row[:, width:] = PAPER


def _placed(pixels: list[NDArray[np.uint8]], rooms: tuple[int, ...], memory: SharedMemory) -> Sequence[Place]:
    """The places of some lines, all in the first room that has one for all of them, or as they are."""
    size = sum(line.nbytes for line in pixels)
    start = next((start for room in rooms if (start := memory.claim(room, size)) is not None), None)
    if start is None:
        return pixels
    places = []
    for line in pixels:
        memory.array(start, line.shape)[:] = line
        places.append(start)
        start += line.nbytes
    return places
