"""One pass over a set: pools of lines loaded ahead of their batches, and batches made ahead of who takes them."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ocrkit.training.feeding.work import Load, Loaded, Make, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from numpy.typing import NDArray

    from ocrkit.training.feeding.order import Order, Parts
    from ocrkit.training.feeding.store import Store, Working

__all__ = ["WHOLE", "Made", "Share", "Stopped", "Supply"]

_LOOK = 0.2  # seconds between two looks whether the pass has been stopped
_PATIENCE = 10.0  # seconds for what is in hand when it has


Exchange: TypeAlias = "Callable[[str, NDArray[np.int32], Callable[[], bool]], list[NDArray[np.int32]] | None]"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of each pool that a process loads, where several processes train together.

    Each loads every ``count``-th line of a pool and learns the widths of the others, so that all of them form the same
    batches, as wide and as parted. Of a batch, each makes the lines that it has loaded: not always equally many.

    Attributes:
        rank: which of the processes this is.
        count: how many there are.
        exchange: called once a pool with a name for it, the (P,) int32 that this process gives, and what tells whether
            the pass has been stopped; returns what each process gives, by rank, or None where it has been. In the
            thread that makes the batches.
    """

    rank: int = 0
    count: int = 1
    exchange: Exchange = field(default=lambda _name, own, _stopped: [own])


WHOLE = Share()


@dataclass(frozen=True, slots=True)
class Made:
    """A part of a batch, in the shared memory.

    Attributes:
        images: (B, H, W) uint8, 255 for paper.
        lines: (B,) which they are.
        widths: (B,) px.
        all_lines: the lines of the whole batch, all its parts and the shares of all processes together.
    """

    images: NDArray[np.uint8]
    lines: NDArray[np.int64]
    widths: NDArray[np.int64]
    all_lines: NDArray[np.int64]


class Stopped(Exception):  # noqa: N818 - no error: what ends a pass that nobody takes batches of any more
    """The pass was stopped while something was waited for."""


@dataclass(slots=True)
class _Pool:
    """A pool whose lines are loaded, a few at a time.

    Attributes:
        number: among the pools.
        lines: of all processes.
        mine: those of this one; None for all of them.
        waiting: what is to be loaded, once its room is free.
        stride: how much of it is begun with each batch of the pool before.
        working: what is being loaded.
    """

    number: int
    lines: NDArray[np.int64]
    mine: frozenset[int] | None = None
    waiting: deque[Load] | None = None
    stride: int = 0
    working: deque[tuple[Load, Working]] = field(default_factory=deque)


@dataclass(slots=True)
class _Making:
    """A batch that is being made in a slot; none of its lines may be this process's."""

    pool: int
    slot: int
    parts: list[Part]
    working: Working | None
    all_lines: NDArray[np.int64]


