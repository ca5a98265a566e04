"""The shared memory of a run, what is kept there of its lines, and the processes that work in it."""

from __future__ import annotations

import pickle
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ocrkit.data.image import MAX_FITTED_WIDTH, Preprocessing
from ocrkit.data.loading import load_or_report
from ocrkit.data.records import BadImage
from ocrkit.data.shared_memory import SharedMemory
from ocrkit.data.workers import WorkerDied, Workers, cores
from ocrkit.training.feeding.order import Order
from ocrkit.training.feeding.work import Load, Loaded, Make, Place, Task
from ocrkit.training.sent_samples import sendable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ocrkit.training.augmenter import Augmenter
    from ocrkit.training.lines import Lines

__all__ = ["Store", "Working"]

Working: TypeAlias = "Future[list[list[Loaded]]]"

_KEPT, _FIRST_POOL, _SECOND_POOL, _RING = range(4)  # rooms of the memory
_CHUNK = 16  # lines that a worker loads at a time
_WORTH_WORKERS = 256  # lines below which starting processes costs more than it saves
_POOL_WIDTH = 4000  # px that a line of a pool may take on average; what goes beyond is sent through pipes
_BAD = -1
_LOOKED_AT = 1000  # samples of a list


class Store:
    """Lines in shared memory, loaded by worker processes or, without them, by who asks.

    Args:
        sets: whose lines it holds.
        preprocessing: the height of lines, and what becomes of their width.
        batch_size: lines of a batch, at most.
        workers: processes; -1 takes one a core where there is work for them.
        cache: bytes of lines to keep from epoch to epoch.
        augmenter: what lines go through on their way into a batch.
    """

    def __init__(
        self,
        sets: Sequence[Lines],
        preprocessing: Preprocessing,
        *,
        batch_size: int,
        workers: int,
        cache: int,
        augmenter: Augmenter | None,
    ) -> None:
        self.preprocessing = preprocessing
        self.height = preprocessing.height
        self.found_bad: deque[tuple[Lines, int, BadImage]] = deque()
        self._sets = tuple(sets)
        self._sources = tuple(sendable(lines.samples) for lines in sets)
        self._widths = [np.zeros(len(lines), np.int32) for lines in sets]
        self._starts = [np.full(len(lines), -1, np.int64) for lines in sets]
        self._passing: tuple[dict[tuple[int, int], Place], ...] = ({}, {})
        self._task = Task(self._sources, preprocessing, augmenter)
        # A plugin's augmentation may be what no other process can be given.
        self._makes_here = augmenter is not None and not _picklable(augmenter)
        few = workers < 0 and sum(map(len, sets)) < _WORTH_WORKERS
        count = 0 if few else cores() if workers < 0 else workers
        height, widest = preprocessing.height, preprocessing.width or MAX_FITTED_WIDTH
        pool = Order(1, batch_size).pool_batches * batch_size * height * min(widest, _POOL_WIDTH)
        self._slot = batch_size * height * widest
        self.memory = SharedMemory([cache, pool, pool, (count + 2) * self._slot])
        if not self.memory.shareable:
            count = 0
        self.slots = count + 2
        self._workers: Workers[Load | Make, list[Loaded]] = Workers(
            Task(self._sources, preprocessing, None if self._makes_here else augmenter),  # type: ignore[arg-type]
            count=count,
            what="makes batches",
            shared=self.memory,
            knows_script=count > 0 and self._of_script(),
        )

    def number_of(self, lines: Lines) -> int:
        """Which of the sets it is."""
        return next(number for number, each in enumerate(self._sets) if each is lines)

    def widths(self, number: int, lines: NDArray[np.int64]) -> NDArray[np.int32]:
        """Px of lines of a set; 0 where one has not been met, -1 where it is bad."""
        return self._widths[number][lines]

    def place(self, number: int, line: int) -> Place:
        """Where a line is that has been loaded."""
        start = int(self._starts[number][line])
        if start >= 0:
            return start
        return next(passing[number, line] for passing in self._passing if (number, line) in passing)

    def slot(self, number: int) -> int:
        """The first byte of a slot of the ring, in which a batch is made."""
        return self.memory.starts(_RING) + number * self._slot

    def loads(self, number: int, lines: NDArray[np.int64], parity: int) -> Iterator[Load]:
        """What must be loaded for lines of a set to be there: those that are not kept, nor known as bad.

        What is not kept stays in the room of its pool, of which there are two in turns.
        """
        known, starts = self._widths[number][lines], self._starts[number][lines]
        absent = np.sort(lines[(known != _BAD) & (starts < 0)]).tolist()
        source, samples = self._sources[number], self._sets[number].samples
        for first in range(0, len(absent), _CHUNK):
            some = absent[first : first + _CHUNK]
            given = None if source is not None else [samples[line] for line in some]
            yield Load(number, some, given, (_KEPT, _FIRST_POOL + parity % 2))

    def clear_room(self, parity: int) -> None:
        """Let another pool take the room of one whose batches have all been made."""
        self.memory.clear(_FIRST_POOL + parity % 2)
        self._passing[parity % 2].clear()

    def submit(self, item: Load | Make) -> Working:
        """Have a process do it.

        Raises:
            WorkerLostError: a process died.
        """
        if isinstance(item, Make) and self._makes_here:
            return _done(self._task, item, self.memory)
        return self._workers.submit(item)

    def result(self, working: Working, *, patience: float | None = None) -> list[Loaded] | None:
        """What came of it; None where that takes longer than so many seconds.

        Raises:
            WorkerLostError: the process that had it in hand died.
        """
        try:
            [result] = working.result(timeout=patience)
        except TimeoutError:
            if working.done():  # the error of what was done
                raise
            return None
        except WorkerDied:
            raise self._workers.death() from None
        return result

    def load_first(self, number: int, count: int) -> None:
        """Load the first lines of a set, and keep them if there is room."""
        self.clear_room(0)
        loads = [(load, self.submit(load)) for load in self.loads(number, np.arange(count), 0)]
        for load, working in loads:
            self.note(load, self.result(working) or [])

    def note(self, load: Load, found: Sequence[Loaded]) -> None:
        """Remember what was loaded, and what proved bad."""
        lines = self._sets[load.set_number]
        for line, result in zip(load.lines, found, strict=True):
            if isinstance(result, BadImage):
                self._set_aside(load.set_number, line, result)
                continue
            width, place = result
            problem = lines.problem(line, width)
            if problem:
                sample = lines.samples[line]
                self._set_aside(load.set_number, line, BadImage(sample.name, problem, sample.origin))
                continue
            self._widths[load.set_number][line] = width
            if isinstance(place, int) and place < self.memory.starts(_FIRST_POOL):
                self._starts[load.set_number][line] = place
            else:
                self._passing[load.rooms[-1] - _FIRST_POOL][load.set_number, line] = place

    def learn(self, number: int, lines: NDArray[np.int64], widths: NDArray[np.int32]) -> None:
        """Take over the widths of lines that other processes of the run have loaded."""
        known = self._widths[number][lines]
        for line in lines[(widths == _BAD) & (known != _BAD)].tolist():
            sample = self._sets[number].samples[line]
            reason = "cannot be used, as another process of the run has found"
            self._set_aside(number, line, BadImage(sample.name, reason, sample.origin))
        self._widths[number][lines] = widths

    def image(self, lines: Lines, line: int) -> NDArray[np.uint8] | None:
        """A copy of a line's pixels, loaded here where they are not kept; None where they cannot be."""
        number = self.number_of(lines)
        start, width = int(self._starts[number][line]), int(self._widths[number][line])
        if start >= 0:
            return self.memory.array(start, (self.preprocessing.height, width)).copy()
        found = load_or_report(lines.samples[line], self.preprocessing)
        return None if isinstance(found, BadImage) else found.pixels

    def abandon(self) -> None:
        """Stop the processes at once, whatever they have in hand."""
        self._workers.abandon()

    def close(self) -> None:
        """Stop the processes, each after what it has in hand, and give the memory back."""
        self._workers.close()
        self.memory.close()

    def _set_aside(self, number: int, line: int, bad: BadImage) -> None:
        self._widths[number][line] = _BAD
        self.found_bad.append((self._sets[number], line, bad))

    def _of_script(self) -> bool:
        """Whether samples, or what makes them, are defined in the script that was started."""
        return any(
            b"__main__" in pickle.dumps(lines.samples if source else lines.samples[:_LOOKED_AT])
            for lines, source in zip(self._sets, self._sources, strict=True)
        )


def _picklable(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:  # whatever a stranger's function raises
        return False
    return True


def _done(task: Task, item: Load | Make, memory: SharedMemory) -> Working:
    future: Working = Future()
    try:
        future.set_result([task(item, memory)])
    except Exception as error:  # carried over to who waits for it, as from a process
        future.set_exception(error)
    return future