class Supply:
    """The batches of a pass over one of a store's sets, in order.

    Attributes:
        loaded: lines that are there, and all, of the pool that the next batch waits for.

    Args:
        store: holds the lines and has the processes.
        number: of the set.
        order: of the pass.
        start: the first batch to give.
        epoch: in which what lines go through is drawn; None leaves them as they are.
        share: of the lines.
        name: of the pass, the same in all processes and of no other pass.
    """

    def __init__(
        self,
        store: Store,
        number: int,
        order: Order,
        *,
        start: int = 0,
        epoch: int | None = None,
        share: Share = WHOLE,
        name: str = "",
    ) -> None:
        self._store = store
        self._set = number
        self._order = order
        self._start = start
        self._epoch = epoch
        self._share = share
        self.loaded = 0, 0
        self._name = name
        self._stopped = threading.Event()
        self._free = list(range(store.slots))
        self._making: deque[_Making] = deque()
        self._loading: list[_Pool] = []

    def __iter__(self) -> Generator[list[Made], None, None]:
        """Each batch in its parts, none where all of its lines are bad; it may be overwritten when the next is taken.

        Raises:
            WorkerLostError: a process died.
            Stopped: the pass was stopped.
        """
        try:
            yield from self._batches()
        finally:
            self._give_up()

    @property
    def stopped(self) -> bool:
        """Whether the pass has been stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the pass, from another thread, as soon as nothing of it is worked on."""
        self._stopped.set()

    def _batches(self) -> Iterator[list[Made]]:
        number, skipped = divmod(self._start, self._order.pool_batches)
        pools = [_Pool(k, lines) for k, lines in enumerate(self._order.pools())]
        for pool in pools[number:]:
            self._load(pool, all_of_it=True)
            yield from self._await_lines(pool)
            batches = self._formed(pool)[skipped:]
            skipped = 0
            following = pools[pool.number + 1] if pool.number + 1 < len(pools) else None
            for parts in batches:
                if not self._free:
                    yield from self._give()
                self._make(pool, parts)
                # The room that the next pool fills is that of the last one, which its batches may still be made from.
                if following is not None and self._making[0].pool == pool.number:
                    self._load(following)
            while self._making and self._making[0].pool < pool.number:
                yield from self._give()
        while self._making:
            yield from self._give()

    def _load(self, pool: _Pool, *, all_of_it: bool = False) -> None:
        """Have some of a pool's lines loaded: all of them by the time that the batches of the pool before are made."""
        if pool.waiting is None:
            self._store.clear_room(pool.number)
            mine = pool.lines[self._share.rank :: self._share.count]
            pool.mine = None if self._share.count == 1 else frozenset(mine.tolist())
            pool.waiting = deque(self._store.loads(self._set, mine, pool.number))
            self._loading.append(pool)
            # Somewhat earlier, so that nothing waits for the last of them.
            pool.stride = -(-len(pool.waiting) // max(1, self._order.pool_batches - self._store.slots - 2))
        for _ in range(len(pool.waiting) if all_of_it else min(pool.stride, len(pool.waiting))):
            load = pool.waiting.popleft()
            pool.working.append((load, self._store.submit(load)))

    def _await_lines(self, pool: _Pool) -> Iterator[list[Made]]:
        """Wait until all lines of a pool are there; the batches before it are given first, as nothing holds them up."""
        if not all(working.done() for _, working in pool.working):
            while self._making:
                yield from self._give()
        done, total = 0, sum(len(load.lines) for load, _ in pool.working)
        while pool.working:
            load, working = pool.working[0]
            self._store.note(load, self._result(working))
            pool.working.popleft()
            done += len(load.lines)
            self.loaded = done, total
        self._loading.remove(pool)

    def _formed(self, pool: _Pool) -> list[Parts]:
        """The batches of a pool whose lines are there, with those of other processes."""
        widths = self._store.widths(self._set, pool.lines)
        if self._share.count > 1:
            others = np.arange(len(widths)) % self._share.count != self._share.rank
            widths[others] = 0
            everyone = self._share.exchange(f"{self._name}/{pool.number}", widths, self._stopped.is_set)
            if everyone is None:
                raise Stopped
            widths = np.sum(everyone, axis=0, dtype=np.int32)
            self._store.learn(self._set, pool.lines[others], widths[others])
        return self._order.batches(pool.number, pool.lines, widths)

    def _make(self, pool: _Pool, parts: Parts) -> None:
        """Have a batch made in a free slot."""
        slot = self._free.pop()
        start = self._store.slot(slot)
        made: list[Part] = []
        for lines in parts:
            columns = int(self._store.widths(self._set, lines).max())
            own = lines.tolist() if pool.mine is None else [line for line in lines.tolist() if line in pool.mine]
            # Processes that train together go through the same parts, though one may have no line of some of them.
            if own or self._share.count > 1:
                widths = self._store.widths(self._set, np.array(own, np.int64)).tolist()
                made.append(Part(own, widths, [self._store.place(self._set, line) for line in own], columns, start))
                start += len(own) * self._store.height * columns
        working = self._store.submit(Make(made, self._epoch)) if made else None
        all_lines = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        self._making.append(_Making(pool.number, slot, made, working, all_lines))

    def _give(self) -> Iterator[list[Made]]:
        """The batch that was begun first, when it is made; its slot is free when the next is asked for."""
        making = self._making[0]
        if making.working is not None:
            self._result(making.working)
        self._making.popleft()
        yield [
            Made(
                self._store.memory.array(part.start, (len(part.lines), self._store.height, part.columns)),
                np.array(part.lines, np.int64),
                np.array(part.widths, np.int64),
                making.all_lines,
            )
            for part in making.parts
        ]
        self._free.append(making.slot)

    def _result(self, working: Working) -> list[Loaded]:
        while (result := self._store.result(working, patience=_LOOK)) is None:
            if self._stopped.is_set():
                raise Stopped
        return result

    def _give_up(self) -> None:
        """Take back what nobody has begun, and wait for the rest, so that nothing is written to memory used again."""
        loads = [each for pool in self._loading for each in pool.working]
        makes = [making.working for making in self._making if making.working is not None]
        running = [working for working in (*makes, *(working for _, working in loads)) if not working.cancel()]
        if wait(running, timeout=_PATIENCE).not_done:
            self._store.abandon()
            return
        for load, working in loads:
            if not working.cancelled() and working.exception() is None:
                self._store.note(load, working.result()[0])
